// coalesced(): fetches immediately, combines the calls made meanwhile, and recovers from errors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coalesced } from '../../../src/host/web/ui/coalesce.js';

test('simultaneous calls cause two fetches: one immediately, one for the rest', async () => {
  let fetches = 0;
  let finish;
  const run = coalesced(() => {
    fetches += 1;
    return new Promise((resolve) => {
      finish = resolve;
    });
  }, 0);
  const first = run();
  for (let i = 0; i < 50; i += 1) run();
  assert.equal(fetches, 1);
  finish();
  while (fetches < 2) await new Promise(setImmediate);
  finish();
  await first;
  assert.equal(fetches, 2);
});

test('after a failed fetch the next call fetches again', async () => {
  let fetches = 0;
  const run = coalesced(async () => {
    fetches += 1;
    if (fetches === 1) throw new Error('away');
  }, 0);
  await assert.rejects(run(), /away/);
  await run();
  assert.equal(fetches, 2);
});
