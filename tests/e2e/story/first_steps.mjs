// The set-up: the settings page, Google's pages and back, the form, the end of the set-up. S-08 to
// S-19.

import assert from 'node:assert/strict';

import { chooser, consent } from '../support/consent.mjs';
import {
  comeBack,
  crmCalendarOf,
  CLIENT,
  PLUGIN,
  openSettings,
  storeClient,
  toPreview,
} from '../support/setup.mjs';
import { until } from '../support/until.mjs';
import { count, matches } from '../world/expect.mjs';
import { GOOGLE_ACCOUNT, OTHER_GOOGLE_ACCOUNT, SALESPERSON } from '../world/people.mjs';
import { CALENDARS, HOLIDAY_NAME } from '../world/world.mjs';

const refused = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: 'this should have been refused' });
};

/**
 * Why a flow ended: from the address to which the browser is redirected, or from the flow itself.
 */
async function reasonOf(crm, flow, location) {
  const reason = decodeURIComponent(location).match(/(?:reason|error)=([\w.]+)/)?.[1];
  if (reason) return reason;
  const answer = await crm
    .flow(flow)
    .catch((error) => ({ step: { reason: `gone (${error.status})` } }));
  return (answer.step ?? answer).reason;
}

/** No account, no draft, no write, no event read: the attempt left nothing behind. */
async function assertNothingLeft(s, crm = s.crm) {
  assert.deepEqual(await crm.accounts(), []);
  assert.deepEqual(await crm.flows(), []);
  const { requests, writes } = await s.google.product();
  assert.equal(writes, 0);
  assert.equal(
    Object.keys(requests).filter((template) => template.includes('/events')).length,
    0,
    JSON.stringify(requests),
  );
}

export const firstSteps = [
  {
    rules: ['log-in'],
    title: { en: 'A wrong password opens nothing', de: 'Ein falsches Passwort öffnet nichts' },
    async play(s) {
      const wrong = await refused(s.stage.login({ email: SALESPERSON.email, password: 'falsch' }));
      assert.equal(wrong.status, 401);
      assert.equal(wrong.key, 'login.wrong');
      const unknown = await refused(
        s.stage.login({ email: 'niemand@nordlicht-software.example', password: 'x' }),
      );
      assert.equal(
        unknown.message,
        wrong.message,
        'an unknown address and a wrong password look alike',
      );
      const answer = await s.crm.send(
        'POST',
        '/api/events',
        { event: {} },
        { 'X-CSRF-Token': 'forged' },
      );
      assert.equal(answer.status, 403);
      const stranger = await fetch(`${s.stage.crmOrigin}/api/calendars`);
      assert.equal(stranger.status, 401);
      s.say(
        `401 login.wrong for both, 401 without a session, 403 with a forged CSRF token; ` +
          `${s.crm.user.name} and ${s.admin.user.name} are in`,
        `401 login.wrong in beiden Fällen, 401 ohne Sitzung, 403 mit gefälschtem CSRF-Token; ` +
          `${s.crm.user.name} und ${s.admin.user.name} sind angemeldet`,
      );
    },
  },
  {
    rules: ['S-06', 'S-08', 'S-09'],
    title: {
      en: 'Settings > Integrations > Calendars offers "+ Add Google Calendar"',
      de: 'Einstellungen > Integrationen > Kalender bietet "+ Google Kalender hinzufügen"',
    },
    async play(s) {
      const connectors = await s.crm.connectors();
      assert.equal(connectors.length, 1, 'no provider that is not there');
      const [connector] = connectors;
      assert.equal(connector.plugin, PLUGIN);
      const [de, en] = await Promise.all([s.crm.strings('de'), s.crm.strings('en')]);
      assert.equal(de[connector.add_key], 'Google Kalender hinzufügen');
      assert.equal(en[connector.add_key], 'Add Google Calendar');
      const [plugin] = await s.admin.plugins();
      assert.equal(plugin.state, 'running', plugin.reason);
      assert.equal((await refused(s.crm.plugins())).status, 403);
      s.say(
        `plugin ${plugin.id} ${plugin.version} runs; ` +
          `"${de[connector.add_key]}" / "${en[connector.add_key]}"`,
        `Plugin ${plugin.id} ${plugin.version} läuft; ` +
          `"${de[connector.add_key]}" / "${en[connector.add_key]}"`,
      );
    },
  },
  {
    rules: ['set-up'],
    title: {
      en: 'The administrator enters the OAuth client once',
      de: 'Die Administratorin trägt den OAuth-Client einmal ein',
    },
    async play(s) {
      const early = await s.crm.startFlow(PLUGIN, 'setup');
      assert.equal((early.step ?? early).reason, 'abort.no_oauth_client');
      const opened = await s.admin.startFlow(PLUGIN, 'setup');
      const incomplete = await s.admin.answer(opened.flow, 'credentials', {
        client_id: CLIENT.client_id,
        client_secret: '',
      });
      assert.deepEqual(Object.keys((incomplete.step?.type ? incomplete.step : incomplete).errors), [
        'client_secret',
      ]);
      await s.admin.dropFlow(opened.flow);
      await storeClient(s.admin);
      await assertNothingLeft(s, s.admin);
      s.say(
        'before: abort.no_oauth_client for a salesperson; an empty secret is refused at its ' +
          'field; then stored, no account, no request to Google',
        'vorher: abort.no_oauth_client im Vertrieb; ein leerer Schlüssel wird an seinem Feld ' +
          'abgelehnt; dann gespeichert, kein Konto, keine Anfrage an Google',
      );
    },
  },
  {
    rules: ['S-05', 'S-10'],
    title: {
      en: 'Google asks which account; calendar and identity, nothing else',
      de: 'Google fragt nach dem Konto; Kalender und Identität, sonst nichts',
    },
    async play(s) {
      const [first, second] = [
        await s.crm.startFlow(PLUGIN, 'setup'),
        await s.crm.startFlow(PLUGIN, 'setup'),
      ];
      const [one, two] = [first, second].map(({ step }) => new URL(step.url).searchParams);
      assert.ok(one.get('prompt').split(' ').includes('select_account'));
      assert.equal(one.get('code_challenge_method'), 'S256');
      assert.ok(
        one.get('code_challenge').length >= 43 &&
          one.get('code_challenge') !== two.get('code_challenge'),
      );
      assert.ok(
        one.get('state').length >= 22 && one.get('state') !== two.get('state'),
        'a fresh state of at least 128 bits',
      );
      const scopes = one.get('scope').split(' ').sort();
      assert.deepEqual(scopes, [
        'email',
        'https://www.googleapis.com/auth/calendar.calendarlist.readonly',
        'https://www.googleapis.com/auth/calendar.events',
        'openid',
      ]);
      const { accounts } = await chooser(first.step.url);
      assert.deepEqual(accounts.map(({ email }) => email).sort(), [
        OTHER_GOOGLE_ACCOUNT.email,
        GOOGLE_ACCOUNT.email,
      ]);
      await s.crm.dropFlow(first.flow);
      await s.crm.dropFlow(second.flow);
      const granted = scopes.map((scope) => scope.split('/').pop()).join(' ');
      s.say(
        `chooser with ${accounts.length} accounts, PKCE S256, fresh state, scopes ${granted}`,
        `Auswahl aus ${accounts.length} Konten, PKCE S256, frischer state, Rechte ${granted}`,
      );
    },
  },
  {
    rules: ['S-11'],
    title: { en: 'Only consent creates a grant', de: 'Nur "Erlauben" gibt Zugriff' },
    async play(s) {
      const reasons = [];
      const attempt = async (options, change = (back) => back, who = s.crm) => {
        const opened = await s.crm.startFlow(PLUGIN, 'setup');
        const { back } = await consent(opened.step.url, GOOGLE_ACCOUNT.email, options);
        const { location } = await comeBack(who, change(back));
        reasons.push(await reasonOf(s.crm, opened.flow, location));
        return { opened, back, location };
      };
      await attempt({ allow: false });
      assert.equal(reasons.at(-1), 'abort.consent_refused');
      await assertNothingLeft(s);
      await attempt({ untick: ['calendar.events'] });
      assert.equal(reasons.at(-1), 'abort.scope_missing');
      await assertNothingLeft(s);

      const foreign = await attempt({}, undefined, s.admin); // another user's session
      assert.deepEqual(await s.admin.accounts(), []);
      assert.notEqual(reasons.at(-1), undefined);
      await s.crm.dropFlow(foreign.opened.flow).catch(() => {});
      const wrong = await attempt({}, (back) =>
        back.replace(/state=[^&]+/, 'state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'),
      );
      await s.crm.dropFlow(wrong.opened.flow).catch(() => {});
      await assertNothingLeft(s);

      const settings = await openSettings(s.crm, GOOGLE_ACCOUNT.email);
      const before = await s.crm.flow(settings.flow);
      // the same address a second time: back button, replay
      const again = await comeBack(s.crm, settings.back);
      assert.deepEqual(await s.crm.flow(settings.flow), before, 'a replayed state changes nothing');
      await s.crm.dropFlow(settings.flow);
      await assertNothingLeft(s);
      // Of two of them something was allowed; the host gives it back by itself.
      await until(
        'what was allowed in vain to be revoked',
        async () => (await s.google.product()).requests['POST /revoke'] === 2,
      );
      const end = new URL(again.location, s.stage.crmOrigin).hash.slice(0, 60);
      s.say(
        `${reasons.join(', ')}; a replay is sent to ${end}; ` +
          `no account, no draft, no event read, no write`,
        `${reasons.join(', ')}; eine Wiederholung endet bei ${end}; ` +
          `kein Konto, kein Entwurf, kein Termin gelesen, nichts geschrieben`,
      );
    },
  },
  {
    rules: ['S-12'],
    title: {
      en: 'Until the settings are completed nothing is synchronised',
      de: 'Bis zum Abschluss wird nichts synchronisiert',
    },
    async play(s) {
      // from here on every call counts: the import must not make unnecessary ones
      await s.google.resetStats();
      const { flow, step } = await openSettings(s.crm, GOOGLE_ACCOUNT.email);
      assert.equal(step.step, 'account');
      const drafts = await s.crm.flows();
      assert.equal(drafts.length, 1);
      assert.equal((await s.crm.flow(flow)).step.step, 'account', 'the draft can be resumed');
      assert.deepEqual(await s.crm.accounts(), []);
      assert.equal((await s.crm.calendars()).filter((calendar) => !calendar.own).length, 0);
      const { requests, writes } = await s.google.product();
      assert.equal(writes, 0);
      assert.equal(
        Object.keys(requests).filter((template) => template.includes('/events')).length,
        0,
      );
      s.draft = { flow, step };
      s.say(
        'form left: 1 draft, 0 accounts, 0 events read, 0 writes; the draft is resumed',
        'Formular verlassen: 1 Entwurf, 0 Konten, 0 Termine gelesen, 0 Schreibzugriffe; ' +
          'der Entwurf wird fortgesetzt',
      );
    },
  },
  {
    rules: ['S-13', 'S-14', 'S-15', 'S-16', 'S-17'],
    title: {
      en: 'Calendar account settings: name, visible calendars, default calendar',
      de: 'Kalenderkontoeinstellungen: Name, sichtbare Kalender, Standardkalender',
    },
    async play(s) {
      const { flow, step } = s.draft;
      const { visible, default_calendar: chosen } = step.schema.properties;
      const listed = await s.lena.calendars();
      assert.deepEqual(
        [...visible.items.enum].sort(),
        listed.map((calendar) => calendar.id).sort(),
        'the list is the calendarList of this account',
      );
      assert.equal(
        visible['x-labels'][GOOGLE_ACCOUNT.email],
        GOOGLE_ACCOUNT.email,
        'the primary calendar is called by the address',
      );
      assert.equal(visible.items.enum[0], GOOGLE_ACCOUNT.email, 'and comes first');
      assert.deepEqual(step.values.visible, [GOOGLE_ACCOUNT.email]);
      assert.equal(
        step.values.default_calendar,
        crmCalendarOf(step),
        'the drop-down begins with the CRM calendar (S-17)',
      );
      assert.equal(chosen['x-options-from'].field, 'visible');
      const readOnly = listed
        .filter((calendar) => calendar.accessRole === 'reader')
        .map((calendar) => calendar.id);
      assert.deepEqual([...chosen['x-options-from'].except].sort(), [...readOnly].sort());
      const answer = async (input) =>
        (
          await s.crm.answer(flow, 'account', {
            name: 'Vertrieb Nord',
            visible: [GOOGLE_ACCOUNT.email],
            default_calendar: GOOGLE_ACCOUNT.email,
            ...input,
          })
        ).step;
      const errors = [];
      for (const [input, field] of [
        [{ name: '  ' }, 'name'],
        [{ visible: [] }, 'visible'],
        [{ visible: ['fremd@example.com'] }, 'visible'],
        [{ default_calendar: CALENDARS.travel }, 'default_calendar'],
        [
          { visible: [GOOGLE_ACCOUNT.email, readOnly[0]], default_calendar: readOnly[0] },
          'default_calendar',
        ],
      ]) {
        const again = await answer(input);
        assert.equal(again.type, 'form', `${JSON.stringify(input)} must be refused`);
        assert.ok(again.errors[field], `${field}: ${JSON.stringify(again.errors)}`);
        errors.push(again.errors[field]);
      }
      assert.equal((await s.google.product()).writes, 0);
      const refusals = [...new Set(errors)].join(', ');
      s.say(
        `${listed.length} calendars of ${GOOGLE_ACCOUNT.email}, ${readOnly.length} read-only; ` +
          `refused at their fields: ${refusals}`,
        `${listed.length} Kalender von ${GOOGLE_ACCOUNT.email}, ${readOnly.length} nur lesbar; ` +
          `an ihren Feldern abgelehnt: ${refusals}`,
      );
    },
  },
  {
    rules: ['preview'],
    title: { en: 'The preview says what will happen', de: 'Die Vorschau sagt, was geschehen wird' },
    async play(s) {
      const holidays = (await s.lena.calendars()).find(
        (calendar) => calendar.summary === HOLIDAY_NAME,
      ).id;
      s.visible = [GOOGLE_ACCOUNT.email, CALENDARS.travel, holidays];
      s.holidays = holidays;
      s.setUpFrom = { clock: performance.now(), cpu: s.cpuMs() };
      const seen = [];
      const step = await toPreview(
        s.crm,
        s.draft.flow,
        { name: 'Vertrieb Nord', visible: s.visible, default_calendar: GOOGLE_ACCOUNT.email },
        ({ done, total }) => seen.push(`${done}/${total || '?'}`),
      );
      assert.equal(step.step, 'preview', JSON.stringify(step));
      assert.equal(step.submit, 'setup.preview.finish');
      const own = count(s.world, 'primary'),
        travel = count(s.world, CALENDARS.travel);
      const holidayCount = (s.world.holidays.match(/BEGIN:VEVENT/g) ?? []).length;
      const { args } = step;
      const expected = matches(s.world, ['primary', CALENDARS.travel]);
      assert.equal(args.appointments, own.appointments + travel.appointments + holidayCount);
      assert.equal(args.series, own.series + travel.series);
      assert.equal(args.private, own.private + travel.private);
      assert.equal(args.matched, expected.appointments);
      assert.equal(args.leads, expected.leads.size);
      assert.equal(args.contacts, expected.contacts.size);
      assert.equal(args.mails, 0);
      const local = s.world.crm.appointments.filter(
        (appointment) => appointment.user === SALESPERSON.email,
      );
      assert.equal(args.existing_all, local.length);
      assert.ok(args.existing_future > 0 && args.existing_future < local.length);
      s.existingFuture = args.existing_future;
      assert.equal(step.values.existing, 'future', 'which is what is preselected');
      assert.equal(
        (await s.google.product()).writes,
        0,
        'nothing was written before the set-up is completed (S-01)',
      );
      s.say(
        `${args.appointments} appointments, ${args.series} series, ${args.private} private; ` +
          `${args.matched} match ${args.leads} leads and ${args.contacts} contacts; 0 mails; ` +
          `${args.existing_future} of ${args.existing_all} CRM appointments are upcoming; ` +
          `progress ${seen.slice(0, 4).join(' ') || 'not needed'}`,
        `${args.appointments} Termine, ${args.series} Serien, ${args.private} private; ` +
          `${args.matched} passen zu ${args.leads} Leads und ${args.contacts} Kontakten; ` +
          `0 E-Mails; ${args.existing_future} von ${args.existing_all} CRM-Terminen sind künftig`,
      );
    },
  },
  {
    rules: ['S-18', 'S-19'],
    title: {
      en: 'Finish account setup; the calendar appears under "Calendar accounts"',
      de: 'Kontoeinrichtung abschließen; der Kalender erscheint unter "Kalenderkonten"',
    },
    async play(s) {
      const { flow } = s.draft;
      const answers = await Promise.allSettled([
        s.crm.answer(flow, 'preview', { existing: 'future' }),
        s.crm.answer(flow, 'preview', { existing: 'future' }),
      ]); // a double click
      assert.ok(
        answers.some(({ status }) => status === 'fulfilled'),
        answers.map(({ reason }) => reason?.message).join('; '),
      );
      const accounts = await s.crm.accounts();
      assert.equal(accounts.length, 1, 'exactly one account');
      [s.account] = accounts;
      assert.equal(s.account.title, 'Vertrieb Nord');
      assert.equal(s.account.identity, GOOGLE_ACCOUNT.email);
      assert.equal(s.account.plugin, PLUGIN);
      assert.deepEqual(await s.crm.flows(), []);
      assert.deepEqual(await s.admin.accounts(), [], 'another user does not see it');
      await until(
        'the import to end',
        async () => {
          const [account] = await s.crm.accounts();
          s.account = account;
          const future = (await s.google.product()).writes;
          return account.health?.state === 'ok' && future >= s.existingFuture;
        },
        { timeout: 20_000, every: 20 },
      );
      const ms = Math.round(performance.now() - s.setUpFrom.clock),
        cpu = s.cpuMs() - s.setUpFrom.cpu;
      assert.ok(cpu <= 3000, `the set-up used ${cpu} ms of processor time, more than 3 s`);
      assert.ok(ms <= 3000 || s.busy, `the set-up took ${ms} ms, more than 3 s`);
      const calendars = await s.crm.calendars();
      assert.ok(
        calendars[0].is_default && calendars[0].account === s.account.id,
        'the default comes first',
      );
      s.primary = calendars[0];
      s.travel = calendars.find((calendar) => calendar.name === 'Messen und Reisen');
      s.holidayCalendar = calendars.find((calendar) => calendar.name === HOLIDAY_NAME);
      assert.ok(
        s.travel &&
          s.holidayCalendar &&
          calendars.filter((calendar) => calendar.account === s.account.id).length === 3,
        'exactly the ticked ones',
      );
      s.say(
        `1 account after a double click: "${s.account.title}", ${s.account.identity}, ` +
          `default ${s.primary.name}, ${s.account.health.state}; ` +
          `${ms} ms from the form to in step (${cpu} ms of processor time)`,
        `1 Konto trotz Doppelklick: "${s.account.title}", ${s.account.identity}, ` +
          `Standard ${s.primary.name}, ${s.account.health.state}; ` +
          `${ms} ms vom Formular bis zum Gleichstand (${cpu} ms Rechenzeit)`,
      );
    },
  },
];
