// What check_text.mjs checks of the column "Proved by" in src/docs/requirements.md and
// src/docs/invitations.md: each requirement and each rule has a row, each row names a test or says
// what is open, and each test exists.

const ROW = /^\| ((?:S|D|PD|P|I)-\d\d) \|.*\| (.*?) \|$/;
const RANGE = /(?:^\| |: )((?:S|D|PD|P|I))-(\d\d) to \1-(\d\d)(?: \||\.)/;
const CPP = /^[A-Z]\w*\.[A-Z]\w*$/;
const SCRIPT = /^([\w./]+\.mjs): (.+)$/;

// A title of a test in JavaScript; in the story it is the English one of a chapter.
const quoted = (mark) => `${mark}((?:\\\\.|[^${mark}\\\\])*)${mark}`;
const TITLE = new RegExp(
  String.raw`(?:\b(?:test|step|play)\(|\ben:)\s*(?:${[`'`, `"`, '`'].map(quoted).join('|')})`,
  'g',
);

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The titles in a file, each as a pattern: what a template inserts may be anything. */
export function titlesOf(text) {
  return [...text.matchAll(TITLE)].map((match) => {
    const title = match[1] ?? match[2] ?? match[3];
    const parts = title.replace(/\\(['"`])/g, '$1').split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/);
    // A title of inserted parts alone would fit every name.
    if (parts.join('').trim().length < 10 && parts.length > 1) return /(?!)/;
    return new RegExp(`^${parts.map(escaped).join('.+')}$`);
  });
}

/**
 * Offences as [line, message]. `tests`: {has(name): is it a test in C++?, titles(file): the
 * patterns of a file of tests/e2e, or undefined}.
 */
export function proofOffences(text, tests) {
  const found = [];
  const rows = new Map();
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const [, id, cell] = ROW.exec(line) ?? [];
    if (!id) continue;
    if (rows.has(id)) found.push([index + 1, `${id} has a second row`]);
    rows.set(id, index + 1);
    const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    if (names.length === 0 && !/^nothing to test$|^open: \S/.test(cell))
      found.push([index + 1, `${id} names neither a test nor what is open`]);
    for (const name of names) {
      const [, file, title] = SCRIPT.exec(name) ?? [];
      const exists = file
        ? tests.titles(file)?.some((pattern) => pattern.test(title))
        : CPP.test(name) && tests.has(name);
      if (!exists) found.push([index + 1, `${id} is proved by ${name}, which is no test`]);
    }
  }
  for (const [index, line] of lines.entries()) {
    const [, kind, first, last] = RANGE.exec(line) ?? [];
    for (let number = Number(first); number <= Number(last); ++number) {
      const id = `${kind}-${String(number).padStart(2, '0')}`;
      if (!rows.has(id)) found.push([index + 1, `${id} has no row with its proof`]);
    }
  }
  return found;
}
