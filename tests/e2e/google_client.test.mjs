// Google's own client for Node drives the emulator with only the settings of the manual and cannot
// distinguish it from Google: every method, every page, every error; and every answer fits the
// client's own type definitions.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { calendarTests } from './google_client/calendars.mjs';
import { methodsOf, readDefinitions } from './google_client/definitions.mjs';
import { readDocument } from './google_client/document.mjs';
import { eventKindTests } from './google_client/event_kinds.mjs';
import { eventTests } from './google_client/events.mjs';
import { listTests } from './google_client/listing.mjs';
import { Ledger } from './google_client/ledger.mjs';
import { NEVER_SEEN } from './google_client/never_seen.mjs';
import { oauthTests } from './google_client/oauth.mjs';
import { pushTests } from './google_client/push.mjs';
import { ANNA, World } from './google_client/world.mjs';

const world = new World();
before(() => world.open());
after(() => world.close());

describe('calendars', () => calendarTests(world));
describe('events', () => {
  eventTests(world);
  eventKindTests(world);
});
describe('lists', () => listTests(world));
describe('push', () => pushTests(world));
describe('signing in', () => oauthTests(world)); // moves the emulator's clock

describe('the whole client', () => {
  test('the check notices extra and missing fields and values of the wrong kind', () => {
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

  test('every method of the client was answered', async () => {
    const all = methodsOf(await world.plain(ANNA));
    assert.deepEqual(
      all,
      Object.keys(world.ledger.methods).sort(),
      'the client has the methods of its definitions',
    );
    assert.deepEqual(
      all.filter((method) => !world.ledger.answered.has(method)),
      [],
    );
  });

  // The two tests around this one compare the same definitions with the answers.
  test("the discovery document declares what the client's definitions declare", async () => {
    const declared = readDefinitions(),
      documented = await readDocument(world.origin);
    assert.deepEqual(
      Object.keys(documented.methods).sort(),
      Object.keys(declared.methods).sort(),
      'methods',
    );
    for (const [name, { answer, parameters }] of Object.entries(declared.methods)) {
      assert.equal(documented.methods[name].answer, answer, `answer of ${name}`);
      assert.deepEqual(documented.methods[name].parameters, parameters, `parameters of ${name}`);
    }
    assert.deepEqual(documented.schemas, declared.schemas);
    assert.deepEqual(documented.common, declared.common, 'parameters of every method');
  });

  test('every field of the definitions was seen, except those of the list', (context) => {
    const byResource = new Map();
    for (const field of world.ledger.neverSeen())
      byResource.set(field.split('.')[0], [
        ...(byResource.get(field.split('.')[0]) ?? []),
        field.slice(field.indexOf('.') + 1),
      ]);
    const never = [...byResource].map(([resource, fields]) => `${resource} (${fields.join(', ')})`);
    context.diagnostic(
      `${world.ledger.seen.size} of ${world.ledger.fields().length} fields seen; ` +
        `never: ${never.join('; ')}`,
    );
    assert.deepEqual(world.ledger.neverSeen(), Object.keys(NEVER_SEEN).sort());
  });
});
