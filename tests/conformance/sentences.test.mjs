// The conformance suite names a sentence by the words of its file in host_api, so that a vendor
// finds it there: the words are compared with that file.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { REPOSITORY } from '../e2e/support/paths.mjs';

const HOST_API = join(REPOSITORY, 'host_api');
const SUITE = join(HOST_API, 'conformance');

test('every sentence of the suite is in the file that it names', () => {
  const words = (text) => text.replace(/^\s*\/?\*+\/?/gm, ' ').replace(/\s+/g, ' ');
  const constant = /constexpr std::string_view (k\w+) = "([^"]+)"(?:, (k\w+) = "([^"]+)")?;/g;
  let count = 0;
  const check = (file, sentence, where) => {
    ++count;
    const text = words(readFileSync(join(HOST_API, file), 'utf8'));
    assert.ok(text.includes(words(sentence)), `${where}: ${file} does not say "${sentence}"`);
  };
  for (const name of readdirSync(SUITE).filter((one) => one.endsWith('.cpp'))) {
    const source = readFileSync(join(SUITE, name), 'utf8');
    let header = {};
    const text = '"(?:[^"\\\\]|\\\\.)*"';
    const parts = new RegExp(
      'constexpr std::string_view[^;]+;|Sentence(?:\\s+\\w+)?\\(\\s*(?:s\\.)?report_?,\\s*' +
        `(${text}|k\\w+),\\s*((?:${text}\\s*)+|k\\w+)`,
      'g',
    );
    for (const [whole, file, sentence] of source.matchAll(parts)) {
      for (const [, one, text, two, more] of whole.matchAll(constant))
        header = { ...header, [one]: text, ...(two ? { [two]: more } : {}) };
      if (!file || sentence.startsWith('k')) continue;
      const said = [...sentence.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text);
      check(header[file] ?? JSON.parse(file), said.join('').replaceAll('\\"', '"'), name);
    }
  }
  const script = readFileSync(join(SUITE, 'host_conformance'), 'utf8');
  for (const [, file, sentence] of script.matchAll(/sentence\(\s*"([^"]+)",\s*"([^"]+)"/g))
    check(file, sentence, 'host_conformance');
  assert.ok(count > 60, `${count} sentences`);
});
