// Fetching again: at once for the first reason, once for all that come meanwhile, and never stuck after an error.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coalesced } from '../../../src/host/web/ui/coalesce.js';

test('many reasons at once are two fetches: one now, one for the rest', async () => {
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

test('after an error the next reason fetches again', async () => {
  let fetches = 0;
  const run = coalesced(async () => {
    fetches += 1;
    if (fetches === 1) throw new Error('away');
  }, 0);
  await assert.rejects(run(), /away/);
  await run();
  assert.equal(fetches, 2);
});
