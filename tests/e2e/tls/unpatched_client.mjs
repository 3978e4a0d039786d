// Google's official client as installed: no rootUrl, no endpoints, no address of Google. Signs a
// user in, works, refreshes, revokes, and prints what it saw as JSON. Argument: the user's address.

import { calendar as calendarApi } from '@googleapis/calendar';
import { OAuth2Client } from 'google-auth-library';

import { consent } from '../support/consent.mjs';

const [email] = process.argv.slice(2);
const auth = new OAuth2Client({
  clientId: 'unpatched.apps.googleusercontent.com',
  clientSecret: 'GOCSPX-x',
  redirectUri: 'https://crm.example.com/back',
});
const address = auth.generateAuthUrl({
  access_type: 'offline',
  prompt: 'select_account consent',
  scope: ['openid', 'email', 'https://www.googleapis.com/auth/calendar'],
  login_hint: email,
});
const { back } = await consent(address, email, { language: 'en' });
const { tokens } = await auth.getToken(new URL(back).searchParams.get('code'));
auth.setCredentials(tokens);
const ticket = await auth.verifyIdToken({
  idToken: tokens.id_token,
  audience: 'unpatched.apps.googleusercontent.com',
});

const calendar = calendarApi({ version: 'v3', auth });
const made = await calendar.events.insert({
  calendarId: 'primary',
  requestBody: { summary: 'Over TLS', start: { date: '2026-12-01' }, end: { date: '2026-12-02' } },
});
const list = await calendar.events.list({ calendarId: 'primary' });

auth.setCredentials({ refresh_token: tokens.refresh_token });
const renewed = await auth.getAccessToken();
const information = await auth.getTokenInfo(renewed.token);
const after = await calendar.events.get({ calendarId: 'primary', eventId: made.data.id });
await auth.revokeToken(tokens.refresh_token);
const refused = await calendar.events.list({ calendarId: 'primary' }).then(
  () => 'served',
  (error) => error.status ?? error.code,
);

console.log(
  JSON.stringify({
    origin: new URL(address).origin,
    asked: made.config.url.toString(),
    identity: ticket.getPayload().email,
    summaries: list.data.items.map((event) => event.summary),
    after: after.data.summary,
    renewed: renewed.token !== tokens.access_token,
    informed: information.email,
    refused,
  }),
);
