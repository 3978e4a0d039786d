// Secrets of the emulator's Google, and the search for them where no secret may be: the host's data
// and its log.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The forms in which a text may be found. */
export function* forms(text) {
  yield text;
  const bytes = Buffer.from(text);
  yield bytes.toString('hex');
  yield encodeURIComponent(text);
  // Inside a longer text that was encoded as a whole the bytes begin at one of three places.
  for (const before of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64url');
    const inner = whole.slice(
      Math.ceil((before * 8) / 6),
      Math.floor(((before + bytes.length) * 8) / 6),
    );
    yield inner;
    yield inner.replaceAll('-', '+').replaceAll('_', '/');
  }
}

/** Every file below the folder. */
export function* files(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.isFile()) yield path;
  }
}

/** What the emulator gave to the product, from the state that it saved at its end. */
export function secretsOf(state) {
  if (!existsSync(state)) return [];
  const {
    access_tokens = [],
    refresh_tokens = [],
    clients = [],
  } = JSON.parse(readFileSync(state, 'utf8'));
  return [
    ...[...access_tokens, ...refresh_tokens]
      .filter(({ client }) => client !== 'person')
      .map(({ token }) => token),
    ...clients.map(({ secret }) => secret),
  ].filter((secret) => secret?.length >= 8);
}

/** The first secret that is in one of the places, Map of name to bytes: "SECRET is in PLACE". */
export function foundSecret(secrets, places) {
  for (const secret of secrets)
    for (const form of forms(secret))
      for (const [place, bytes] of places)
        if (bytes.includes(form)) return `${secret}, spelt ${form}, is in ${place}`;
  return null;
}

/** The host's files and log, for foundSecret; without its copy of the plugin's package. */
export function placesOf(data, logs) {
  const places = new Map([['the log', Buffer.from(logs.join('\n'))]]);
  for (const path of files(data))
    if (!path.startsWith(join(data, 'run'))) places.set(path, readFileSync(path));
  return places;
}
