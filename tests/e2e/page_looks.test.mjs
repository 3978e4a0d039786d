// How the pages look, where a careless style would disturb: nothing is cut in half, jumps, or is
// said twice.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { appointment, openBrowserStage } from './support/browser_stage.mjs';
import { button, openPage } from './support/page.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { GOOGLE_ACCOUNT } from './world/people.mjs';
import { CALENDARS } from './world/world.mjs';

let opened;
let stage;
let browser;
let crm;
let monday;
let day; // without other appointments

before(async () => {
  opened = await openBrowserStage({
    name: 'Vertrieb Nord',
    visible: [GOOGLE_ACCOUNT.email, CALENDARS.travel],
  });
  ({ stage, browser, crm, monday } = opened);
  day = plus(monday, 6);
  for (const [title, from, to] of [
    ['Kurz', '09:00', '09:30'],
    ['Eine Vertragsverhandlung mit langem Namen', '10:00', '10:30'],
    ['Dreiviertelstunde', '11:00', '11:45'],
    ['Fokuszeit', '13:00', '15:00'],
    ['Referenzbesuch bei Köhler', '13:30', '14:30'],
    ['Rückruf', '14:00', '14:30'],
  ])
    await crm.create(appointment(title, day, from, to));
});
after(() => opened?.close());

const open = (t, hash, options = {}) =>
  openPage(t, browser, {
    ...{ origin: stage.crmOrigin, person: crm, hash, timeout: 20_000, locale: 'de-DE' },
    ...options,
  });

const entry = (page, title) => page.locator('.ev-column').filter({ hasText: title }).first();

test('a week shows times as a whole or not at all, and no half lines', async (t) => {
  const page = await open(t, `#/calendar/week/${monday}`);
  await entry(page, 'Rückruf').waitFor();
  const cut = await page.locator('.ev-column').evaluateAll((entries) =>
    entries.flatMap((element) => {
      const frame = element.getBoundingClientRect();
      return [...element.querySelectorAll('.ev-title, .ev-time, .ev-location')].flatMap((text) => {
        const box = text.getBoundingClientRect();
        const isShown =
          box.width > 0 &&
          box.top < frame.bottom - 1 &&
          box.left < frame.right - 1 &&
          box.height > 0;
        const inner = text.parentElement.getBoundingClientRect();
        const isSeen = isShown && box.top < inner.bottom - 1 && box.left < inner.right - 1;
        if (!isSeen) return [];
        const isHalf = box.bottom > Math.min(frame.bottom, inner.bottom) + 1;
        const isTime = text.classList.contains('ev-time');
        const isClipped = isTime && text.scrollWidth > text.clientWidth + 1;
        const what = `${element.textContent}: ${text.className}`;
        return [...(isHalf ? [`half: ${what}`] : []), ...(isClipped ? [`clipped: ${what}`] : [])];
      });
    }),
  );
  // Alone in its column a time must not be cut; the world has others, side by side.
  const own = cut.filter((text) => /^clipped: .*(Kurz|Eine Vertragsverhandlung)/.test(text));
  assert.deepEqual(own, []);
  const half = cut.filter((text) => text.startsWith('half: '));
  assert.deepEqual(half, []);
  const time = entry(page, 'Kurz').locator('.ev-time');
  assert.equal((await time.textContent()).trim(), '09:00');
  assert.ok(await time.evaluate((e) => e.offsetTop < e.parentElement.offsetHeight));
});

test('the buttons beside the title stay where they are while one leafs', async (t) => {
  const page = await open(t, `#/calendar/month/2026-05-01`);
  const today = button(page, 'Heute');
  const places = new Set();
  for (const at of ['month/2026-05-01', 'month/2026-09-01', 'day/2026-09-30', 'day/2026-05-01']) {
    await page.goto(`${stage.crmOrigin}/#/calendar/${at}`);
    await until('the view', () => page.url().includes(at));
    places.add((await today.boundingBox()).x);
  }
  assert.equal(places.size, 1, [...places].join());
});

test('hyphens stand close, menus and errors are quiet, the account is named once', async (t) => {
  const page = await open(t, '#/settings/calendars');
  await page.locator('.account-calendars').waitFor();
  const numeric = await page.evaluate(() => getComputedStyle(document.body).fontVariantNumeric);
  assert.equal(numeric, 'normal', 'figures of one width come with wide hyphens');
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3))
      .filter((one) => /[a-z]-[A-Z]/.test(one.textContent))
      .filter((one) => getComputedStyle(one).fontVariantNumeric !== 'normal')
      .map((one) => one.textContent),
  );
  assert.deepEqual(wide, []);
  const card = await page.locator('.account').first().innerText();
  assert.equal(card.split(GOOGLE_ACCOUNT.email).length - 1, 1, card);
  await page.locator('.account .menu-anchor .icon-button').first().click();
  const heights = await page
    .getByRole('menuitem')
    .evaluateAll((items) => items.map((item) => item.getBoundingClientRect().height));
  assert.ok(Math.max(...heights) < 44, `a broken line: ${heights}`);
  await page.goto(`${stage.crmOrigin}/#/leads`);
  await page.locator('.record-row').first().waitFor();
  await button(page, 'Neuer Lead').click();
  await page.getByRole('dialog').waitFor();
  const field = page.locator('.dialog .input').first();
  assert.equal(await field.evaluate((e) => getComputedStyle(e).fontVariantNumeric), 'normal');
  await button(page, 'Speichern').click();
  await until('the border of an error', () =>
    page
      .locator('[aria-invalid=true]')
      .first()
      .evaluate((field) => {
        const probe = document.createElement('p');
        probe.style.color = 'var(--bad)';
        document.body.append(probe);
        const wanted = getComputedStyle(probe).color;
        probe.remove();
        return getComputedStyle(field).borderTopColor === wanted;
      }),
  );
});

test('a day fills a large screen, and the rest of a day says which day it is', async (t) => {
  const page = await open(t, `#/calendar/day/${day}`, {
    viewport: { width: 2560, height: 1600 },
  });
  await entry(page, 'Rückruf').waitFor();
  const box = await page.locator('.fc-box').boundingBox();
  const last = await page.locator('.cal-slot').last().boundingBox();
  assert.ok(box.y + box.height - last.y < 120, `${last.y} of ${box.y + box.height}`);
  const month = await open(t, `#/calendar/month/${day}`, {
    viewport: { width: 1280, height: 900 },
  });
  await month.locator('[role=button] > .cal-more').first().click();
  await month
    .getByText(/^(Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag), \d+\. /)
    .first()
    .waitFor();
});

test('the rest of a full day is inside the window, also in the last week', async (t) => {
  const [year, month] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
  const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
  for (const hour of hours)
    for (const half of ['00', '30'])
      await crm.create(appointment(`Voll ${hour}:${half}`, last, `${hour}:${half}`, `${hour}:59`));
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 360, height: 740 },
  ]) {
    const page = await open(t, `#/calendar/month/${last}`, { viewport });
    const popover = page.locator(`.cal-popover[data-date="${last}"]`);
    const links = page.locator('[role=button] > .cal-more');
    await links.first().waitFor();
    for (let i = (await links.count()) - 1; i >= 0 && !(await popover.count()); i -= 1)
      await links.nth(i).click();
    const entries = popover.locator('.ev-title', { hasText: 'Voll' });
    await until('all 48 are listed', async () => (await entries.count()) === 48);
    await until('it is inside the window', async () => {
      const box = await popover.boundingBox();
      return box.y >= 0 && box.y + box.height <= viewport.height;
    });
    await entries.last().scrollIntoViewIfNeeded();
    await entries.last().click();
    await page.getByRole('dialog').getByText('Voll 23:30').first().waitFor();
  }
});

test('a full day of a month counts what is not shown, and a key opens all of it', async (t) => {
  const full = plus(monday, 20);
  const hours = Array.from({ length: 20 }, (_, hour) => String(hour).padStart(2, '0'));
  for (const hour of hours)
    await crm.create(appointment(`Reihe ${hour}`, full, `${hour}:00`, `${hour}:30`));
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 360, height: 740 },
    { width: 1280, height: 2400 },
  ]) {
    const page = await open(t, `#/calendar/month/${full}`, { viewport });
    const cell = page.locator(`[role=gridcell][data-date="${full}"]`);
    const link = cell.locator('[role=button]', { has: page.locator('.cal-more') });
    const count = async () => {
      const shown = await cell.locator('.ev:visible').count();
      if (shown === hours.length) return { all: true };
      return { shown, more: Number(/\d+/.exec(await link.textContent())[0]) };
    };
    await cell.locator('.ev:visible').first().waitFor();
    await until('a count that is right', async () => {
      const { all, shown, more } = await count();
      return all || shown + more === hours.length;
    });
    // A day is as full as its row allows: no room for one more entry is left.
    if (viewport.height === 2400) {
      const entries = cell.locator('.ev:visible');
      const last = await entries.last().boundingBox();
      const box = await cell.boundingBox();
      assert.ok(box.y + box.height - (last.y + last.height) < 50);
    }
    if ((await count()).all) continue;
    // What is not seen is not rendered, but for what says that there is more.
    assert.ok((await cell.locator('.ev').count()) <= (await count()).shown + 2);
    assert.match(await link.getAttribute('title'), new RegExp(`${(await count()).more} weitere`));
    await link.focus();
    await page.keyboard.press('Enter');
    const popover = page.locator(`.cal-popover[data-date="${full}"]`);
    await until(
      'all of the day',
      async () => (await popover.locator('.ev-title', { hasText: 'Reihe' }).count()) === 20,
    );
    await page.keyboard.press('Escape');
    await until('the link has the focus', () =>
      link.evaluate((element) => document.activeElement === element),
    );
    assert.equal((await count()).shown + (await count()).more, hours.length);
  }
});

test('of a full day an entry is dragged out of the rest, and a new one is counted', async (t) => {
  const full = plus(monday, 21);
  const free = plus(monday, 18); // not below the popover
  let id = '';
  for (let hour = 5; hour < 20; ++hour) {
    const at = String(hour).padStart(2, '0');
    ({ id } = await crm.create(appointment(`Dicht ${at}`, full, `${at}:00`, `${at}:30`)));
  }
  const page = await open(t, `#/calendar/month/${full}`, {
    viewport: { width: 1280, height: 800 },
  });
  const cell = page.locator(`[role=gridcell][data-date="${full}"]`);
  const link = cell.locator('[role=button] > .cal-more');
  const total = async () =>
    (await cell.locator('.ev:visible').count()) + Number(/\d+/.exec(await link.textContent())[0]);
  await link.waitFor();
  await until('the entries', async () => (await total()) >= 15);
  const all = await total();
  await link.click();
  const last = page.locator('.cal-popover .ev').filter({ hasText: 'Dicht 19' });
  let from = null;
  await until('the popover at its place', async () => {
    const before = from;
    from = await last.boundingBox();
    return from?.y === before?.y;
  });
  const to = await page.locator(`[role=gridcell][data-date="${free}"]`).boundingBox();
  await page.mouse.move(from.x + 20, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 12 });
  await page.mouse.up();
  await until('it on the other day', async () => {
    const { event } = await crm.event(id);
    return event.start.date_time.startsWith(free);
  });
  await until('one less', async () => (await total()) === all - 1);
  await crm.create(appointment('Dicht und spät', full, '22:00', '22:30'));
  await until('one more', async () => (await total()) === all);
});

test("Google's own page fits a phone", async (t) => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${stage.google.origin}/?account=${GOOGLE_ACCOUNT.email}`);
  await page.locator('button').first().waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360));
  // What scrolls sideways, as the calendars below the week do, is not cut off.
  const outside = await page
    .locator('.views, .moves h1, #account')
    .evaluateAll((elements) =>
      elements
        .filter(
          (one) => one.getBoundingClientRect().right > 360 || one.scrollWidth > one.clientWidth,
        )
        .map((one) => one.textContent),
    );
  assert.deepEqual(outside, []);
});

test('a card names the year of another year, and its buttons stay together', async (t) => {
  const [contact] = (await crm.records('contacts', '', 1)).items;
  const year = Number(day.slice(0, 4)) + 1;
  await crm.create(
    appointment('Nächstes Jahr', `${year}-12-01`, '10:00', '11:00', {
      attendees: [{ email: contact.emails[0], partstat: 'accepted' }],
    }),
  );
  const page = await open(t, `#/contacts/${contact.id}`, { viewport: { width: 360, height: 740 } });
  const row = page.locator('.card-appointment').filter({ hasText: 'Nächstes Jahr' });
  await row.waitFor();
  const lines = await row.locator('.card-day span').allTextContents();
  assert.deepEqual(lines, ['1', 'Dez', String(year)]);
  const tops = await page
    .locator('.record-card-head > .button, .record-card-head > .menu-anchor')
    .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().top / 20)));
  assert.equal(new Set(tops).size, 1, String(tops));
});
