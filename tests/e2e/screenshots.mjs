// ./dev screenshots: every page and state of the CRM as a picture and on contact sheets, in German
// and English, light and dark, 360, 1280 and 2560 pixels wide: with the demo world, with long
// names, empty, loading, with an error, with 20,000 appointments; and every dialog, as page_walk
// opens it.
//
//   node tests/e2e/screenshots.mjs [--out DIR] [--language de,en] [--theme light,dark]
//     [--width 360,1280,2560] [--page calendar-week,...] [--part scenes,walk,many] [--readme]
//
// --readme only takes the pictures of README.md and writes them into src/docs/pictures.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { picture } from './screenshots/picture.mjs';
import { MANY, scenes } from './screenshots/scenes.mjs';
import { contactSheet, webp } from './screenshots/sheets.mjs';
import { appointment, openBrowserStage } from './support/browser_stage.mjs';
import { launch } from './support/page.mjs';
import { walk } from './support/page_walk.mjs';
import { REPOSITORY } from './support/paths.mjs';
import { openSettings } from './support/setup.mjs';
import { Stage, today } from './support/stage.mjs';
import { plus } from './world/days.mjs';
import { manyWorld } from './world/many.mjs';
import {
  ADMINISTRATOR,
  GOOGLE_ACCOUNT,
  OTHER_GOOGLE_ACCOUNT,
  SALESPERSON,
  USERS,
} from './world/people.mjs';
import { CALENDARS } from './world/world.mjs';

const HEIGHTS = { 360: 740, 1280: 800, 2560: 1300 };
const LOCALES = { de: 'de-DE', en: 'en-GB' };
const CONNECTION = {
  name: 'Vertrieb Nord',
  visible: [GOOGLE_ACCOUNT.email, CALENDARS.travel, CALENDARS.team],
};
/** How wide a picture is on its sheet, and how many are beside each other. */
const SHEETS = { 360: [240, 8], 1280: [640, 3], 2560: [860, 2] };
const README = { folder: 'src/docs/pictures', most: 80_000 };

function options() {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(REPOSITORY, 'build/screenshots') },
      language: { type: 'string', default: 'de,en' },
      theme: { type: 'string', default: 'light,dark' },
      width: { type: 'string', default: '360,1280,2560' },
      page: { type: 'string', default: '' },
      part: { type: 'string', default: 'scenes,walk,many' },
      readme: { type: 'boolean', default: false },
    },
  });
  const list = (text) => text.split(',').filter(Boolean);
  return {
    ...values,
    languages: list(values.language),
    themes: list(values.theme),
    widths: list(values.width).map(Number),
    pages: list(values.page),
    parts: list(values.part),
  };
}

/** Each combination of language, theme and width in turn. */
function* looks({ languages, themes, widths }) {
  for (const language of languages)
    for (const theme of themes) for (const width of widths) yield { language, theme, width };
}

class Camera {
  count = 0;
  failures = [];

  constructor(browser, chosen) {
    this.browser = browser;
    this.chosen = chosen;
  }

  wants = (scene) => this.chosen.pages.length === 0 || this.chosen.pages.includes(scene.name);

  context({ language, theme, width }, more = {}) {
    return this.browser.newContext({
      locale: LOCALES[language],
      colorScheme: theme,
      timezoneId: 'Europe/Berlin',
      viewport: { width, height: HEIGHTS[width] ?? 800 },
      ...more,
    });
  }

  async try(what, act) {
    try {
      await act();
      this.count += 1;
      return true;
    } catch (error) {
      this.failures.push(`${what}: ${error.message.split('\n')[0]}`);
      return false;
    }
  }

  async sheet(files, name, width) {
    if (files.length === 0) return;
    const [across, columns] = SHEETS[width] ?? SHEETS[1280];
    const { out: folder } = this.chosen;
    await contactSheet(this.browser, { files, folder, name, across, columns });
  }
}

const cookieOf = (crm) => {
  const [name, value] = crm.cookie.split('=');
  return { name, value, url: crm.origin };
};

/** The scenes of one user in every look, and a contact sheet of each look. */
async function takeScenes(camera, { crm, origin, list, sheet }) {
  const wanted = list.filter(camera.wants);
  if (wanted.length === 0) return;
  for (const look of looks(camera.chosen)) {
    const suffix = `${look.language}-${look.theme}-${look.width}`;
    const context = await camera.context(look);
    const files = [];
    for (const scene of wanted) {
      if (scene.name === 'login') await context.clearCookies();
      else await context.addCookies([cookieOf(crm)]);
      const file = join(camera.chosen.out, `${scene.name}-${suffix}.png`);
      if (await camera.try(`${scene.name} ${suffix}`, () => picture(context, origin, scene, file)))
        files.push(file);
    }
    await context.close();
    await camera.sheet(files, `sheet-${sheet}-${suffix}`, look.width);
  }
}

/** Every dialog and state that the walk opens, at 1280 pixels. */
async function takeWalk(camera, { people, places }) {
  for (const look of looks({ ...camera.chosen, widths: [1280] })) {
    const suffix = `${look.language}-${look.theme}`;
    const files = [];
    for (const part of ['login', 'views', 'calendar', 'records', 'settings', 'setup', 'plugins']) {
      const context = await camera.context(look);
      context.setDefaultTimeout(20_000);
      if (part !== 'login') await context.addCookies([cookieOf(people[part] ?? people.crm)]);
      const page = await context.newPage();
      await page.addInitScript(() => localStorage.setItem('crm.calendar.view', 'timeGridWeek'));
      await page.goto(`${places.origin}/${part === 'login' ? '' : '#/leads'}`);
      const check = async (what) => {
        const name = `walk-${part}-${what.replace(/\W+/g, '-')}-${suffix}.png`;
        const file = join(camera.chosen.out, name);
        await page.screenshot({ path: file, animations: 'disabled' });
        files.push(file);
        camera.count += 1;
      };
      await camera.try(`walk ${part} ${suffix}`, () =>
        walk(part, { page, language: look.language, places, check }),
      );
      await context.close();
    }
    await camera.sheet(files, `sheet-walk-${suffix}`, 1280);
  }
}

/**
 * The stage of the demo world with its people, and what the scenes and the walk need of it. For
 * the pictures of README.md without what only the walk needs.
 */
async function demoStage({ readme }) {
  const opened = await openBrowserStage(CONNECTION);
  const { stage, crm, monday } = opened;
  await crm.call('PATCH', '/api/me', { locale: '', theme: '' });
  if (!readme)
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
  const first = async (kind) => {
    const { items } = await crm.records(kind, '', 50);
    for (const item of items)
      if ((await crm.card(kind, item.id)).upcoming.length > 2) return item.id;
    return items[0].id;
  };
  const ids = { leads: await first('leads'), contacts: await first('contacts') };
  return {
    ...{ opened, crm, ids, other, administrator },
    origin: stage.crmOrigin,
    people: { crm, setup: other, plugins: administrator },
    places: { origin: stage.crmOrigin, monday, lead: ids.leads, flow },
  };
}

/** The pictures of README.md. */
async function takeReadme(camera, { crm, origin, ids, places }) {
  const folder = join(REPOSITORY, README.folder);
  mkdirSync(folder, { recursive: true });
  const shown = (selector) => (page) => page.locator(selector).first().waitFor();
  for (const [name, theme, at, selector] of [
    ['week', 'light', `#/calendar/week/${places.monday}`, '.ev'],
    ['month', 'dark', `#/calendar/month/${places.monday}`, '.ev'],
    ['card', 'light', `#/leads/${ids.leads}`, '.card-appointment'],
    ['accounts', 'light', '#/settings/calendars', '.account-calendars'],
  ]) {
    const context = await camera.context({ language: 'en', theme, width: 1280 });
    await context.addCookies([cookieOf(crm)]);
    const file = join(camera.chosen.out, `readme-${name}.png`);
    const scene = { name, at, play: shown(selector) };
    await camera.try(name, async () => {
      await picture(context, origin, scene, file);
      const to = join(folder, `${name}.webp`);
      console.log(`${to}: ${await webp(camera.browser, { file, to, most: README.most })} bytes`);
    });
    await context.close();
  }
}

async function takeMany(camera) {
  const stage = await Stage.open({ world: manyWorld({ today: today() }) });
  try {
    const crm = await stage.login(SALESPERSON);
    await crm.call('PATCH', '/api/me', { locale: '', theme: '' });
    await takeScenes(camera, { crm, origin: stage.crmOrigin, list: MANY, sheet: 'many' });
  } finally {
    await stage.close();
  }
}

async function main() {
  const chosen = options();
  mkdirSync(chosen.out, { recursive: true });
  const browser = await launch();
  const camera = new Camera(browser, chosen);
  try {
    const demo = await demoStage(chosen);
    try {
      if (chosen.readme) await takeReadme(camera, demo);
      else {
        const { crm, origin, ids, other, administrator, places, people } = demo;
        const list = [{ name: 'login', at: '' }, ...scenes(ids)];
        if (chosen.parts.includes('scenes')) {
          await takeScenes(camera, { crm, origin, list, sheet: 'pages' });
          const flow = `#/settings/calendars/flow/${places.flow}`;
          await takeScenes(camera, {
            ...{ crm: other, origin, sheet: 'set-up' },
            list: [{ name: 'set-up', at: flow }],
          });
          await takeScenes(camera, {
            ...{ crm: administrator, origin, sheet: 'plugins' },
            list: [
              { name: 'plugins', at: '#/plugins' },
              { name: 'mail-server', at: '#/settings/email' },
            ],
          });
        }
        if (chosen.parts.includes('walk')) await takeWalk(camera, { people, places });
      }
    } finally {
      await demo.opened.close();
    }
    if (chosen.parts.includes('many') && !chosen.readme) await takeMany(camera);
  } finally {
    await browser.close();
  }
  for (const failure of camera.failures) console.error(failure);
  console.log(`${camera.count} pictures in ${chosen.out}, ${camera.failures.length} failed`);
  process.exitCode = camera.failures.length > 0 ? 1 : 0;
}

await main();
