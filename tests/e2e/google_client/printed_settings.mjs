// The manual's line about Node, taken at its word: the two expressions that it prints are evaluated as they stand, with `B` being where the emulator is.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { calendar } from '@googleapis/calendar';
import { OAuth2Client } from 'google-auth-library';

import { kRepository } from '../support/paths.mjs';

const kLine = '| Node `@googleapis/calendar` |';

function expressions() {
  const line = readFileSync(join(kRepository, 'src/emulator/README.md'), 'utf8')
    .split('\n')
    .find((one) => one.startsWith(kLine));
  if (!line) throw new Error(`the manual has no line ${kLine}`);
  const [api, auth] = [...line.slice(kLine.length).matchAll(/`([^`]+)`/g)].map((found) => found[1]);
  if (!api?.startsWith('calendar(') || !auth?.startsWith('new OAuth2Client('))
    throw new Error(`the manual's line about Node has another form: ${line}`);
  return { api, auth };
}

/** calendar({...}) of the manual, for the client object `auth`. */
export const printedApi = (B, auth) =>
  new Function('calendar', 'B', 'auth', `return ${expressions().api}`)(calendar, B, auth);

/** new OAuth2Client({...}) of the manual. */
export const printedAuth = (B, { clientId, clientSecret, redirectUri }) =>
  new Function(
    'OAuth2Client',
    'B',
    'clientId',
    'clientSecret',
    'redirectUri',
    `return ${expressions().auth}`,
  )(OAuth2Client, B, clientId, clientSecret, redirectUri);
