// 13.3.1: secrets are not in arguments, in the environment, in the log or in the database.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { scratch } from '../e2e/support/scratch.mjs';
import { files, foundSecret } from '../e2e/support/secrets.mjs';
import { openConsent } from './consent.mjs';
import { ADMIN, PASSWORD, TestHost } from './host.mjs';

const CANARY = 'canary-7f3a91c2-of-the-client';

test('a secret that was entered or given by a file is nowhere in the clear', async () => {
  const file = join(scratch('crm-asvs-'), 'client_secret');
  writeFileSync(file, CANARY, { mode: 0o600 });
  const host = await TestHost.open({ args: ['--plugin-option-file', `unused_secret=${file}`] });
  const admin = await host.loggedIn(ADMIN);
  await openConsent(admin, CANARY);
  const process = `/proc/${host.program.child.pid}`;
  const places = new Map(
    ['cmdline', 'environ'].map((name) => [name, readFileSync(join(process, name))]),
  );
  places.set('log', Buffer.from(host.program.log()));
  for (const path of files(host.data)) places.set(path, readFileSync(path));
  assert.equal(foundSecret([CANARY, PASSWORD], places), null);
  assert.ok(places.size > 5, 'the data folder was read');
  await host.stop();
});
