// A walk through every page of crm_host with its states and dialogs, in one language. `check(what)`
// is called in each.

import { de, en } from './texts.mjs';
import { until } from './until.mjs';

const TEXTS = { de, en };
const json = (body, status = 200) => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(body),
});
const REFUSED = json({ error: { code: 'unavailable', key: 'error.unavailable', args: {} } }, 503);

/** What finds elements by the keys of their texts. */
function finder(page, language) {
  const text = (key, args = {}) =>
    TEXTS[language][key].replace(/\{([a-z_]+)\}/g, (place, name) => args[name] ?? place);
  const button = (key, root = page) => root.getByRole('button', { name: text(key), exact: true });
  const item = (key) => page.getByRole('menuitem', { name: text(key), exact: true });
  const dialog = page.getByRole('dialog');
  const leave = async () => {
    while ((await dialog.count()) > 0) {
      await page.keyboard.press('Escape');
      if (await button('unsaved.discard').count()) await button('unsaved.discard').click();
    }
  };
  return { text, button, item, dialog, leave };
}

async function walkLogin({ page, go, check, button }) {
  await go('');
  await page.locator('#login-email').waitFor();
  await button('login.submit').click();
  await check('log-in with errors');
}

async function walkForm({ page, check, button, dialog, leave }) {
  await page.keyboard.press('c');
  await dialog.waitFor();
  await check('form');
  await page.locator('#ev-start_day').click();
  await page.locator('calendar-month').waitFor();
  await check('form with the small month');
  await page.keyboard.press('Escape');
  await page.locator('#ev-end_time').click();
  await page.getByRole('listbox').waitFor();
  await check('form with the list of times');
  await page.keyboard.press('Escape');
  await page.locator('.times .link').click();
  await page.locator('#ev-zone').click();
  await check('form with the list of zones');
  await page.keyboard.press('Escape');
  await page.locator('#rec-kind').selectOption('weekly');
  await page.locator('#rec-end').selectOption('until');
  await check('form of a series');
  await page.locator('#guest-input').fill('kein');
  await page.locator('#ev-end_time').fill('x');
  await button('action.save').click();
  await check('form with errors');
  await page.keyboard.press('Escape');
  await button('unsaved.discard').waitFor();
  await check('question before leaving');
  await leave();
}

async function walkAppointment({ page, entry, check, button, dialog, leave }) {
  await entry.click();
  await page.locator('.details').waitFor();
  await check('details');
  await button('action.delete').click();
  await dialog.getByRole('radio').first().waitFor();
  await check('question about a series');
  await leave();
}

async function walkViews(walk) {
  const { page, go, check, item, leave, dialog, monday } = walk;
  await go(`#/calendar/week/${monday}`);
  await page.locator('.ev:visible').first().waitFor();
  await check('week');
  await walkForm(walk);
  await walkAppointment({
    ...walk,
    entry: page.locator('.ev-column').filter({ hasText: 'A series' }).first(),
  });
  for (const [key, name] of [
    ['m', 'month'],
    ['d', 'day'],
    ['l', 'list'],
  ]) {
    await until(
      `the ${name}`,
      async () => {
        if (page.url().includes(`/${name}/`)) return true;
        await page.keyboard.press(key);
        return false;
      },
      { every: 200 },
    );
    await page.locator('.ev:visible').first().waitFor();
    await check(name);
  }
  await page.keyboard.press('m');
  await page.locator('.cal-more').first().click();
  await check('the rest of a day');
  await page.keyboard.press('Escape');
  const ownCalendar = page.locator('.calendar-row').filter({ hasText: 'CRM' });
  await ownCalendar.hover();
  await ownCalendar.locator('.icon-button').click();
  await check('menu of a calendar');
  await item('calendar.make_default').click();
  await dialog.waitFor();
  await check('question about the default calendar');
  await leave();
  await page.keyboard.press('?');
  await dialog.waitFor();
  await check('keyboard help');
  await leave();
  await page.locator('.rail-item.user').click();
  await check("user's menu");
  await page.keyboard.press('Escape');
}

async function walkCalendarStates({ page, go, check, monday }) {
  const pattern = '**/api/occurrences*';
  for (const [what, answer] of [
    ['empty list', json([])],
    ['calendar that could not be loaded', REFUSED],
  ]) {
    await page.route(pattern, (route) => route.fulfill(answer));
    await go(`#/calendar/list/${monday}`);
    await page.reload();
    await page.locator(what === 'empty list' ? '.cal-none' : '.calendar-error').waitFor();
    await check(what);
    await page.unroute(pattern);
  }
}

async function walkRecords({ page, go, check, button, dialog, leave, item, lead, text }) {
  await go('#/leads');
  await page.locator('.record-row').first().waitFor();
  await check('leads');
  await page.getByRole('searchbox').fill('no such person');
  await page.locator('.empty').waitFor();
  await check('nothing found');
  await button('leads.new').click();
  await dialog.waitFor();
  await button('action.save').click();
  await check('form of a lead with errors');
  await leave();
  await go(`#/leads/${lead}`);
  await page.locator('.record-card-head').waitFor();
  await check('card of a lead');
  await page.getByRole('button', { name: text('record.menu') }).click();
  await item('action.delete').click();
  await dialog.waitFor();
  await check('question before a lead is deleted');
  await leave();
  await go('#/leads/none');
  await page.locator('.empty').waitFor();
  await check('lead that is not there');
  await go('#/contacts');
  await page.locator('.record-row').first().waitFor();
  await check('contacts');
}

async function walkSettings({ page, go, check, item, dialog, leave, button }) {
  const accounts = async () => {
    await go('#/settings/calendars');
    await page.locator('.account-calendars').waitFor();
  };
  const menu = () => page.locator('.account .menu-anchor .icon-button').first().click();
  await accounts();
  await check('calendar accounts');
  await menu();
  await check('menu of an account');
  await item('account.pause').click();
  await dialog.waitFor();
  await check('question before a pause');
  await leave();
  for (const [key, what] of [
    ['account.options', 'settings of an account'],
    ['account.disconnect', 'form that disconnects'],
  ]) {
    await accounts();
    await menu();
    await item(key).click();
    await page.locator('.flow-form').waitFor();
    if (key === 'account.disconnect') await page.locator('.flow-form [type=submit]').click();
    await check(what);
    await button('action.cancel').click();
    await page.locator('.account-calendars').waitFor();
  }
  await accounts();
  await button('logo.add').click();
  await page.locator('#logo-company').waitFor();
  await button('action.save').click();
  await check('form of the logo with errors');
  await leave();
  await go('#/mail');
  await page.locator('.sent-mails .empty').waitFor();
  await check('sent mail');
  await go('#/settings/profile');
  await page.locator('#me-locale').waitFor();
  await check('language and appearance');
}

async function walkSetup({ page, go, check, button, dialog, text, flow }) {
  await go('#/settings/calendars');
  await page.locator('.draft').waitFor();
  await check('unfinished set-up');
  await go(`#/settings/calendars/flow/${flow}`);
  await page.locator('.flow-form').waitFor();
  // As the walk in another language left it.
  const calendars = page.locator('.flow-form .checkboxes');
  if (!(await calendars.count())) await button('flow.back').click();
  await calendars.waitFor();
  await check('settings of a set-up');
  await button('action.cancel').click();
  await dialog.waitFor();
  await check('question before a set-up is left');
  await button('flow.go_on').click();
  await button('action.next').click();
  await calendars.waitFor({ state: 'detached' });
  await page.locator('.flow-form').waitFor();
  await check('preview');
  await page.goto(`${page.url().split('#')[0]}#/settings/calendars/flow/none`);
  await page.getByText(text('flow.gone')).waitFor();
  await check('set-up that is gone');
}

async function walkPlugins({ page, go, check, button }) {
  await go('#/plugins');
  await page.locator('.plugin-icon').first().waitFor();
  await check('plugins');
  await go('#/settings/email');
  await page.locator('#server-host').waitFor();
  await button('action.save').click();
  await check('mail server with errors');
}

const WALKS = {
  login: walkLogin,
  views: walkViews,
  calendar: walkCalendarStates,
  records: walkRecords,
  settings: walkSettings,
  setup: walkSetup,
  plugins: walkPlugins,
};

/**
 * One part of the walk: a name of WALKS. `places`: {origin, monday, lead, flow}, where the
 * appointments, the card and the unfinished set-up are.
 */
export function walk(part, { page, language, places, check }) {
  const go = (hash) => page.goto(`${places.origin}/${hash}`);
  return WALKS[part]({ page, go, check, ...places, ...finder(page, language) });
}
