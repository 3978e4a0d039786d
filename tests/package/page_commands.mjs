// The commands that src/docs/installation.md prints, by section, for the tests that run them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { REPOSITORY } from '../e2e/support/paths.mjs';

/** The indented lines below a heading, up to the next one of its rank. */
export function commandsOf(heading) {
  const page = readFileSync(join(REPOSITORY, 'src/docs/installation.md'), 'utf8');
  const sections = page.split(/^## /m);
  const section = sections.find((text) => text.startsWith(`${heading}\n`));
  assert.ok(section, `the page has no section ${heading}`);
  const lines = section.split('\n').filter((line) => line.startsWith('    '));
  assert.ok(lines.length > 0, `the section ${heading} prints no commands`);
  return lines.map((line) => line.slice(4));
}
