// The manual's line about Node, tested literally: the two expressions that it prints are evaluated
// unchanged, with `B` being the emulator's address.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { calendar } from '@googleapis/calendar';
import { OAuth2Client } from 'google-auth-library';

import { REPOSITORY } from '../support/paths.mjs';

const LINE = '| Node `@googleapis/calendar` |';

function expressions() {
  const line = readFileSync(join(REPOSITORY, 'src/emulator/README.md'), 'utf8')
    .split('\n')
    .find((one) => one.startsWith(LINE));
  if (!line) throw new Error(`the manual has no line ${LINE}`);
  const [api, auth] = [...line.slice(LINE.length).matchAll(/`([^`]+)`/g)].map((found) => found[1]);
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
