// ./dev bench peers [COUNT...]: the product's import and that of a Node client on the same world in
// the same run. BENCH_ROUNDS: rounds of each size (default 1), in which both take turns; figures
// are medians. Fails when the product costs more than its limit times the client.

import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { scratch } from '../../e2e/support/scratch.mjs';
import { GOOGLE_ACCOUNT } from '../../e2e/world/people.mjs';
import { change, startGoogle } from './google.mjs';
import { medians, peakMiB, writtenBytes } from './measure.mjs';
import { product } from './product.mjs';
import { writeWorld } from './world.mjs';

const counts = process.argv.slice(2).map(Number);
const sizes = counts.length > 0 ? counts : [10_000, 50_000];
const rounds = Number(process.env.BENCH_ROUNDS ?? 1);
process.env.E2E_TMP ??= '/tmp';

const AT_MOST = 6; // times the client's processor time, for an import
const LOOKS = 30;
const CLIENT = fileURLToPath(new URL('node_client.mjs', import.meta.url));

async function nodeClient(google, folder, count) {
  const { access_token: token } = await google.control('POST', '/tokens', {
    email: GOOGLE_ACCOUNT.email,
    scopes: ['calendar'],
    client_id: 'peer',
  });
  const child = fork(CLIENT, [google.origin, token, join(folder, 'peer.sqlite')]);
  const ended = new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the client ended with code ${code}`)));
  });
  const answer = () =>
    Promise.race([
      ended,
      new Promise((resolve, reject) => {
        child.once('message', (message) =>
          message.error ? reject(new Error(message.error)) : resolve(message),
        );
      }),
    ]);
  const pass = () => {
    const answered = answer();
    child.send('pass');
    return answered;
  };
  try {
    await answer();
    const before = writtenBytes(child.pid);
    const all = await pass();
    const written = writtenBytes(child.pid) - before;
    let idle = 0;
    for (let i = 0; i < LOOKS; ++i) idle += (await pass()).cpu;
    await change(google, 100);
    const hundred = await pass();
    // An exception is reported with its series.
    if (hundred.items < 100) throw new Error(`${hundred.items} of 100 changes`);
    return {
      'import, CPU us per appointment': (all.cpu * 1000) / count,
      'import, wall s': all.wall / 1000,
      'peak memory, MiB': peakMiB(child.pid),
      'written, KB per appointment': written / 1000 / count,
      'look that finds nothing, CPU ms': idle / LOOKS,
      '100 changes, CPU ms': hundred.cpu,
    };
  } finally {
    ended.catch(() => {}); // it is ended here
    child.kill();
  }
}

async function compare(count) {
  const folder = scratch('bench-peers-');
  try {
    const files = writeWorld(count, folder);
    const ours = [];
    const theirs = [];
    for (let round = 0; round < rounds; ++round) {
      const { google, program } = await startGoogle(files.google);
      const place = join(folder, `round${round}`);
      try {
        ours.push(await product(google, files, place, count));
        theirs.push(await nodeClient(google, place, count));
      } finally {
        await program.stop();
        rmSync(place, { recursive: true, force: true });
      }
    }
    return { ours: medians(ours), theirs: medians(theirs) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const show = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

let missed = 0;
for (const count of sizes) {
  const { ours, theirs } = await compare(count);
  console.log(`${count} appointments`.padEnd(34) + '   product      Node   product/Node');
  for (const name of Object.keys(theirs)) {
    const times = ours[name] / theirs[name];
    const limited = name === 'import, CPU us per appointment';
    const over = limited && times > AT_MOST;
    missed += over ? 1 : 0;
    const note = limited ? `  at most ${AT_MOST}${over ? '  MISSED' : ''}` : '';
    console.log(
      name.padEnd(34) +
        [ours[name], theirs[name], times].map((one) => show(one).padStart(10)).join('') +
        note,
    );
  }
}
process.exitCode = missed > 0 ? 1 : 0;
