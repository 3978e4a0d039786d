// The emulator with a world, and changes at Google that are not counted as the product's requests.

import { EMULATOR } from '../../e2e/support/paths.mjs';
import { Google } from '../../e2e/support/google.mjs';
import { freePorts, Program } from '../../e2e/support/program.mjs';
import { until } from '../../e2e/support/until.mjs';
import { GOOGLE_ACCOUNT } from '../../e2e/world/people.mjs';

export const EVENTS_LIST = 'GET /calendar/v3/calendars/{calendarId}/events';

/** {google, program}: the emulator with what the file holds. */
export async function startGoogle(file) {
  const [port] = await freePorts(1);
  const google = new Google(`http://127.0.0.1:${port}`);
  const program = new Program('google_emulator', EMULATOR, [
    ...['--listen', `127.0.0.1:${port}`, '--load', file],
  ]);
  const ready = async () => (await fetch(`${google.origin}/_emulator/stats`)).ok;
  await program.ready(ready, 300_000);
  return { google, program };
}

let marks = 0;

/** Gives `count` events another title, each tenth of them a series. */
export async function change(google, count) {
  const person = await google.person(GOOGLE_ACCOUNT.email, { apart: true });
  const { data } = await person.api.events.list({ calendarId: 'primary', maxResults: 2500 });
  const series = data.items.filter((event) => event.recurrence).slice(0, count / 10);
  const single = data.items.filter((event) => !event.recurrence && !event.recurringEventId);
  const chosen = [...series, ...single.slice(0, count - series.length)];
  const summary = `changed ${++marks}`;
  for (const event of chosen)
    await person.api.events.patch({
      calendarId: 'primary',
      eventId: event.id,
      requestBody: { summary },
    });
  const last = chosen.at(-1).start.dateTime.slice(0, 10);
  return {
    summary,
    seenBy: (crm) =>
      until('the change in the CRM', async () =>
        (await crm.occurrences(`${last}T00:00:00Z`, `${last}T23:59:59Z`)).some(
          (one) => one.summary === summary,
        ),
      ),
  };
}
