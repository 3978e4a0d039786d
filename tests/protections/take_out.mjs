// Takes each protection of protections.mjs out of a clone of this commit, builds what it is part of
// and sees the tests of its row fail. Ends with 1 when one does not fail, when an edit does not fit
// the sources, or when a test fails with all protections in.
//   take_out.mjs [ROW...]    those of these rows; of all without one

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { PROTECTIONS } from './protections.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const clone = join(root, 'build/protections');
const rows = process.argv.slice(2);
const wanted = PROTECTIONS.filter(({ row }) => !rows.length || rows.includes(row));
if (!wanted.length) throw new Error(`no protection is of the rows ${rows.join(', ')}`);

/** What a program printed, and whether it ended well. */
function run(folder, program, ...args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, CCACHE_BASEDIR: clone, CCACHE_NOHASHDIR: '1' },
  });
  if (error) throw error;
  return { well: status === 0, text: stdout + stderr };
}

function must(folder, program, ...args) {
  const { well, text } = run(folder, program, ...args);
  if (!well) throw new Error(`${program} ${args.join(' ')}:\n${text.slice(-4000)}`);
  return text;
}

function build(targets) {
  must(clone, 'cmake', '--build', '--preset', 'release', '--target', ...targets);
}

/** The names of the tests that fail; throws when none was run. */
function failing(tests) {
  const args = ['--test-dir', 'build/release', '--no-tests=error', '--timeout', '120', '-R', tests];
  const { well, text } = run(clone, 'ctest', ...args);
  const names = [...text.matchAll(/^\s*\d+ - (\S+) \((?:Failed|Timeout)\)/gm)].map(
    ([, name]) => name,
  );
  if (well === names.length > 0) throw new Error(`ctest -R '${tests}':\n${text.slice(-4000)}`);
  return names;
}

function edited(text, { file, edits }) {
  for (const [before, after] of edits) {
    const times = text.split(before).length - 1;
    if (times !== 1) throw new Error(`${file}: ${times} times instead of once: ${before}`);
    text = text.replace(before, () => after);
  }
  return text;
}

if (!existsSync(clone)) must(root, 'git', 'clone', '--quiet', '--shared', root, clone);
const commit = must(root, 'git', 'rev-parse', 'HEAD').trim();
must(clone, 'git', 'fetch', '--quiet', 'origin', commit);
must(clone, 'git', 'checkout', '--quiet', '--force', '--detach', commit);
for (const folder of ['src/host/web/node_modules', 'tests/e2e/node_modules'])
  if (!existsSync(join(clone, folder))) symlinkSync(join(root, folder), join(clone, folder));
must(clone, 'cmake', '--preset', 'release');
build([...new Set(wanted.flatMap(({ targets }) => targets))]);
const broken = failing(wanted.map(({ tests }) => tests).join('|'));
if (broken.length) throw new Error(`with all protections these fail: ${broken.join(' ')}`);

let unseen = 0;
for (const protection of wanted) {
  const { row, what, targets, tests } = protection;
  const path = join(clone, protection.file);
  const whole = readFileSync(path, 'utf8');
  let names;
  try {
    writeFileSync(path, edited(whole, protection));
    build(targets);
    names = failing(tests);
  } finally {
    writeFileSync(path, whole);
  }
  if (!names.length) ++unseen;
  const outcome = names.length ? 'fails   ' : 'NOT SEEN';
  console.log(`${outcome} ${row.padEnd(3)} ${what}: ${names.join(' ') || tests}`);
}
console.log(
  `${wanted.length - unseen} of ${wanted.length} protections are missed when they are taken out`,
);
process.exit(unseen ? 1 : 0);
