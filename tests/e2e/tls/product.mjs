// Host, plugin and emulator with TLS between the last two. Run with NODE_EXTRA_CA_CERTS, because
// the users at Google connect by TLS as well. Arguments: CERTIFICATE KEY AUTHORITY. Prints as JSON
// what each side saw of the other.

import { shortWorld } from '../crash/short_story.mjs';
import { Stage, today } from '../support/stage.mjs';
import { until } from '../support/until.mjs';
import { plus } from '../world/days.mjs';
import { GOOGLE_ACCOUNT } from '../world/people.mjs';

const [certificate, key, authority] = process.argv.slice(2);
const at = { start: { date: plus(today(), 3) }, end: { date: plus(today(), 4) } };
const range = [`${today()}T00:00:00Z`, `${plus(today(), 9)}T00:00:00Z`];
const stage = await Stage.open({
  world: shortWorld(today()),
  tls: { certificate, key, authority },
});
try {
  const { crm } = await stage.connected();
  const person = await stage.google.person(GOOGLE_ACCOUNT.email);
  await person.insert({ summary: 'Made at Google', ...at });
  await crm.create({ summary: 'Made in the CRM', ...at });
  const named = (list, summary) =>
    list.filter((event) => event.summary === summary).map((event) => event.summary);
  const fromGoogle = await until(
    'the event in the CRM',
    async () => {
      const found = named(await crm.occurrences(...range), 'Made at Google');
      return found.length > 0 && found;
    },
    { timeout: 30_000 },
  );
  const atGoogle = await until(
    'the appointment at Google',
    async () => {
      const found = named(await person.list(), 'Made in the CRM');
      return found.length > 0 && found;
    },
    { timeout: 30_000 },
  );
  console.log(
    JSON.stringify({ base: new URL(stage.google.origin).protocol, fromGoogle, atGoogle }),
  );
} finally {
  await stage.close();
}
