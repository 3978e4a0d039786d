// What the pages cost: requests and bytes of a first load, of a warm one, and of a switch of month.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { occurrencesOf } from '../../src/host/web/ui/calendar/occurrences.js';
import { openBrowserStage } from './support/browser_stage.mjs';
import { BUILD } from './support/paths.mjs';
import { countTraffic, openPage } from './support/page.mjs';
import { until } from './support/until.mjs';
import { GOOGLE_ACCOUNT } from './world/people.mjs';
import { CALENDARS } from './world/world.mjs';

const PAGES = join(BUILD, 'share/crm_host/pages');
const MOST_REQUESTS = 15;
const MOST_BYTES = 240 * 1024;

let opened;
let stage;
let browser;
let crm;
let monday;

before(async () => {
  opened = await openBrowserStage({ visible: [GOOGLE_ACCOUNT.email, CALENDARS.travel] });
  ({ stage, browser, crm, monday } = opened);
});
after(() => opened?.close());

const open = (t, hash, options = {}) =>
  openPage(t, browser, { origin: stage.crmOrigin, person: crm, hash, timeout: 20_000, ...options });

// Everything that a page loads by itself has arrived, and nothing was asked for since.
async function settled(page, traffic) {
  await page.locator('.ev').first().waitFor({ state: 'attached' });
  await page.evaluate(() => document.fonts.ready);
  let before = -1;
  await until(
    'the end of the requests',
    () => {
      const now = traffic.requests.length;
      const same = now === before && traffic.open === 0;
      before = now;
      return same;
    },
    { every: 700 },
  );
}

test('the page adds to a brief answer just what the host has left out', async () => {
  const [{ id }] = await crm.call('GET', '/api/accounts');
  await crm.syncNow(id);
  const path = '/api/occurrences?start=2020-01-01&end=2030-01-01';
  const all = await until('the imported appointments', async () => {
    const found = await crm.call('GET', path);
    return found.length > 20 && found;
  });
  const brief = await crm.call('GET', `${path}&brief=1`);
  assert.ok(JSON.stringify(brief).length < JSON.stringify(all).length * 0.8);
  assert.deepEqual(occurrencesOf(brief), all);
});

test('a first load takes at most 15 requests and 240 KB, a warm one one for files', async (t) => {
  // Read a moment ago, the calendars are not read because the page opens, which it would learn.
  const [{ id }] = await crm.call('GET', '/api/accounts');
  await crm.syncNow(id);
  const cold = await browser.newContext({ locale: 'de-DE', timezoneId: 'Europe/Berlin' });
  t.after(() => cold.close());
  const [name, value] = crm.cookie.split('=');
  await cold.addCookies([{ name, value, url: stage.crmOrigin }]);
  const first = await cold.newPage();
  const traffic = await countTraffic(first);
  await first.goto(`${stage.crmOrigin}/#/calendar/month/${monday}`);
  await settled(first, traffic);
  // When the page is complete it asks what the months beside will need, and the state of accounts.
  const [, ...ahead] = traffic.requests.filter(({ path }) => path === '/api/occurrences');
  assert.equal(ahead.length, 1);
  ahead.push(...traffic.requests.filter(({ path }) => path.endsWith('/status')));
  const requests = traffic.requests.length - ahead.length;
  const later = ahead.reduce((sum, one) => sum + one.bytes, 0);
  const bytes = traffic.bytes - later;
  const listed = traffic.requests.map(({ path, bytes }) => `${path} ${bytes}`).join('\n');
  assert.ok(requests <= MOST_REQUESTS, `${requests}\n${listed}`);
  assert.ok(bytes <= MOST_BYTES, `${bytes}\n${listed}`);
  console.log(
    `  first load: ${requests} requests, ${bytes} bytes; afterwards: ${ahead.length}, ${later}`,
  );

  const warm = await countTraffic(first);
  await first.reload();
  await settled(first, warm);
  const files = warm.requests.filter(({ path }) => !path.startsWith('/api/'));
  assert.deepEqual(
    files.map(({ path, status }) => [path, status]),
    [['/', 304]],
  );
  console.log(`  warm: ${warm.requests.length} requests, ${warm.bytes} bytes`);
});

test('nothing moves while the calendar loads', async (t) => {
  for (const view of ['month', 'week']) {
    const page = await open(t, '#/leads');
    await page.addInitScript(() => {
      globalThis.shift = 0;
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries())
          if (!hadRecentInput) globalThis.shift += value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    const traffic = await countTraffic(page);
    await page.goto(`${stage.crmOrigin}/#/calendar/${view}/${monday}`);
    await page.reload();
    await settled(page, traffic);
    const shift = await page.evaluate(() => globalThis.shift);
    assert.ok(shift < 0.001, `${view}: ${shift}`);
  }
});

test('what a page shows first is asked for once, beside the texts', async (t) => {
  for (const [hash, width, locale] of [
    [`#/calendar/month/${monday}`, 1280, 'en-US'],
    ['#/calendar/month', 360, 'de-DE'],
    [`#/calendar/week/${monday}`, 1280, 'de-DE'],
    [`#/calendar/week/${monday}`, 360, 'en-US'],
    [`#/calendar/list/${monday}`, 1280, 'de-DE'],
  ]) {
    const viewport = { width, height: 800 };
    const context = await browser.newContext({ locale, viewport, timezoneId: 'Europe/Berlin' });
    t.after(() => context.close());
    const [name, value] = crm.cookie.split('=');
    await context.addCookies([{ name, value, url: stage.crmOrigin }]);
    const page = await context.newPage();
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route('**/api/strings/*', async (route) => {
      await held;
      await route.continue();
    });
    const lists = [];
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === '/api/occurrences') lists.push(searchParams.get('start'));
    });
    await page.goto(`${stage.crmOrigin}/${hash}`);
    await until('the list, before the texts', () => lists.length === 1);
    release();
    await until('the list of what is beside', () => lists.length > 1);
    const [first, ...others] = lists;
    assert.ok(!others.includes(first), `${hash} in ${locale}: ${lists}`);
    assert.match(first, /^\d{4}-\d\d-\d\d$/);
  }
});

test('in the frame after the key another month is there as a whole', async (t) => {
  const page = await open(t, `#/calendar/month/${monday}`);
  const traffic = await countTraffic(page);
  await settled(page, traffic);
  await page.evaluate(() => {
    const look = () => [
      document.querySelector('.calendar-title').textContent,
      [...document.querySelectorAll('.fc-box .ev[data-key]')].map(({ dataset }) => dataset.key),
    ];
    globalThis.look = look;
    globalThis.first = new Promise((resolve) => {
      const soon = () => requestAnimationFrame(() => resolve(look()));
      addEventListener('keydown', soon, { once: true, capture: true });
    });
  });
  const [before] = await page.evaluate(() => globalThis.look());
  await page.keyboard.press('ArrowRight');
  const first = await page.evaluate(() => globalThis.first);
  assert.notEqual(first[0], before);
  assert.ok(first[1].length > 10, String(first[1].length));
  await settled(page, traffic);
  assert.deepEqual(await page.evaluate(() => globalThis.look()), first);
});

test('the months beside the visible one appear without a request', async (t) => {
  const page = await open(t, `#/calendar/month/${monday}`, { allowed: null });
  const traffic = await countTraffic(page);
  await settled(page, traffic);
  const title = page.locator('.calendar-title');
  // Nothing that is asked for from now on is answered.
  await page.route('**/api/occurrences*', (route) => route.abort());
  const before = await title.textContent();
  await page.keyboard.press('ArrowRight');
  await until('the next month', async () => (await title.textContent()) !== before);
  await page.locator('.ev:visible').first().waitFor();
  assert.equal(await page.locator('.calendar-unknown').count(), 0);
  const next = await title.textContent();
  for (const _ of 'ab') await page.keyboard.press('ArrowLeft');
  await until('the month before', async () => ![before, next].includes(await title.textContent()));
  await page.locator('.ev:visible').first().waitFor();
  assert.equal(await page.locator('.calendar-unknown').count(), 0);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.locator('.calendar-unknown').waitFor();
});

test('what changes elsewhere is not hidden by what was fetched ahead', async (t) => {
  const page = await open(t, `#/calendar/month/${monday}`);
  const traffic = await countTraffic(page);
  await settled(page, traffic);
  const [year, month] = monday.split('-').map(Number);
  const day = new Date(Date.UTC(year, month, 15)).toISOString().slice(0, 10);
  const { id } = await crm.create({
    summary: 'Made elsewhere',
    start: { date: day },
    end: { date: new Date(Date.UTC(year, month, 16)).toISOString().slice(0, 10) },
  });
  t.after(() => crm.erase(id));
  await page.keyboard.press('ArrowRight');
  await page.locator('.ev').filter({ hasText: 'Made elsewhere' }).first().waitFor();
});

test('every delivered file has a hash in its name and is kept for ever', async () => {
  const names = readdirSync(PAGES).filter((name) => !['index.html', 'licences.txt'].includes(name));
  assert.ok(names.length >= 6, String(names));
  const files = names.filter((name) => !name.endsWith('.br'));
  assert.ok(files.every((name) => /woff2$|^icon-/.test(name) || names.includes(`${name}.br`)));
  for (const name of files) {
    assert.match(name, /-[0-9A-Za-z]{8,10}\.(js|css|svg|woff2)$/);
    const { headers, status } = await fetch(`${stage.crmOrigin}/ui/${name}`, {
      headers: { 'Accept-Encoding': 'br' },
    });
    assert.equal(headers.get('Content-Encoding'), names.includes(`${name}.br`) ? 'br' : null);
    assert.equal(status, 200, name);
    assert.equal(headers.get('Cache-Control'), 'public, max-age=31536000, immutable');
  }
  const index = await fetch(stage.crmOrigin);
  assert.equal(index.headers.get('Cache-Control'), 'no-cache');
  assert.ok(index.headers.get('ETag'));
});

test('with --dev-ui the modules of the sources are served and work', async (t) => {
  await stage.host.stop();
  await stage.startHost({ args: ['--dev-ui'] });
  t.after(() => stage.restartHost());
  const page = await open(t, '#/leads', { allowed: null });
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${stage.crmOrigin}/#/calendar/week/${monday}`);
  await page.reload();
  await page.locator('.ev').first().waitFor();
  assert.ok(asked.includes('/ui/calendar/view.js'));
  assert.ok(asked.includes('/npm/fullcalendar/all/global.js'));
});
