// Texts of strangers that are meant to do harm, wherever a page shows one: titles, places,
// descriptions, guests, records, names of calendars, of calendar accounts, of users and of files.
// They come from a list and from a grammar, whose seed is printed; E2E_SEED repeats it, and
// E2E_VERIFY makes more of them. The pages have their strict policy.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { appointment, openBrowserStage } from './support/browser_stage.mjs';
import { BIDI, HostileGrammar } from './support/hostile_grammar.mjs';
import { HOSTILE_TEXTS } from './support/hostile_texts.mjs';
import { spills, watchInert } from './support/inert.mjs';
import { button, openPage } from './support/page.mjs';
import { makePng } from './support/pictures.mjs';
import { connect, openSettings } from './support/setup.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { ADMINISTRATOR, OTHER_GOOGLE_ACCOUNT, USERS } from './world/people.mjs';
import { Random } from './world/random.mjs';

const SEED = process.env.E2E_SEED ?? String(Date.now() % 1_000_000);
const grammar = new HostileGrammar(new Random(`hostile texts ${SEED}`));
const make = (count, most) => Array.from({ length: count }, () => grammar.text(most));
const TEXTS = [...HOSTILE_TEXTS, ...make(process.env.E2E_VERIFY ? 1500 : 250)];
// As Google takes them; a name and an address of a calendar list have 254 letters at most.
const CALENDAR_NAMES = [...HOSTILE_TEXTS.slice(0, 25), ...make(15, 250)].map((text) =>
  text.slice(0, 250),
);
const TITLE = grammar.text(60);

let opened;
let stage;
let browser;
let crm;
let monday;
let account;

before(async () => {
  opened = await openBrowserStage(null, ({ google }) => {
    const other = google.accounts.find(({ email }) => email === OTHER_GOOGLE_ACCOUNT.email);
    other.name = grammar.text(100);
    for (const [i, summary] of CALENDAR_NAMES.entries())
      other.calendars.push({
        id: `c_hostile${i}@group.calendar.google.com`,
        summary,
        ...{ access_role: 'owner', time_zone: 'Europe/Berlin', background_color: '#cd74e6' },
        events: [],
      });
  });
  ({ stage, browser, crm, monday } = opened);
  ({ account } = await connect(crm, OTHER_GOOGLE_ACCOUNT.email, {
    name: TITLE,
    visible: (labels, ids) => ids,
  }));
});
after(() => opened?.close());

async function open(t, hash, options = {}) {
  t.diagnostic(`E2E_SEED=${SEED}`);
  const page = await openPage(t, browser, {
    ...{ origin: stage.crmOrigin, person: crm, hash, timeout: 20_000 },
    ...options,
  });
  return { page, assertInert: watchInert(page, stage.crmOrigin) };
}

/** Those of `texts` that no element of `locator` shows as they are. */
async function missing(locator, texts) {
  const shown = new Set((await locator.allTextContents()).map((text) => text.trim()));
  return texts.filter((text) => !shown.has(text.trim()));
}

// What the tests below look for would be seen.
test('the hostile texts run and load where a page takes them for HTML', async (t) => {
  t.diagnostic(`E2E_SEED=${SEED}`);
  for (const texts of [HOSTILE_TEXTS.slice(0, 25), make(250)]) {
    const page = await browser.newPage();
    const asked = new Set();
    await page.route('**/*', (route) => {
      const { hostname } = new URL(route.request().url());
      asked.add(hostname);
      if (hostname !== 'control.example') return route.abort();
      return route.fulfill({ contentType: 'text/html', body: '<div></div>' });
    });
    const insert = () =>
      page.evaluate((list) => {
        for (const text of list) {
          const part = document.createElement('div');
          part.innerHTML = text;
          document.body.append(part);
        }
      }, texts);
    await page.setContent('<div></div>');
    await insert();
    await until('a text to run', () => page.evaluate(() => globalThis.pwned === 1));
    await page.goto('http://control.example/');
    await insert();
    await until('a request to a stranger', () => asked.has('evil.example'));
    await page.close();
  }
});

test('hundreds of hostile texts do nothing in the list, the details and a card', async (t) => {
  assert.ok(new Set(TEXTS).size >= 750);
  const own = (await crm.calendars()).find((one) => one.own);
  const first = plus(monday, 84);
  const texts = TEXTS.map((text, i) => [text, plus(first, i % 30)]);
  const { id: lead } = await crm.call('POST', '/api/leads', {
    name: TEXTS[0],
    company: TEXTS.at(-1),
    emails: ['hostile@elsewhere.example'],
    phone: '',
    title: TEXTS.at(-2),
  });
  while (texts.length > 0)
    await Promise.all(
      texts.splice(0, 25).map(([text, day], i) =>
        crm.create(
          appointment(text, day, '10:00', '11:00', {
            location: text,
            description: text,
            attendees: [
              { email: 'hostile@elsewhere.example', name: text, partstat: 'accepted' },
              { email: `h${i}@elsewhere.example`, name: text, partstat: 'needs_action' },
            ],
          }),
          own.id,
        ),
      ),
    );
  const { page, assertInert } = await open(t, `#/calendar/list/${first}`);
  await until('all rows', async () => (await page.locator('.ev-row').count()) >= TEXTS.length);
  assert.deepEqual(await missing(page.locator('.ev-title'), TEXTS), []);
  await assertInert('.fc-box');
  assert.deepEqual(await spills(page, '.fc-box', BIDI), []);
  for (const text of TEXTS.filter((_, i) => i % 125 === 3)) {
    await page.locator('.ev-row').filter({ hasText: text }).first().click();
    await page.locator('.details').waitFor();
    await assertInert('.details');
    assert.deepEqual(await spills(page, '.details', BIDI), []);
    await page.keyboard.press('Escape');
  }
  await page.goto(`${stage.crmOrigin}/#/leads/${lead}`);
  await until('200 rows', async () => (await page.locator('.card-appointment').count()) === 200);
  await assertInert('main');
});

for (const width of [1280, 360])
  test(`names of calendars and accounts do nothing on any page, ${width} wide`, async (t) => {
    const viewport = { width, height: 800 };
    const { page, assertInert } = await open(t, '#/settings/calendars', { viewport });
    await page.locator('.account-invitations').waitFor();
    assert.deepEqual(await missing(page.locator('.account-name h3'), [TITLE]), []);
    assert.deepEqual(await missing(page.locator('.account-calendars .clip'), CALENDAR_NAMES), []);
    await assertInert('main');
    assert.deepEqual(await spills(page, 'main', BIDI), []);
    await page.goto(`${stage.crmOrigin}/#/calendar/week/${monday}`);
    await page.locator('.ev, .ev-row').first().waitFor();
    await assertInert('body', 'svg, body > script, body > link, img[src^="/ui/icon-"]');
    // The name of the account's own calendar in the form's choice.
    await page.keyboard.press('c');
    const options = page.getByRole('dialog').locator('select option');
    await until('the form', async () =>
      (await options.allTextContents()).some((text) => text.trim().startsWith(TITLE.trim())),
    );
    await assertInert('.dialog', 'svg, form');
  });

test('names of calendars do nothing in the set-up of an account', async (t) => {
  const emma = await stage.login(USERS.find(({ name }) => name === 'Emma Clarke'));
  const { flow } = await openSettings(emma, OTHER_GOOGLE_ACCOUNT.email);
  const { page, assertInert } = await open(t, `#/settings/calendars/flow/${flow}`, {
    person: emma,
  });
  await page.getByRole('checkbox').first().waitFor();
  assert.deepEqual(await missing(page.locator('.flow-form label'), CALENDAR_NAMES), []);
  await assertInert('main', 'svg, form');
  await emma.dropFlow(flow);
});

test('names of users and of accounts do nothing before an administrator', async (t) => {
  const administrator = await stage.login(ADMINISTRATOR);
  const name = grammar.text(80);
  await administrator.call('POST', '/api/users', {
    ...{ email: 'hostile@nordlicht-software.example', name, password: 'Vertrieb-Hostile-2026' },
  });
  const { page, assertInert } = await open(t, '#/settings/calendars', { person: administrator });
  await page.locator('main').waitFor();
  await assertInert('main', 'svg, form');
  const accounts = await administrator.call(
    'GET',
    `/api/users/${encodeURIComponent(crm.user.id)}/accounts`,
  );
  assert.ok(accounts.some(({ title }) => title === TITLE));
});

test('names of files do nothing where a logo is chosen', async (t) => {
  const { page, assertInert } = await open(t, '#/settings/calendars');
  await button(page, 'Add logo').click();
  for (let i = 0; i < 12; ++i) {
    const name = grammar.fileName();
    await page
      .locator('#logo-file')
      .setInputFiles({ name, mimeType: 'image/png', buffer: makePng(40, 20) });
    const shown = page.locator('.logo-drop [role=status]');
    await until('the name', async () => (await shown.textContent()).trim() === name.trim());
    assert.equal(await shown.evaluate((one) => getComputedStyle(one).unicodeBidi), 'isolate');
    await assertInert('.dialog', 'svg, form');
    assert.deepEqual(await spills(page, '.dialog', BIDI), []);
  }
});

test('half a letter is refused or shown as a mark, and the page goes on', async (t) => {
  const day = plus(monday, 140);
  const half = appointment('Half \ud83d of a letter \udc00', day, '10:00', '11:00');
  await crm.create(half).catch(({ status }) => assert.equal(status, 400));
  await crm.create(appointment('Whole 🔑', day, '12:00', '13:00'));
  const { page, assertInert } = await open(t, `#/calendar/list/${day}`);
  await page.locator('.ev-title').getByText('Whole 🔑').waitFor();
  const titles = await page.locator('.ev-title').allTextContents();
  assert.ok(
    titles.every((title) => title.isWellFormed?.() ?? !/[\ud800-\udfff]/u.test(title)),
    titles.join(', '),
  );
  await assertInert('.fc-box');
  assert.ok(account.id);
});
