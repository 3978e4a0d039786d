// Both languages have the same keys, and every key that the pages use exists.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  checkRecord,
  recordInput,
  recordValues,
} from '../../../src/host/web/ui/records/form_model.js';
import { initials } from '../../../src/host/web/ui/records/initials.js';
import { de as deFirst } from '../../../src/host/web/ui/strings/de.js';
import { deLater } from '../../../src/host/web/ui/strings/de_later.js';
import { en as enFirst } from '../../../src/host/web/ui/strings/en.js';
import { enLater } from '../../../src/host/web/ui/strings/en_later.js';
import { de, en } from '../support/texts.mjs';

const UI = new URL('../../../src/host/web/ui/', import.meta.url);
const modules = readdirSync(UI, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.js') && !name.startsWith('strings'));
const read = (name) => readFileSync(new URL(name, UI), 'utf8');
const places = (text) => [...new Set(JSON.stringify(text).match(/\{[a-z_]+\}/g) || [])].sort();

test('German and English have the same keys and the same placeholders', () => {
  assert.deepEqual(Object.keys(de).sort(), Object.keys(en).sort());
  for (const key of Object.keys(de)) assert.deepEqual(places(de[key]), places(en[key]), key);
});

test('a text is in one file, and what is shown first is not in the later one', () => {
  for (const [first, later] of [
    [deFirst, deLater],
    [enFirst, enLater],
  ])
    for (const key of Object.keys(later)) assert.ok(!(key in first), key);
  const shown = new Set(['main.js']); // and what it imports, which is not what it loads later
  for (const name of shown)
    for (const [, path] of read(name).matchAll(/from '(\.[^']+)'/g))
      shown.add(join(dirname(name), path));
  assert.ok(shown.size > 30 && shown.size < modules.length - 20);
  for (const name of [...shown].filter((path) => !path.startsWith('strings')))
    for (const [, key] of read(name).matchAll(/['"`]([a-z_]+(?:\.[a-z0-9_]+)+)['"`]/g))
      assert.ok(!(key in deLater), `${name}: ${key}`);
});

test('every text key used by a module exists', () => {
  assert.ok(modules.length > 30);
  for (const name of modules) {
    for (const [, key] of read(name).matchAll(/\bt\('([a-z0-9_.]+)'/g)) {
      // Texts of a plugin.
      if (/^(calendar\.crm|health\.)/.test(key) && key !== 'health.off') continue;
      assert.ok(key in de, `${name}: ${key}`);
    }
  }
});

test('no HTML is made from data, and no style or script is inline', () => {
  for (const name of modules) {
    const source = read(name);
    assert.doesNotMatch(
      source,
      /innerHTML|dangerouslySetInnerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/,
      name,
    );
    assert.doesNotMatch(source, /\sstyle="/, name);
  }
  assert.doesNotMatch(
    readFileSync(fileURLToPath(new URL('index.html', UI)), 'utf8'),
    /<style|style=|<script(?![^>]*src=)|\son[a-z]+=/,
  );
});

test('only files listed in npm_files.txt are requested', () => {
  const listed = new Set(
    readFileSync(new URL('../npm_files.txt', UI), 'utf8').split('\n').filter(Boolean),
  );
  const sources = [
    ...modules,
    'index.html',
    ...readdirSync(new URL('styles/', UI)).map((name) => `styles/${name}`),
  ];
  for (const name of sources)
    for (const [, file] of read(name).matchAll(/\/npm\/([^'")\s]+)/g))
      assert.ok(listed.has(file.split('?')[0]), `${name}: ${file}`);
});

test('a lead is converted to form values and back', () => {
  const record = { id: '1', name: 'Maria', company: 'X', emails: ['a@x.y'], phone: '', title: '' };
  assert.deepEqual(recordInput(recordValues(record)), {
    name: 'Maria',
    company: 'X',
    title: '',
    phone: '',
    emails: ['a@x.y'],
  });
  assert.deepEqual(
    checkRecord({ ...recordValues(), name: ' ', emails: ['a@x.y', 'A@x.y', 'no'] }),
    {
      'name': 'record.error.name',
      'emails.1': 'record.error.email_twice',
      'emails.2': 'record.error.email',
    },
  );
  assert.equal(initials('<b>Eve</b> Attack'), 'BA');
  assert.equal(initials('  '), '?');
});

test('every module parses', () => {
  for (const name of modules) {
    const { status, stderr } = spawnSync(process.execPath, ['--check', '--input-type=module'], {
      input: read(name),
      encoding: 'utf8',
    });
    assert.equal(status, 0, `${name}: ${stderr}`);
  }
});

test('the icons of the pages are those of the icon file', async () => {
  const { NAMES, sprite, styles } = await import('../../../src/host/web/make_icons.mjs');
  assert.equal(read('icons.svg'), sprite(), 'npm run icons');
  assert.equal(read('styles/icons.css'), styles(), 'npm run icons');
  const used = [
    ...modules
      .map(read)
      .join('')
      .matchAll(/icon(?:=|: )['"]([a-z-]+[0-9]?)['"]/g),
  ];
  assert.ok(used.length > 30);
  for (const [, name] of used) assert.ok(NAMES.includes(name), name);
});
