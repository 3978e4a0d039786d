// Google's own client for Node drives the emulator with nothing but the settings of the manual, and cannot tell it from Google: every method, every page, every
// error; and every answer fits the client's own type definitions.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { calendarTests } from './google_client/calendars.mjs';
import { methodsOf, readDefinitions } from './google_client/definitions.mjs';
import { eventTests } from './google_client/events.mjs';
import { listTests } from './google_client/listing.mjs';
import { Ledger } from './google_client/ledger.mjs';
import { kNeverSeen, kNotServed } from './google_client/never_seen.mjs';
import { oauthTests } from './google_client/oauth.mjs';
import { pushTests } from './google_client/push.mjs';
import { kAnna, refusal, World } from './google_client/world.mjs';

const world = new World();
before(() => world.open());
after(() => world.close());

describe('calendars', () => calendarTests(world));
describe('events', () => eventTests(world));
describe('lists', () => listTests(world));
describe('push', () => pushTests(world));
describe('signing in', () => oauthTests(world)); // moves the emulator's clock

describe('the whole of the client', () => {
  test('what is not served is refused as the list says', async () => {
    const api = await world.as(kAnna);
    for (const [method, { parameters, status }] of Object.entries(kNotServed)) {
      const [resource, name] = method.split('.');
      assert.equal((await refusal(api[resource][name](parameters))).status, status, method);
    }
  });

  test('an answer with too much, too little or the wrong kind of value would be noticed', () => {
    const data = {
      kind: 'calendar#aclRule',
      etag: '"1"',
      id: 'user:a@example.com',
      role: 'reader',
      scope: { type: 'user', value: 'a@example.com' },
    };
    const checked = (change) =>
      new Ledger(readDefinitions()).check('acl.get', {
        status: 200,
        headers: new Headers(),
        data: { ...data, ...change },
      });
    checked({});
    assert.throws(() => checked({ color: 'red' }), /answer\.color is unknown to AclRule/);
    assert.throws(() => checked({ role: undefined }), /not a string/);
    assert.throws(() => checked({ role: 7 }), /not a string/);
    assert.throws(() => checked({ role: 'king' }), /answer\.role \(AclRule\.role\)/);
    assert.throws(() => checked({ scope: { value: 'a@example.com' } }), /lacks scope\.type/);
    assert.throws(() => checked({ etag: null }), /not a string/);
  });

  test('every method that the client has was answered, but for those of the list', async () => {
    const all = methodsOf(await world.plain(kAnna));
    assert.deepEqual(
      all,
      Object.keys(world.ledger.methods).sort(),
      'the client has the methods of its definitions',
    );
    assert.deepEqual(
      all.filter((method) => !world.ledger.answered.has(method)),
      Object.keys(kNotServed).sort(),
    );
  });

  test('every field of the definitions was seen, but for those of the list, each with its reason', (context) => {
    const byResource = new Map();
    for (const field of world.ledger.neverSeen())
      byResource.set(field.split('.')[0], [
        ...(byResource.get(field.split('.')[0]) ?? []),
        field.slice(field.indexOf('.') + 1),
      ]);
    context.diagnostic(
      `${world.ledger.seen.size} of ${world.ledger.fields().length} fields seen; never: ${[...byResource].map(([resource, fields]) => `${resource} (${fields.join(', ')})`).join('; ')}`,
    );
    assert.deepEqual(world.ledger.neverSeen(), Object.keys(kNeverSeen).sort());
  });
});
