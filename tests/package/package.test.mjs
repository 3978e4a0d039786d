// The archive of `./dev package emulator`: what is in it, that the same build gives the same bytes,
// and that the unpacked program runs from any folder with the page of the archive. `./dev verify
// package` runs it in a fresh Debian (fresh_debian.mjs).

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { BUILD, REPOSITORY } from '../e2e/support/paths.mjs';
import { Program } from '../e2e/support/program.mjs';
import { scratch } from '../e2e/support/scratch.mjs';
import { read } from './containerfile.mjs';
import { deadLinks } from './installed_links.mjs';

const folder = scratch('emulator-package-');
const run = (program, args) => execFileSync(program, args, { encoding: 'utf8' });
const make = (name) =>
  run(join(REPOSITORY, '.ci/package_emulator'), [BUILD, join(folder, name)]).trim();

let archive, unpacked;

before(() => {
  archive = make('first');
  run('tar', ['-xzf', archive, '-C', folder]);
  unpacked = join(folder, archive.match(/([^/]+)\.tar\.gz$/)[1]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('the archive holds the program, its page, the manual, a world and what to install', () => {
  const page = readdirSync(join(REPOSITORY, 'src/emulator/page'));
  const expected = [
    ...[
      'Containerfile',
      'BEHAVIOUR.md',
      'FAULTS.md',
      'LICENSE',
      'PACKAGES',
      'README.md',
      'world.json',
    ],
    'bin/google_emulator',
    ...page.map((name) => `share/google-emulator/page/${name}`),
  ];
  const listed = run('tar', ['-tzf', archive])
    .trimEnd()
    .split('\n')
    .map((path) => path.slice(path.indexOf('/') + 1));
  assert.deepEqual(listed.filter((path) => path && !path.endsWith('/')).sort(), expected.sort());
  assert.match(archive, /\/google-emulator-\d+\.\d+\.\d+-linux-[a-z0-9]+\.tar\.gz$/);
  const sections = run('readelf', ['-SW', join(unpacked, 'bin/google_emulator')]);
  assert.doesNotMatch(sections, /\.symtab|\.debug/);
});

test('the same build gives the same bytes, owned by root, in the order of names', () => {
  assert.ok(readFileSync(make('second')).equals(readFileSync(archive)));
  const lines = run('tar', ['--numeric-owner', '-tvzf', archive]).trimEnd().split('\n');
  assert.ok(lines.every((line) => / 0\/0 /.test(line)));
  assert.equal(new Set(lines.map((line) => line.match(/\d{4}-\d\d-\d\d \d\d:\d\d/)[0])).size, 1);
  const names = lines.map((line) => line.split(' ').at(-1));
  assert.deepEqual(names, [...names].sort());
});

test('PACKAGES names the packages of the libraries that the program loads itself', () => {
  const names = readFileSync(join(unpacked, 'PACKAGES'), 'utf8').trimEnd().split('\n');
  const program = join(unpacked, 'bin/google_emulator');
  const needed = [...run('readelf', ['-d', program]).matchAll(/\(NEEDED\).*\[(.*)\]/g)];
  assert.ok(needed.length > 5);
  const files = new Map(names.map((name) => [name, run('dpkg-query', ['-L', name]).split('\n')]));
  const has = (name, library) => files.get(name).some((path) => path.endsWith(`/${library}`));
  for (const [, library] of needed)
    assert.ok(
      names.some((name) => has(name, library)),
      library,
    );
  for (const name of names)
    assert.ok(
      needed.some(([, library]) => has(name, library)),
      name,
    );
});

test('the unpacked program runs elsewhere, with its own page and the sample world', async () => {
  appendFileSync(join(unpacked, 'share/google-emulator/page/page.css'), '/* of the archive */');
  const program = new Program('google_emulator', join(unpacked, 'bin/google_emulator'), [
    '--listen',
    '127.0.0.1:0',
    '--load',
    join(unpacked, 'world.json'),
  ]);
  try {
    await program.ready(() => /listens on \S+\n/.test(program.log()));
    const origin = program.log().match(/listens on (\S+)\n/)[1];
    assert.doesNotMatch(program.log(), /open to other machines|world\.json: /);
    const page = await fetch(`${origin}/page/page.css`);
    assert.match(await page.text(), /of the archive/);
    const headers = { Authorization: 'Bearer anna-access' };
    const list = await fetch(`${origin}/calendar/v3/calendars/primary/events`, { headers });
    assert.match(await list.text(), /Weekly meeting/);
  } finally {
    await program.stop();
  }
});

test('the manual of the archive names paths that are in the archive', () => {
  assert.deepEqual(deadLinks(unpacked), []);
  const manual = readFileSync(join(unpacked, 'README.md'), 'utf8');
  const printed = new Set(
    [...manual.matchAll(/^ {4}.*/gm)].flatMap(([line]) => line.match(/\b(?:bin|src)\/\S+/g) ?? []),
  );
  assert.ok(printed.has('bin/google_emulator'));
  for (const path of printed) assert.ok(existsSync(join(unpacked, path)), path);
});

test('the Containerfile is understood and starts the program as a user', () => {
  const text = readFileSync(join(unpacked, 'Containerfile'), 'utf8');
  const image = read(text, unpacked);
  assert.equal(image.user, 'emulator');
  assert.deepEqual(image.entry, ['google_emulator', '--listen', '0.0.0.0:8081']);
  assert.deepEqual(image.ports, [8081]);
  assert.match(image.env.PATH, /^\/opt\/google-emulator\/bin:\/usr/);
  for (const [wrong, why] of [
    ['USER a', /line 1: USER before FROM/],
    ['FROM a\nVOLUME /data', /line 2: VOLUME is not understood/],
    ['FROM a\nCOPY ../x /x', /line 2: COPY: outside the build context/],
    ['FROM a\nCOPY --chown=a x /x', /line 2: COPY: only COPY SOURCE DESTINATION/],
    ['FROM a\nENV A 1', /line 2: ENV: only ENV NAME=VALUE/],
    ['FROM a\nENTRYPOINT run it', /line 2: ENTRYPOINT: /],
    ['FROM a\nRUN x \\', /line 2: the last line is continued by nothing/],
    ['FROM a\nRUN x', /there is no ENTRYPOINT/],
  ])
    assert.throws(() => read(wrong, unpacked), why);
});
