// The rows of the emulator's FAULTS.md, read from the page itself.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { REPOSITORY } from '../support/paths.mjs';

/** Each row as {section, title, controls: [{path, body}]}; a row without a command has none. */
export function faultRows() {
  const rows = [];
  let section = '';
  for (const line of readFileSync(join(REPOSITORY, 'src/emulator/FAULTS.md'), 'utf8').split('\n')) {
    section = /^## (.*)/.exec(line)?.[1] ?? section;
    const [, title, cell] = /^\| (.+?) \| (.*) \|$/.exec(line) ?? [];
    if (!title || title === 'Fault') continue;
    const controls = [...cell.matchAll(/`curl -s \$B\/_emulator(\S+) -d '(.*?)'`/g)].map(
      ([, path, body]) => ({ path, body: JSON.parse(body) }),
    );
    rows.push({ section, title, controls });
  }
  return rows;
}
