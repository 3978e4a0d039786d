// Screenshots of every page of a running host: German and English, light and dark, 360, 1280 and
// 2560 pixels wide; with long names, empty, loading and with an error.
//
//   node tests/e2e/screenshots.mjs URL [--out DIR] [--email E --password P]
//     [--language de,en] [--theme light,dark] [--width 360,1280,2560] [--page calendar,...]
//
// Without --email it logs in as the demo world's salesperson. It changes nothing but the user's own
// language and theme, which it restores.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { Crm } from './support/crm.mjs';
import { launch } from './support/page.mjs';
import { SALESPERSON } from './world/people.mjs';

const HEIGHTS = { 360: 740, 1280: 800, 2560: 1300 };
const LOCALES = { de: 'de-DE', en: 'en-GB' };
const LONG =
  'Donaudampfschifffahrtsgesellschaftskapitänskajüte <b>mit</b> einem Namen, ' +
  'der in keine Spalte passt, und العربية';

const json = (body, status = 200) => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(body),
});
const failing = json(
  { error: { code: 'unavailable', key: 'error.unavailable', args: {}, message: 'down' } },
  503,
);

// Each scene: the address, and the user's actions there. `states` replaces answers of the API:
// {pattern: fulfil | delay in ms}.
function scenes(ids) {
  const open = (selector) => async (page) => {
    await page.locator(selector).first().click();
    await page.getByRole('dialog').waitFor();
  };
  const press = (key) => async (page) => page.keyboard.press(key);
  const view = (key) => async (page) => {
    await page.locator('.fc-box [class*="fc-"]').first().waitFor();
    await page.keyboard.press(key);
  };
  return [
    { name: 'calendar-week', at: '#/calendar', play: view('w') },
    { name: 'calendar-month', at: '#/calendar', play: view('m') },
    { name: 'calendar-day', at: '#/calendar', play: view('d') },
    { name: 'calendar-list', at: '#/calendar', play: view('l') },
    {
      name: 'calendar-empty',
      at: '#/calendar',
      states: { '**/api/occurrences*': json([]) },
      play: view('l'),
    },
    { name: 'calendar-error', at: '#/calendar', states: { '**/api/occurrences*': failing } },
    {
      name: 'calendar-long',
      at: '#/calendar',
      play: view('w'),
      change: {
        pattern: '**/api/occurrences*',
        with: (list) => list.map((one, i) => (i % 3 ? one : { ...one, summary: LONG })),
      },
    },
    {
      name: 'appointment',
      at: '#/calendar',
      play: async (page) => {
        await view('l')(page);
        await open('.ev')(page);
      },
    },
    {
      name: 'appointment-new',
      at: '#/calendar',
      play: async (page) => {
        await page.locator('.calendar-row, .create').first().waitFor({ state: 'attached' });
        await page.keyboard.press('c');
        await page.getByRole('dialog').waitFor();
      },
    },
    { name: 'help', at: '#/calendar', play: press('?') },
    { name: 'leads', at: '#/leads' },
    {
      name: 'leads-none',
      at: '#/leads',
      states: { '**/api/leads?*': json({ total: 0, items: [] }) },
    },
    { name: 'leads-loading', at: '#/leads', states: { '**/api/leads?*': 20_000 } },
    { name: 'leads-error', at: '#/leads', states: { '**/api/leads?*': failing } },
    {
      name: 'leads-long',
      at: '#/leads',
      change: {
        pattern: '**/api/leads?*',
        with: (page) => ({
          ...page,
          items: page.items.map((one) => ({ ...one, name: LONG, company: LONG })),
        }),
      },
    },
    { name: 'lead', at: `#/leads/${ids.leads}` },
    { name: 'contacts', at: '#/contacts' },
    { name: 'contact', at: `#/contacts/${ids.contacts}` },
    {
      name: 'contact-edit',
      at: `#/contacts/${ids.contacts}`,
      play: async (page) => {
        await page.locator('.record-card-head .button').click();
        await page.getByRole('dialog').waitFor();
      },
    },
    { name: 'accounts', at: '#/settings/calendars' },
    { name: 'accounts-none', at: '#/settings/calendars', states: { '**/api/accounts': json([]) } },
    {
      name: 'accounts-needs-auth',
      at: '#/settings/calendars',
      change: {
        pattern: '**/api/accounts',
        with: (list) =>
          list.map((one) => ({
            ...one,
            title: LONG,
            health: { ...one.health, state: 'needs_auth', reason: 'health.needs_auth' },
          })),
      },
    },
    { name: 'accounts-error', at: '#/settings/calendars', states: { '**/api/accounts': failing } },
    { name: 'profile', at: '#/settings/profile' },
    ...(ids.admin ? [{ name: 'plugins', at: '#/plugins' }] : []),
  ];
}

async function prepare(page, scene) {
  for (const [pattern, answer] of Object.entries(scene.states ?? {})) {
    await page.route(pattern, async (route) => {
      if (typeof answer !== 'number') return route.fulfill(answer);
      await new Promise((resolve) => setTimeout(resolve, answer));
      return route.abort().catch(() => {}); // the page may be closed by then
    });
  }
  if (!scene.change) return;
  await page.route(scene.change.pattern, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: scene.change.with(await response.json()) });
  });
}

async function picture(context, origin, scene, file) {
  const page = await context.newPage();
  try {
    await prepare(page, scene);
    await page.goto(`${origin}/${scene.at}`);
    await page.locator('main').first().waitFor();
    if (!scene.states || !Object.values(scene.states).some((answer) => typeof answer === 'number'))
      await page
        .locator('[aria-busy="true"]')
        .first()
        .waitFor({ state: 'detached', timeout: 10_000 });
    await scene.play?.(page);
    // Until nothing has moved for a while: fonts, icons and answers have arrived.
    await page.evaluate(() => document.fonts.ready);
    await page.waitForLoadState('load');
    await page.waitForFunction(
      () => {
        const now = document.body.innerHTML.length;
        const same = now === globalThis.lastLength;
        globalThis.lastLength = now;
        return same;
      },
      null,
      { polling: 300 },
    );
    await page.screenshot({ path: file });
  } finally {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.close();
  }
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string', default: 'build/screenshots' },
      email: { type: 'string', default: SALESPERSON.email },
      password: { type: 'string', default: SALESPERSON.password },
      language: { type: 'string', default: 'de,en' },
      theme: { type: 'string', default: 'light,dark' },
      width: { type: 'string', default: '360,1280,2560' },
      page: { type: 'string', default: '' },
    },
  });
  if (positionals.length !== 1)
    throw new Error(
      'usage: node screenshots.mjs URL [--out DIR] [--email E --password P] [--language de,en] ' +
        '[--theme light,dark] [--width 360,1280,2560] [--page NAME,...]',
    );
  const origin = positionals[0].replace(/\/$/, '');
  const crm = new Crm(origin);
  const { user } = await crm.login(values);
  const first = async (kind) => {
    const { items } = await crm.records(kind, '', 50);
    for (const item of items)
      if ((await crm.card(kind, item.id)).upcoming.length > 0) return item.id;
    return items[0]?.id ?? 'none';
  };
  const ids = {
    leads: await first('leads'),
    contacts: await first('contacts'),
    admin: user.role === 'admin',
  };
  await crm.call('PATCH', '/api/me', { locale: '', theme: '' });
  mkdirSync(values.out, { recursive: true });
  const wanted = values.page ? values.page.split(',') : null;
  const browser = await launch();
  let count = 0;
  let failed = 0;
  try {
    for (const language of values.language.split(','))
      for (const theme of values.theme.split(','))
        for (const width of values.width.split(',').map(Number)) {
          const context = await browser.newContext({
            locale: LOCALES[language],
            colorScheme: theme,
            timezoneId: 'Europe/Berlin',
            viewport: { width, height: HEIGHTS[width] ?? 800 },
          });
          const take = async (scene) => {
            if (wanted && !wanted.includes(scene.name)) return;
            try {
              await picture(
                context,
                origin,
                scene,
                join(values.out, `${scene.name}-${language}-${theme}-${width}.png`),
              );
              count += 1;
            } catch (error) {
              failed += 1;
              console.error(
                `${scene.name} ${language} ${theme} ${width}: ${error.message.split('\n')[0]}`,
              );
            }
          };
          await take({ name: 'login', at: '' });
          const [name, value] = crm.cookie.split('=');
          await context.addCookies([{ name, value, url: origin }]);
          for (const scene of scenes(ids)) await take(scene);
          await context.close();
        }
  } finally {
    await browser.close();
    await crm.call('PATCH', '/api/me', { locale: user.locale, theme: user.theme });
  }
  console.log(
    `${count} pictures in ${values.out}${failed ? `, ${failed} could not be taken` : ''}`,
  );
  process.exitCode = failed ? 1 : 0;
}

await main();
