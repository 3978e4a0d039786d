// What the emulator makes of iCalendar files: one process loads each into an account of its own.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startEmulator } from '../support/emulator.mjs';
import { Google } from '../support/google.mjs';

const email = (at) => `file${at}@example.com`;
const valueOf = (time) => time.date ?? Date.parse(time.dateTime) / 1000;

/**
 * For each input {instances: [{start, end, title}], problems: [text]}; all events of the time
 * between the two instants.
 */
export async function byEmulator(inputs, directory, from, until) {
  const args = [];
  for (const [at, { text }] of inputs.entries()) {
    const path = join(directory, `${at}.ics`);
    await writeFile(path, text);
    args.push('--load', `${email(at)}=${path}`);
  }
  const { program, origin } = await startEmulator(args);
  try {
    const google = new Google(origin);
    const problems = inputs.map(() => []);
    for (const [, at, problem] of program.log().matchAll(/\/(\d+)\.ics: (.*)/g))
      if (!/^\d+ events$/.test(problem)) problems[at].push(problem);
    const answers = [];
    for (const at of inputs.keys()) {
      const person = await google.person(email(at));
      const loaded = (await person.calendars()).find((calendar) => !calendar.primary);
      const events = loaded
        ? await person.list(loaded.id, {
            singleEvents: true,
            timeMin: new Date(from - 86_400_000).toISOString(),
            timeMax: new Date(until + 86_400_000).toISOString(),
          })
        : [];
      answers.push({
        problems: problems[at],
        instances: events.map(({ start, end, summary }) => ({
          start: valueOf(start),
          end: valueOf(end),
          title: summary ?? '',
        })),
      });
    }
    return answers;
  } finally {
    await program.stop();
  }
}
