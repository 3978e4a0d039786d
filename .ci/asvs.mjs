// What check_text.mjs checks of src/docs/asvs.md: each row of levels 1 and 2 of the security
// standard is there once, says what holds it or what is open, and what it names exists; each script
// of tests/asvs is named.

// OWASP ASVS 5.0.0: per section the rows of level 1, then those of level 2.
const ROWS = {
  1.1: ['', '1-2'],
  1.2: ['1-5', '6-9'],
  1.3: ['1-2', '3-11'],
  1.4: ['', '1-3'],
  1.5: ['1', '2'],
  2.1: ['1', '2-3'],
  2.2: ['1-2', '3'],
  2.3: ['1', '2-4'],
  2.4: ['', '1'],
  3.2: ['1-2', ''],
  3.3: ['1', '2-4'],
  3.4: ['1-2', '3-6'],
  3.5: ['1-3', '4-5'],
  3.7: ['', '1-2'],
  4.1: ['1', '2-3'],
  4.2: ['', '1'],
  4.3: ['', '1-2'],
  4.4: ['1', '2-4'],
  5.1: ['', '1'],
  5.2: ['1-2', '3'],
  5.3: ['1-2', ''],
  5.4: ['', '1-3'],
  6.1: ['1', '2-3'],
  6.2: ['1-8', '9-12'],
  6.3: ['1-2', '3-4'],
  6.4: ['1-2', '3-4'],
  6.5: ['', '1-5'],
  6.6: ['', '1-3'],
  6.8: ['', '1-4'],
  7.1: ['', '1-3'],
  7.2: ['1-4', ''],
  7.3: ['', '1-2'],
  7.4: ['1-2', '3-5'],
  7.5: ['', '1-2'],
  7.6: ['', '1-2'],
  8.1: ['1', '2'],
  8.2: ['1-2', '3'],
  8.3: ['1', ''],
  8.4: ['', '1'],
  9.1: ['1-3', ''],
  9.2: ['1', '2-4'],
  10.1: ['', '1-2'],
  10.2: ['', '1-2'],
  10.3: ['', '1-4'],
  10.4: ['1-5', '6-11'],
  10.5: ['', '1-5'],
  10.6: ['', '1-2'],
  10.7: ['', '1-3'],
  11.1: ['', '1-2'],
  11.2: ['', '1-3'],
  11.3: ['1-2', '3'],
  11.4: ['1', '2-4'],
  11.5: ['', '1'],
  11.6: ['', '1'],
  12.1: ['1', '2-3'],
  12.2: ['1-2', ''],
  12.3: ['', '1-4'],
  13.1: ['', '1'],
  13.2: ['', '1-5'],
  13.3: ['', '1-2'],
  13.4: ['1', '2-5'],
  14.1: ['', '1-2'],
  14.2: ['1', '2-4'],
  14.3: ['1', '2-3'],
  15.1: ['1', '2-3'],
  15.2: ['1', '2-3'],
  15.3: ['1', '2-7'],
  16.1: ['', '1'],
  16.2: ['', '1-5'],
  16.3: ['', '1-4'],
  16.4: ['', '1-3'],
  16.5: ['', '1-3'],
  17.1: ['', '1'],
  17.2: ['', '1-4'],
  17.3: ['', '1-2'],
};

/** '2-4' as [2, 3, 4]. */
function numbers(range) {
  if (!range) return [];
  const [first, last = first] = range.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** Each row of the standard with its level: 70 of level 1, 183 of level 2. */
export const LEVELS = new Map(
  Object.entries(ROWS).flatMap(([section, levels]) =>
    levels.flatMap((range, at) => numbers(range).map((row) => [`${section}.${row}`, at + 1])),
  ),
);

/** '1.2.6 to 1.2.8' and '1.3.8, 1.3.9' as lists of rows. */
function rowsOf(cell) {
  const range = /^(\d+\.\d+)\.(\d+) to \1\.(\d+)$/.exec(cell);
  if (range) return numbers(`${range[2]}-${range[3]}`).map((row) => `${range[1]}.${row}`);
  return cell.split(', ');
}

const LINE = /^\| (\d+\.\d+\.\d+(?:(?: to |, )\d+\.\d+\.\d+)*) \| (\d) \| .* \| (.+) \|$/;
const SAYS = /`|^does not apply: \S|(?:^|; )open: \S|^document: \S/;

/**
 * Offences as [line, message]. `known`: {test(name): is it a test in C++ or of tests/e2e?,
 * path(name): is it a file?, scripts: the files of tests/asvs}.
 */
export function asvsOffences(text, known) {
  const found = [];
  const seen = new Set();
  for (const [index, line] of text.split('\n').entries()) {
    const [, cell, level, state] = LINE.exec(line) ?? [];
    if (!cell) continue;
    const say = (what) => found.push([index + 1, `${cell} ${what}`]);
    for (const row of rowsOf(cell)) {
      if (LEVELS.get(row) !== Number(level)) say(`is no row of level ${level}`);
      if (seen.has(row)) say('is here twice');
      seen.add(row);
    }
    if (!SAYS.test(state)) say('says neither what holds it nor what is open');
    for (const [, name] of state.matchAll(/`([^`]+)`/g)) {
      const isPlain = /^[\w-]+$/.test(name); // a word such as `sub`
      if (!isPlain && !known.test(name) && !known.path(name))
        say(`names ${name}, which is nowhere`);
    }
  }
  for (const row of LEVELS.keys()) if (!seen.has(row)) found.push([1, `${row} is missing`]);
  for (const script of known.scripts)
    if (!text.includes(script)) found.push([1, `${script} is named by no row`]);
  return found;
}
