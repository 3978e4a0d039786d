// The set-up and synchronisation in a browser, in German and in English, in the order of S-07: a
// salesperson on the CRM's pages and on Google's pages, with Google's own client beside them.
// Screenshots of every step are in build/<preset>/e2e-pictures afterwards.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { launch } from './support/page.mjs';
import { BUILD } from './support/paths.mjs';
import { storeClient } from './support/setup.mjs';
import { Stage, today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { next, plus } from './world/days.mjs';
import {
  ADMINISTRATOR,
  GOOGLE_ACCOUNT,
  OTHER_GOOGLE_ACCOUNT,
  SALESPERSON,
} from './world/people.mjs';
import { CALENDARS, HOLIDAY_NAME, makeWorld } from './world/world.mjs';

const PICTURES = join(BUILD, 'e2e-pictures');

// The labels that the specification names.
const WORDS = {
  de: {
    logIn: 'Anmelden',
    email: 'E-Mail',
    password: 'Passwort',
    settings: 'Einstellungen',
    integrations: 'Integrationen',
    calendars: 'Kalender',
    add: '+ Google Kalender hinzufügen',
    choose: 'Konto auswählen',
    allow: 'Erlauben',
    form: 'Kalenderkontoeinstellungen',
    name: 'Name des Kalenders',
    standard: 'Standardkalender',
    crmCalendar: /^CRM-Kalender/,
    notSynchronised: 'nicht mit Google synchronisiert',
    next: 'Weiter',
    finish: 'Kontoeinrichtung abschließen',
    accounts: 'Kalenderkonten',
    calendar: 'Kalender',
    contacts: 'Kontakte',
    leads: 'Leads',
    newAppointment: 'Neuer Termin',
    title: 'Titel',
    save: 'Speichern',
    remove: 'Löschen',
    list: 'Liste',
    noMail: 'keine E-Mail',
    wrong: /falsch|stimmen nicht|passen nicht/i,
  },
  en: {
    logIn: 'Log in',
    email: 'Email',
    password: 'Password',
    settings: 'Settings',
    integrations: 'Integrations',
    calendars: 'Calendars',
    add: '+ Add Google Calendar',
    choose: 'Choose an account',
    allow: 'Allow',
    form: 'Calendar account settings',
    name: 'Calendar name',
    standard: 'Default calendar',
    crmCalendar: /^CRM calendar/,
    notSynchronised: 'not synchronised with Google',
    next: 'Next',
    finish: 'Finish account setup',
    accounts: 'Calendar accounts',
    calendar: 'Calendar',
    contacts: 'Contacts',
    leads: 'Leads',
    newAppointment: 'New appointment',
    title: 'Title',
    save: 'Save',
    remove: 'Delete',
    list: 'List',
    noMail: 'No mail',
    wrong: /wrong|not right|incorrect|do not match/i,
  },
};

let browser;
before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  browser = await launch();
});
after(() => browser?.close());

for (const language of ['de', 'en'])
  // S-07
  test(`the set-up in the browser follows the specified order (${language})`, async (t) => {
    const words = WORDS[language];
    const world = makeWorld({ today: today() });
    const stage = await Stage.open({ world });
    t.after(() => stage.close());
    await storeClient(await stage.login(ADMINISTRATOR));
    const lena = await stage.google.person(GOOGLE_ACCOUNT.email);
    const context = await browser.newContext({
      locale: language === 'de' ? 'de-DE' : 'en-GB',
      timezoneId: 'Europe/Berlin',
      viewport: { width: 1280, height: 860 },
    });
    t.after(() => context.close());
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on(
      'console',
      (message) =>
        message.type() === 'error' &&
        !/401|403|404|409/.test(message.text()) &&
        complaints.push(`console: ${message.text()}`),
    );
    let pictures = 0;
    const step = async (name, play) => {
      const passed = await t.test(name, async () => {
        try {
          await play();
        } finally {
          await page
            .screenshot({
              path: join(
                PICTURES,
                `${language}-${String(++pictures).padStart(2, '0')}-${name.split(/[_:]/)[0]}.png`,
              ),
            })
            .catch(() => {});
        }
      });
      return passed;
    };
    const exact = (role, name) => page.getByRole(role, { name, exact: true });
    // The settings have a link of the same name in their own navigation.
    const rail = (name) =>
      page.getByRole('navigation').first().getByRole('link', { name, exact: true });

    await step('log-in_WithAWrongAndThenTheRightPassword', async () => {
      await page.goto(stage.crmOrigin);
      await page.getByLabel(words.email).fill(SALESPERSON.email);
      await page.getByLabel(words.password).fill('falsch falsch');
      await exact('button', words.logIn).click();
      await page.getByText(words.wrong).waitFor();
      assert.equal(
        await page.getByLabel(words.email).inputValue(),
        SALESPERSON.email,
        'what was typed stays',
      );
      await page.getByLabel(words.password).fill(SALESPERSON.password);
      await exact('button', words.logIn).click();
      await exact('link', words.settings).waitFor();
    });

    await step('S-08: the settings icon, Integrations > Calendars', async () => {
      await exact('link', words.settings).click();
      await page.getByRole('heading', { name: words.integrations }).first().waitFor();
      await page
        .getByRole('navigation', { name: words.settings })
        .getByRole('link', { name: words.calendars, exact: true })
        .click();
      await page.getByRole('heading', { name: words.accounts }).waitFor();
    });

    await step('S-09: + Add Google Calendar', async () => {
      await exact('button', words.add).first().click();
    });

    await step('S-10: Google asks which account', async () => {
      await page.getByRole('heading', { name: words.choose }).waitFor();
      for (const account of [GOOGLE_ACCOUNT, OTHER_GOOGLE_ACCOUNT])
        assert.equal(await page.getByText(account.email, { exact: true }).count(), 1);
      await page.getByRole('link', { name: GOOGLE_ACCOUNT.email }).click();
    });

    await step('S-11: Allow', async () => {
      await exact('button', words.allow).waitFor();
      assert.equal((await stage.google.product()).writes, 0);
      await exact('button', words.allow).click();
    });

    await step('S-12: the calendar account settings follow', async () => {
      await page.getByRole('heading', { name: words.form }).waitFor();
      assert.ok(page.url().startsWith(stage.crmOrigin));
    });

    await step('S-13: a name for the calendar', async () => {
      await page.getByLabel(words.name).fill('Vertrieb Nord');
    });

    const standard = page.getByLabel(words.standard);
    const offered = async () =>
      (await standard.locator('option').allTextContents()).map((text) => text.trim());
    await step(
      'S-14_S-15: the calendars of this account, the primary one by its address',
      async () => {
        const boxes = page.getByRole('checkbox');
        assert.equal(await boxes.count(), (await lena.calendars()).length);
        assert.ok(await page.getByRole('checkbox', { name: GOOGLE_ACCOUNT.email }).isChecked());
        await page.getByRole('checkbox', { name: HOLIDAY_NAME }).check();
      },
    );

    await step('S-16: the drop-down offers what is ticked, at once', async () => {
      assert.deepEqual(
        (await offered()).slice(1),
        [GOOGLE_ACCOUNT.email],
        'a read-only calendar is not offered',
      );
      await page.getByRole('checkbox', { name: 'Messen und Reisen' }).check();
      assert.deepEqual(
        (await offered()).slice(1).sort(),
        ['Messen und Reisen', GOOGLE_ACCOUNT.email].sort(),
      );
      await page.getByRole('checkbox', { name: 'Messen und Reisen' }).uncheck();
      assert.deepEqual((await offered()).slice(1), [GOOGLE_ACCOUNT.email]);
      await page.getByRole('checkbox', { name: 'Messen und Reisen' }).check();
    });

    await step(
      'S-17: it begins with the CRM calendar, which is not synchronised, and says so',
      async () => {
        const [first] = await offered();
        assert.match(first, words.crmCalendar);
        assert.equal((await standard.locator('option:checked').textContent()).trim(), first);
        await page.getByText(words.notSynchronised).first().waitFor({ state: 'attached' });
        await standard.selectOption({ label: GOOGLE_ACCOUNT.email });
      },
    );

    await step('S-18: Finish account setup', async () => {
      await exact('button', words.next).click();
      await exact('button', words.finish).waitFor();
      await page.getByText(words.noMail).first().waitFor();
      await page.screenshot({ path: join(PICTURES, `${language}-preview.png`) });
      await exact('button', words.finish).dblclick();
    });

    await step('S-19: the calendar appears under Calendar accounts', async () => {
      await page.goto(`${stage.crmOrigin}/#/settings/calendars`);
      await page.getByRole('heading', { name: 'Vertrieb Nord' }).waitFor();
      assert.equal(
        await page.getByRole('heading', { name: 'Vertrieb Nord' }).count(),
        1,
        'once, though it was a double click',
      );
      await page.getByText(GOOGLE_ACCOUNT.email).first().waitFor();
      assert.ok(await exact('button', words.add).first().isVisible(), 'the button stays (S-09)');
    });

    const monday = next(plus(world.today, 1), 'MO');
    await step('S-20: all appointments on the calendar page', async () => {
      await rail(words.calendar).click();
      await page.getByText('Vertriebs-Standup').first().waitFor();
      // The list is 31 days long: those of the month.
      await page.goto(`${stage.crmOrigin}/#/calendar?date=${monday.slice(0, 8)}01`);
      await exact('button', words.list).click();
      for (const event of world.google.accounts[0].calendars[0].events
        .filter(
          (one) =>
            !one.recurringEventId &&
            !one.recurrence &&
            one.eventType !== 'workingLocation' &&
            (one.start.dateTime ?? one.start.date).slice(0, 7) === monday.slice(0, 7),
        )
        .slice(0, 12))
        await page.getByText(event.summary, { exact: true }).first().waitFor({ state: 'attached' });
    });

    const crmTitle = language === 'de' ? 'Vom Browser eingetragen' : 'Entered in the browser';
    await step('S-21_S-26: an appointment entered here is at Google', async () => {
      await page.keyboard.press('c');
      const dialog = page.getByRole('dialog', { name: words.newAppointment });
      await dialog.getByLabel(words.title, { exact: true }).fill(crmTitle);
      await dialog.getByRole('button', { name: words.save, exact: true }).click();
      const from = performance.now();
      await until(
        'the appointment at Google',
        async () => (await lena.find(crmTitle)).length === 1,
        { every: 10 },
      );
      t.diagnostic(
        `${language}: at Google ${Math.round(performance.now() - from)} ms after the click`,
      );
    });

    const googleTitle = language === 'de' ? 'Bei Google eingetragen' : 'Entered at Google';
    let event;
    await step('S-26_S-27: one made and renamed at Google appears without a reload', async () => {
      const day = plus(world.today, 1);
      event = await lena.insert({
        summary: googleTitle,
        start: { dateTime: `${day}T11:00:00`, timeZone: 'Europe/Berlin' },
        end: { dateTime: `${day}T12:00:00`, timeZone: 'Europe/Berlin' },
        attendees: [{ email: 'andreas.froehlich@hansa-verpackung.example' }],
      });
      await page.goto(`${stage.crmOrigin}/#/calendar?date=${day}`);
      const from = performance.now();
      await page.getByText(googleTitle, { exact: true }).first().waitFor();
      t.diagnostic(`${language}: on the page ${Math.round(performance.now() - from)} ms later`);
      await lena.patch(event.id, { summary: `${googleTitle} 2` });
      const renamed = performance.now();
      await page.getByText(`${googleTitle} 2`, { exact: true }).first().waitFor();
      t.diagnostic(
        `${language}: renamed on the page after ${Math.round(performance.now() - renamed)} ms`,
      );
    });

    await step('S-22_S-23: on the card of the contact', async () => {
      await exact('link', words.contacts).click();
      await page
        .getByRole('link', { name: /Andreas Fröhlich/ })
        .first()
        .click();
      await page.getByRole('heading', { name: 'Andreas Fröhlich' }).waitFor();
      await page.getByText(`${googleTitle} 2`).first().waitFor();
      await page.getByText('Jour fixe Hansa Verpackung').first().waitFor();
    });

    await step('S-29: deleted here, gone at Google; deleted there, gone here', async () => {
      await lena.erase(event.id);
      await until(
        'the card to follow',
        async () => (await page.getByText(`${googleTitle} 2`).count()) === 0,
      );
      await rail(words.calendar).click();
      await exact('button', words.list).click();
      await page.goto(`${stage.crmOrigin}/#/calendar?date=${world.today}`);
      await page.getByText(crmTitle, { exact: true }).first().click();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: words.remove, exact: true })
        .click();
      await until('it gone at Google', async () => (await lena.find(crmTitle)).length === 0);
    });

    await step(
      'S-30_S-32: a deleted secondary calendar leaves its appointments, a cleared default none',
      async () => {
        await lena.deleteCalendar(CALENDARS.travel);
        await lena.clearCalendar();
        const crm = await stage.login();
        const [account] = await crm.accounts();
        await crm.syncNow(account.id);
        await until(
          'the cleared calendar',
          async () =>
            (
              await crm.occurrences(`${world.range.from}T00:00:00Z`, `${world.range.to}T00:00:00Z`)
            ).every((one) => one.calendar !== account.default_calendar),
          { timeout: 20_000 },
        );
        await page.goto(`${stage.crmOrigin}/#/settings/calendars`);
        await page.getByRole('heading', { name: 'Vertrieb Nord' }).waitFor();
      },
    );

    assert.deepEqual(complaints, [], 'the page reported nothing to the console');
  });
