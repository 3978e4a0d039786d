// axe-core finds nothing on any page, state and dialog: half of the pages in light German, the
// others in dark English, and with E2E_VERIFY=1 all of them in all four looks. No rule, element or
// page is left out.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';

import { appointment, openBrowserStage } from './support/browser_stage.mjs';
import { openPage } from './support/page.mjs';
import { walk } from './support/page_walk.mjs';
import { openSettings } from './support/setup.mjs';
import { plus } from './world/days.mjs';
import { ADMINISTRATOR, OTHER_GOOGLE_ACCOUNT, USERS } from './world/people.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LOCALES = { de: 'de-DE', en: 'en-GB' };
const PARTS = ['login', 'views', 'calendar', 'records', 'settings', 'setup', 'plugins'];
/** The parts that are looked at, by look. */
const LOOKS = process.env.E2E_VERIFY
  ? { 'de light': PARTS, 'de dark': PARTS, 'en light': PARTS, 'en dark': PARTS }
  : {
      'de light': ['login', 'calendar', 'settings'],
      'en dark': ['views', 'records', 'setup', 'plugins'],
    };

let opened;
let places;
let people;
// One page of a user serves all parts of a look.
const pages = new Map();
const ends = [];

before(async () => {
  opened = await openBrowserStage({});
  const { stage, crm, monday } = opened;
  await crm.create(
    appointment('A series', plus(monday, 5), '10:00', '11:00', {
      recurrence: ['RRULE:FREQ=DAILY;COUNT=2'],
      attendees: [{ email: 'guest@elsewhere.example', partstat: 'needs_action' }],
    }),
  );
  const other = await stage.login(USERS.find(({ name }) => name === 'Emma Clarke'));
  await other.call('PATCH', '/api/me', { locale: '' });
  const administrator = await stage.login(ADMINISTRATOR);
  await administrator.call('PATCH', '/api/me', { locale: '' });
  const { flow } = await openSettings(other, OTHER_GOOGLE_ACCOUNT.email);
  const [lead] = (await crm.records('leads', '', 1)).items;
  people = {
    login: { cookie: 'none=none' },
    setup: other,
    plugins: administrator,
  };
  places = { origin: stage.crmOrigin, monday, lead: lead.id, flow };
});
after(async () => {
  try {
    for (const end of ends) await end();
  } finally {
    await opened?.close();
  }
});

/** What axe finds on the page as it is. */
async function violations(page) {
  // Not as a script element: the page's policy forbids one.
  if (!(await page.evaluate(() => Boolean(globalThis.axe)))) await page.evaluate(AXE);
  const { violations: found } = await page.evaluate(async () => {
    // What is being faded in is not what a user reads.
    await Promise.all(
      document
        .getAnimations()
        .filter(({ effect }) => effect.getTiming().iterations !== Infinity)
        .map(({ finished }) => finished.catch(() => {})),
    );
    return globalThis.axe.run(document, { resultTypes: ['violations'] });
  });
  return found.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)} (${nodes.length})`);
}

for (const [look, parts] of Object.entries(LOOKS))
  for (const part of parts)
    test(`axe finds nothing: ${part}, ${look}`, async () => {
      const [language, colorScheme] = look.split(' ');
      const person = people[part] ?? opened.crm;
      const key = `${look} ${person.cookie}`;
      if (!pages.has(key))
        pages.set(
          key,
          await openPage({ after: (end) => ends.push(end) }, opened.browser, {
            origin: places.origin,
            person,
            hash: part === 'login' ? '' : '#/leads',
            allowed: [401, 404, 503],
            timeout: 20_000,
            bypassCSP: true,
            locale: LOCALES[language],
            colorScheme,
          }),
        );
      const page = pages.get(key);
      const found = [];
      const check = async (what) => {
        for (const one of await violations(page)) found.push(`${what}: ${one}`);
      };
      await walk(part, { page, language, places, check });
      assert.deepEqual(found, []);
    });
