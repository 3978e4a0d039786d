// ./dev demo, after the build: a demo world, the emulated Google and the CRM, until Ctrl-C. With
// --check it plays the story without a browser and exits with 0 or 1.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { Crm } from './support/crm.mjs';
import { EMULATOR, HOST, PLUGINS, REPOSITORY, missing } from './support/paths.mjs';
import { portIsFree, Program } from './support/program.mjs';
import { CLIENT, storeClient } from './support/setup.mjs';
import { Stage, today } from './support/stage.mjs';
import { printStory } from './story/print.mjs';
import {
  ADMINISTRATOR,
  GOOGLE_ACCOUNT,
  OTHER_GOOGLE_ACCOUNT,
  SALESPERSON,
  USERS,
} from './world/people.mjs';
import { makeWorld, writeWorld } from './world/world.mjs';

const USAGE =
  'usage: ./dev demo [--port N] [--google-port N] [--lang de|en] [--data DIR] [--check]';

class Refusal extends Error {}

function options() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        'port': { type: 'string' },
        'google-port': { type: 'string' },
        'lang': { type: 'string' },
        'data': { type: 'string' },
        'check': { type: 'boolean' },
        'help': { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    throw new Refusal(`${error.message}\n${USAGE}`);
  }
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const port = (name, standard) => {
    const text = values[name] ?? standard;
    if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 65535)
      throw new Refusal(`--${name}: ${text} is no port (1 to 65535)`);
    return Number(text);
  };
  const language =
    values.lang ??
    (/^de/.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '')
      ? 'de'
      : 'en');
  if (!['de', 'en'].includes(language))
    throw new Refusal(`--lang: ${language} is neither de nor en`);
  const chosen = {
    port: port('port', '8080'),
    googlePort: port('google-port', '8081'),
    language,
    languageWasNamed: values.lang !== undefined,
    check: values.check ?? false,
    data: resolve(REPOSITORY, values.data ?? '.demo'),
  };
  if (chosen.port === chosen.googlePort) throw new Refusal('--port and --google-port must differ');
  return chosen;
}

/** The users and their passwords, one a line below the first. */
function logins({ users, seller }, admin, main, sales) {
  const role = (user) => (user.role === 'admin' ? admin : user === seller ? main : sales);
  return users
    .map((user) => `${user.email.padEnd(46)} ${user.password.padEnd(16)} ${role(user)}`)
    .join('\n                      ');
}

const TEXTS = {
  de: {
    taken: (port, option) =>
      `Port ${port} ist belegt. Nehmen Sie einen anderen: ./dev demo ${option} ${port + 10}`,
    again: (data) =>
      `Die Daten vom letzten Mal liegen noch in ${data}; zum Neuanfang löschen Sie den Ordner.`,
    died: (program) => `${program.why()}. Die letzten Zeilen:\n${program.tail()}`,
    ended: 'Beendet.',
    text: (o) => `
  CRM                 ${o.crm}
  Google (Emulator)   ${o.google}   Lenas Google-Kalender, zum Danebenlegen

  Anmelden als        ${logins(o, 'Administratorin', 'Vertrieb: die Hauptperson', 'Vertrieb')}

  So geht es (der OAuth-Client ist schon eingetragen):
   1. Melden Sie sich im CRM als ${o.seller.email} an.
   2. Klicken Sie auf das Zahnrad und wählen Sie "Integrationen > Kalender".
   3. Klicken Sie auf "+ Google Kalender hinzufügen".
   4. Wählen Sie das Google-Konto ${o.account} und klicken Sie auf "Erlauben".
   5. Geben Sie einen Namen ein, kreuzen Sie sichtbare Kalender an und wählen Sie als
      Standardkalender ${o.account}.
   6. Klicken Sie auf "Kontoeinrichtung abschließen". Der Kalender erscheint unter
      "Kalenderkonten".
   7. Öffnen Sie "Kalender": alle Termine sind da. Auf Lead- und Kontaktkarten stehen die
      Termine der Personen.
   8. Legen Sie auf der einen Seite einen Termin an, ändern und löschen Sie ihn: er ist
      sofort auf der anderen.
  Das zweite Konto ${o.other} gehört zur Auswahl; ${o.users[2].name} kann es verbinden.

  Daten: ${o.data}      Ende: Strg-C
`,
  },
  en: {
    taken: (port, option) =>
      `Port ${port} is taken. Choose another: ./dev demo ${option} ${port + 10}`,
    again: (data) => `The data of last time is still in ${data}; delete that folder to start over.`,
    died: (program) => `${program.why()}. Its last lines:\n${program.tail()}`,
    ended: 'Ended.',
    text: (o) => `
  CRM                 ${o.crm}
  Google (emulator)   ${o.google}   Lena's Google calendar, to open beside it

  Log in as           ${logins(o, 'administrator', 'sales: the main user', 'sales')}

  What to do (the OAuth client is already entered):
   1. Log in to the CRM as ${o.seller.email}.
   2. Click the settings icon and choose "Integrations > Calendars".
   3. Click "+ Add Google Calendar".
   4. Choose the Google account ${o.account} and click "Allow".
   5. Enter a name, tick the calendars to see and choose ${o.account} as the default calendar.
   6. Click "Finish account setup". The calendar appears under "Calendar accounts".
   7. Open "Calendar": all appointments are there. Lead and contact cards show the
      appointments of their people.
   8. Create an appointment on one side, change it, delete it: it is on the other at once.
  The second account ${o.other} is there to choose from; ${o.users[2].name} can connect it.

  Data: ${o.data}      End: Ctrl-C
`,
  },
};

async function serve(chosen) {
  const text = TEXTS[chosen.language];
  for (const [port, option] of [
    [chosen.port, '--port'],
    [chosen.googlePort, '--google-port'],
  ])
    if (!(await portIsFree(port))) throw new Refusal(text.taken(port, option));

  mkdirSync(chosen.data, { recursive: true });
  const state = join(chosen.data, 'google.state'),
    crmData = join(chosen.data, 'crm'),
    note = join(chosen.data, 'demo.json');
  const before = existsSync(note) ? JSON.parse(readFileSync(note, 'utf8')) : null;
  const fresh = !before?.complete;
  if (!before && readdirSync(chosen.data).length > 0)
    throw new Refusal(
      `${chosen.data} is not empty and was not made by ./dev demo: choose another --data`,
    );
  let loads = [],
    seed = [];
  if (fresh) {
    // An interrupted first start may have left an incomplete folder: start over.
    for (const path of [crmData, state, join(chosen.data, 'world')])
      rmSync(path, { recursive: true, force: true });
    writeFileSync(note, `${JSON.stringify({ complete: false })}\n`);
    const world = makeWorld({ today: today() });
    if (chosen.languageWasNamed)
      world.crm.users = world.crm.users.map((user) =>
        user.email === SALESPERSON.email ? { ...user, locale: chosen.language } : user,
      );
    const files = writeWorld(world, join(chosen.data, 'world'));
    loads = ['--load', files.google, '--load', `${GOOGLE_ACCOUNT.email}=${files.holidays}`];
    seed = ['--seed', files.crm];
  } else {
    if (before.port !== chosen.port || before.googlePort !== chosen.googlePort)
      throw new Refusal(
        `${chosen.data} belongs to the ports ${before.port} and ${before.googlePort}: ` +
          `use --port ${before.port} --google-port ${before.googlePort}, or another --data`,
      );
    console.log(text.again(chosen.data));
  }

  const crmOrigin = `http://127.0.0.1:${chosen.port}`,
    googleOrigin = `http://127.0.0.1:${chosen.googlePort}`;
  const stopped = new Promise((done) =>
    ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach((signal) => process.once(signal, () => done(null))),
  );
  const emulator = new Program('google_emulator', EMULATOR, [
    '--listen',
    `127.0.0.1:${chosen.googlePort}`,
    '--state',
    state,
    ...loads,
  ]);
  let host;
  const end = async () => {
    await Promise.allSettled([host?.stop(), emulator.stop()].filter(Boolean));
  };
  const begin = async () => {
    await emulator.ready(async () => (await fetch(`${googleOrigin}/_emulator/stats`)).ok);
    host = new Program('crm_host', HOST, [
      '--data',
      crmData,
      '--plugins',
      PLUGINS,
      '--listen',
      `127.0.0.1:${chosen.port}`,
      '--google-base',
      googleOrigin,
      '--public-url',
      crmOrigin,
      '--dev-unsigned',
      ...seed,
    ]);
    await host.ready(async () => (await fetch(`${crmOrigin}/api/session`)).status === 401);
    if (fresh) {
      // Google's consent page shows the name.
      await fetch(`${googleOrigin}/_emulator/clients`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ ...CLIENT, name: 'Nordlicht CRM', redirect_uris: [] }),
      });
      const administrator = new Crm(crmOrigin);
      await administrator.login(ADMINISTRATOR);
      await storeClient(administrator);
      writeFileSync(
        note,
        `${JSON.stringify({ complete: true, port: chosen.port, googlePort: chosen.googlePort })}\n`,
      );
    }
    return 'begun';
  };
  try {
    if (!(await Promise.race([begin(), stopped]))) return await end();
    console.log(
      text.text({
        crm: crmOrigin,
        google: `${googleOrigin}/?account=${GOOGLE_ACCOUNT.email}`,
        users: USERS,
        seller: SALESPERSON,
        account: GOOGLE_ACCOUNT.email,
        other: OTHER_GOOGLE_ACCOUNT.email,
        data: chosen.data,
      }),
    );
    const died = Promise.race([emulator.ended.then(() => emulator), host.ended.then(() => host)]);
    const first = await Promise.race([stopped, died]);
    await end();
    if (first) throw new Refusal(text.died(first));
    console.log(`\n${text.ended}`);
  } catch (error) {
    await end();
    throw error;
  }
}

async function check(chosen) {
  const stage = await Stage.open({ world: makeWorld({ today: today() }) });
  let good = false;
  try {
    good = await printStory(stage, chosen.language);
  } finally {
    await stage.close();
  }
  return good;
}

try {
  const chosen = options();
  const lacking = missing();
  if (lacking.length > 0)
    throw new Refusal(`not built: ${lacking.join(', ')}. Run ./dev build release`);
  if (!chosen.check) await serve(chosen);
  else if (!(await check(chosen))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Refusal ? `demo: ${error.message}` : error);
  process.exitCode = 1;
}
