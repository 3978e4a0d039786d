// The checks that every suite makes when it closes its stage can fail: secrets are found however
// they are spelt, and connections that lead elsewhere are seen.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { mayConnect, recording, strayConnections } from './support/outgoing.mjs';
import { scratch } from './support/scratch.mjs';
import { foundSecret, placesOf, secretsOf } from './support/secrets.mjs';

const SECRET = '1//0h-Geheimnis_1+/=?';
const folder = scratch('crm-indiscretion-');

test('a secret is found in each spelling, in a file of any depth and in the log', () => {
  const spellings = [
    SECRET,
    Buffer.from(SECRET).toString('hex'),
    encodeURIComponent(SECRET),
    ...['', 'a', 'ab'].flatMap((before) =>
      ['base64', 'base64url'].map((form) =>
        Buffer.from(`${before}${SECRET} and more`).toString(form),
      ),
    ),
  ];
  const data = join(folder, 'data');
  mkdirSync(join(data, 'plugins/deep'), { recursive: true });
  for (const spelling of spellings) {
    writeFileSync(join(data, 'plugins/deep/journal'), `before ${spelling} after`);
    assert.match(foundSecret([SECRET], placesOf(data, [])), /is in .*journal$/, spelling);
  }
  writeFileSync(join(data, 'plugins/deep/journal'), 'nothing');
  assert.equal(foundSecret([SECRET], placesOf(data, [])), null);
  assert.match(foundSecret([SECRET], placesOf(data, [`x ${SECRET}`])), /is in the log$/);
});

test('the secrets are those that the emulator gave to the product', () => {
  const state = join(folder, 'state');
  writeFileSync(
    state,
    JSON.stringify({
      access_tokens: [
        { token: 'ya29.product', client: 'crm' },
        { token: 'ya29.person', client: 'person' },
      ],
      refresh_tokens: [{ token: '1//0product', client: 'crm' }],
      clients: [{ id: 'crm', secret: 'GOCSPX-client' }],
    }),
  );
  assert.deepEqual(secretsOf(state), ['ya29.product', '1//0product', 'GOCSPX-client']);
});

test('a connection to a server that no suite named is seen', () => {
  const file = join(folder, 'connections');
  const connect = `require('node:net').connect(9, '127.0.0.1').on('error', () => {})`;
  spawnSync(process.execPath, ['-e', connect], { env: { ...process.env, ...recording(file) } });
  assert.deepEqual(strayConnections(file), ['127.0.0.1 9']);
  mayConnect(9);
  assert.deepEqual(strayConnections(file), []);
});
