// What ./dev lint and ./dev test check of the text of this repository, without building anything:
//   width       no line over 100 columns, except Markdown tables and code, and texts for users
//   words       plain English in comments, test names and documents
//   references  every rule, decision, path and link that is cited exists
//   test names  at most 80 letters
//   formatters  switched off in at most 5 places
//   files       at most 500 lines of code, no work left open, headers open with a comment
//   proofs      each requirement and each rule of invitations names the tests that prove it, and
//               they exist (proofs.mjs)
//   standard    each row of the security standard says what holds it, and that exists (asvs.mjs)
// Prints one line per offence, "path:line: what is wrong", and ends with 1 if there is one.
// `check_text.mjs --self-test` checks the checker on samples.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { LEVELS, asvsOffences } from './asvs.mjs';
import { proofOffences, titlesOf } from './proofs.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const WIDTH = 100;
const MAX_TEST_NAME = 80;
const MAX_FORMATTER_OFF = 5;

const REQUIREMENTS = 'src/docs/requirements.md';
const INVITATIONS = 'src/docs/invitations.md';
const STANDARD = 'src/docs/asvs.md';
const DECISIONS = 'src/docs/decisions/README.md';

const MAX_LINES = 500;
// Files over MAX_LINES, each with its reason. The list may only shrink.
const LONG_FILES = {
  'src/common/net/http_server.cpp': 'one connection is one state machine',
};
// A folder of one developer's machine has no place here, and neither has a page that is not here.
const FOREIGN = /(^|[^A-Za-z0-9_.])\/work\/|\.\.\/shared|rules\.md/;
const LEFT_OPEN = /\b(TODO|FIXME|XXX|HACK)\b|(^|[^a-z])for now([^a-z]|$)/;

const WORDS = /\b(nobody|somebody|whoever|told|stands|anew|heard|bury|tend|weather)\b/i;
// A line that holds one of the words and keeps it: path, part of the line, reason. At most 10.
const WORD_EXCEPTIONS = [
  ['.ci/check_text.mjs', 'nobody|somebody', 'the list of the words itself'],
  ['.ci/check_text.mjs', "sample('words", 'the samples of the self-test'],
];

const BINARY = new RegExp(
  String.raw`(^LICENSE$|-lock\.json$|\.(png|webp|svg|ico|ics|woff2|gz)$|npm_files\.txt$|` +
    String.raw`^tests/fuzz/seeds/)`,
);
// Texts for users: one sentence a line, as a translator reads them.
const USER_TEXTS = /(^|\/)strings\/|\.json$|^tests\/abi\/contract\.abi$/;

function files() {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT });
  return listed
    .toString()
    .split('\n')
    .filter((path) => path && !BINARY.test(path) && existsSync(join(ROOT, path)));
}

/** Comments of a source text, each as {line, text}; what is in a string literal is no comment. */
function comments(path, text) {
  if (/\.md$/.test(path)) return text.split('\n').map((line, i) => ({ line: i + 1, text: line }));
  if (/\.json$/.test(path))
    return text
      .split('\n')
      .map((line, i) => ({ line: i + 1, text: /"(description|title)":/.test(line) ? line : '' }));
  if (/\.(sh|cmake|yml|yaml)$|CMakeLists\.txt$|\.clang-|^dev$|^\.ci\/[a-z_]+$/.test(path))
    return text
      .split('\n')
      .map((line, i) => ({ line: i + 1, text: /(^|\s)#(?!!)(.*)/.exec(line)?.[2] ?? '' }));
  if (!/\.(c|h|cpp|hpp|js|mjs|css|html)$/.test(path)) return [];
  const found = [];
  const script = /\.(js|mjs)$/.test(path);
  const css = /\.(css|html)$/.test(path);
  let line = 1;
  for (let i = 0; i < text.length;) {
    const two = text.slice(i, i + 2);
    const raw = !script && !css && /^R"([^()\\\s]{0,16})\(/.exec(text.slice(i, i + 20));
    if (raw) {
      const end = text.indexOf(`)${raw[1]}"`, i);
      const stop = end < 0 ? text.length : end + raw[1].length + 2;
      line += text.slice(i, stop).split('\n').length - 1;
      i = stop;
    } else if (two === '//' && !css && text[i - 1] !== ':') {
      const end = text.indexOf('\n', i);
      const stop = end < 0 ? text.length : end;
      found.push({ line, text: text.slice(i + 2, stop) });
      i = stop;
    } else if (two === '/*') {
      const end = text.indexOf('*/', i + 2);
      const stop = end < 0 ? text.length : end + 2;
      for (const part of text.slice(i, stop).split('\n')) found.push({ line: line++, text: part });
      line -= 1;
      i = stop;
    } else if ((text[i] === '"' || text[i] === "'") && !css && !/\w/.test(text[i - 1] ?? ' ')) {
      const quote = text[i++];
      while (i < text.length && text[i] !== quote && text[i] !== '\n')
        i += text[i] === '\\' ? 2 : 1;
      i += text[i] === quote ? 1 : 0;
    } else {
      if (text[i] === '\n') line += 1;
      i += 1;
    }
  }
  return found;
}

const PATH = new RegExp(
  String.raw`(?<![\w/.<{$-])((?:src|plugin|host_api|tests|manifests)/[\w./-]*` +
    String.raw`\.(?:cpp|hpp|h|c|md|mjs|js|css|json))\b`,
  'g',
);

const TEST_MACRO = /\bTEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)/g;
const NODE_TEST = /^\s*(?:await )?(?:t\.)?(?:test|it|describe)\(\s*(['"`])(.*?)\1\s*,/gm;

/** The names of the tests of a file, each as {line, name, words}. */
function testNames(path, text) {
  const lineAt = (index) => text.slice(0, index).split('\n').length;
  const names = [];
  if (/\.(cpp|hpp)$/.test(path))
    for (const match of text.matchAll(TEST_MACRO))
      names.push({
        line: lineAt(match.index),
        name: `${match[1]}.${match[2]}`,
        words: match[2].replace(/([a-z0-9])(?=[A-Z])|_/g, '$1 '),
      });
  if (/\.mjs$/.test(path))
    for (const match of text.matchAll(NODE_TEST))
      names.push({ line: lineAt(match.index), name: match[2], words: match[2] });
  return names;
}

/** The tests that requirements.md may name. */
function knownTests(list) {
  const names = new Set();
  for (const path of list.filter((path) => /^tests\/.*\.cpp$/.test(path)))
    for (const { name } of testNames(path, readFileSync(join(ROOT, path), 'utf8'))) names.add(name);
  return {
    has: (name) => names.has(name),
    titles(file) {
      const path = join(ROOT, 'tests/e2e', file);
      return existsSync(path) ? titlesOf(readFileSync(path, 'utf8')) : undefined;
    },
  };
}

function knownReferences() {
  const requirements = join(ROOT, REQUIREMENTS);
  const text = existsSync(requirements) ? readFileSync(requirements, 'utf8') : '';
  const ids = new Set(
    [...text.matchAll(/^\| \**((?:S|D|P|PD)-\d{2})\**/gm)].map((match) => match[1]),
  );
  const folder = join(ROOT, 'src/docs/decisions');
  const decisions = new Set(
    (existsSync(folder) ? readdirSync(folder) : []).map((name) => /^\d{4}/.exec(name)?.[0]),
  );
  return { ids, decisions };
}

/** Offences of one text that cites rules, decisions or paths. */
function referenceOffences(text, known) {
  const found = [];
  for (const [id] of text.matchAll(/(?<![\w/-])(?:S|D|P|PD)-\d{1,3}(?![\w-])/g))
    if (!known.ids.has(id)) found.push(`${id} is not in src/docs/requirements.md`);
  for (const [whole, number] of text.matchAll(/\bdecisions?[ _/]+(\d+)/gi))
    if (number.length !== 4 || !known.decisions.has(number))
      found.push(`"${whole}" is no file of src/docs/decisions (cite as decision 0009) or PD-09`);
  for (const [whole] of text.matchAll(
    /\b(?:[SDPR]\d{1,2}_\w*|[Gg]olden[ _-]?\d+|P\d{1,2}\b(?!\w))/g,
  ))
    found.push(`"${whole}" is cited but not written down in src/docs`);
  for (const [, path] of text.matchAll(PATH))
    if (!known.exists(path)) found.push(`${path} does not exist`);
  return found;
}

/** The map in src/README.md: a function in parentheses, `file` (`function`), is in that file. */
function mapOffences(text, read) {
  const found = [];
  for (const [index, line] of text.split('\n').entries())
    for (const [, path, name] of line.matchAll(/`([\w./-]+\.\w+)` \(`([\w:]+)`\)/g))
      if (!new RegExp(`\\b${name}\\b`).test(read(path)))
        found.push([index + 1, `${path} holds no ${name}`]);
  return found;
}

/** The index of the decisions has a row for each of them. */
const indexOffences = (text, decisions) =>
  [...decisions]
    .filter((number) => number && !text.includes(`| [${number}](${number}-`))
    .map((number) => [1, `decision ${number} has no row`]);

function linkOffences(path, text) {
  const found = [];
  for (const [index, line] of text.split('\n').entries())
    for (const [, target] of line.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^([a-z]+:|#)/.test(target)) continue;
      const file = normalize(join(dirname(path), target.split('#')[0]));
      if (!existsSync(join(ROOT, file)))
        found.push([index + 1, `the link ${target} leads nowhere`]);
    }
  return found;
}

/** Lines that are too wide, as [line, message]. */
function widthOffences(path, text) {
  if (USER_TEXTS.test(path)) return [];
  const markdown = /\.md$/.test(path);
  let fenced = false;
  const found = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (markdown && /^\s*```/.test(line)) fenced = !fenced;
    if (markdown && (fenced || /^(\|| {4}|\s+\|)/.test(line) || /^\[[^\]]+\]: /.test(line)))
      continue;
    const width = [...line].length;
    if (width > WIDTH) found.push([index + 1, `${width} columns`]);
  }
  return found;
}

function check(path, text, known) {
  const out = [];
  const say = (line, what) => out.push(`${path}:${line}: ${what}`);
  for (const [line, what] of widthOffences(path, text)) say(line, what);
  for (const [line, what] of fileOffences(path, text)) say(line, what);
  const lines = text.split('\n');
  const word = (line, sentence, where) => {
    const match = WORDS.exec(sentence);
    if (!match) return;
    const kept = known.exceptions.find(
      ([file, part]) => file === path && lines[line - 1].includes(part),
    );
    if (!kept) say(line, `"${match[0]}" in a ${where}: say it in plain technical English`);
  };
  const documents = /\.md$/.test(path) ? 'document' : 'comment';
  for (const comment of comments(path, text)) {
    word(comment.line, comment.text, documents);
    for (const what of referenceOffences(comment.text, known)) say(comment.line, what);
  }
  for (const test of testNames(path, text)) {
    word(test.line, test.words, 'test name');
    for (const what of referenceOffences(test.name, known)) say(test.line, what);
    if ([...test.name].length > MAX_TEST_NAME)
      say(test.line, `a test name of ${[...test.name].length} letters: at most ${MAX_TEST_NAME}`);
  }
  if (/\.md$/.test(path)) for (const [line, what] of linkOffences(path, text)) say(line, what);
  if (path === 'src/README.md')
    for (const [line, what] of mapOffences(text, known.read)) say(line, what);
  if (path === DECISIONS)
    for (const [line, what] of indexOffences(text, known.decisions)) say(line, what);
  if (path === REQUIREMENTS || path === INVITATIONS)
    for (const [line, what] of proofOffences(text, known.tests)) say(line, what);
  if (path === STANDARD)
    for (const [line, what] of asvsOffences(text, standardNames(known))) say(line, what);
  return out;
}

/** What asvs.md may name: tests as in requirements.md, and files. */
const standardNames = ({ tests, exists, scripts }) => ({
  scripts,
  path: exists,
  test(name) {
    const [, file, title] = /^([\w.]+\.mjs): (.+)$/.exec(name) ?? [];
    if (file) return tests.titles(file)?.some((pattern) => pattern.test(title));
    return tests.has(name);
  },
});

/** Offences that concern a file as a whole, as [line, message]. */
function fileOffences(path, text) {
  if (path === '.ci/check_text.mjs') return [];
  const found = [];
  const lines = text.split('\n');
  const code = /\.(cpp|hpp|h|c|mjs|js|css|html)$|^dev$/.test(path);
  if (code && lines.length - 1 > MAX_LINES && !LONG_FILES[path] && !/\/strings\//.test(path))
    found.push([
      1,
      `${lines.length - 1} lines: split it, or give the reason in .ci/check_text.mjs`,
    ]);
  if (/\.(hpp|h)$/.test(path) && !/^(\/\/|\/\*)/.test(text))
    found.push([1, 'a header opens with a comment: purpose, user, thread, failure']);
  for (const [index, line] of lines.entries()) {
    if (LEFT_OPEN.test(line)) found.push([index + 1, 'work that is left open']);
    if (FOREIGN.test(line))
      found.push([index + 1, 'a path or a page that is not in this repository']);
  }
  return found;
}

function formattersOff(path, text) {
  if (path === '.ci/check_text.mjs') return 0;
  return (text.match(/clang-format off|prettier-ignore|stylelint-disable|eslint-disable/g) ?? [])
    .length;
}

function selfTest() {
  const known = {
    ids: new Set(['S-18', 'PD-09']),
    decisions: new Set(['0009']),
    exists: (path) => path === 'src/a.cpp',
    read: () => 'void A::b() {}',
    exceptions: [],
    scripts: ['src/a.cpp'],
    tests: {
      has: (name) => name === 'A.Works',
      titles: (file) =>
        file === 'a.test.mjs'
          ? titlesOf('test("it\'s", x); t.test(`in ${what} of a day`, x); test(`${a}: ${b}`, x)')
          : undefined,
    },
  };
  const failures = [];
  const sample = (rule, path, text, expected) => {
    const found = check(path, text, known);
    const ok = expected === '' ? found.length === 0 : found.some((line) => line.includes(expected));
    if (!ok)
      failures.push(`${rule}: ${JSON.stringify(text).slice(0, 300)} gave ${JSON.stringify(found)}`);
  };
  sample('words', 'a.cpp', '// Nobody waits here.\n', 'comment');
  sample('words', 'a.cpp', 'const char* s = "nobody";\n', '');
  sample('words', 'a.cpp', 'auto s = R"(// nobody)";  // fine\n', '');
  sample('words', 'a.cpp', 'TEST(A, GivenNobodyLooks) {}\n', 'test name');
  sample('words', 'a.md', 'It stands there.\n', 'document');
  sample('words', 'dev', 'x=1  # told twice\n', 'comment');
  sample('words', 'a.mjs', "test('somebody edits', () => {});\n", 'test name');
  sample('words', 'a.css', '/* heard */\n', 'comment');
  sample('references', 'a.cpp', '// S-18, PD-09, decision 0009, src/a.cpp\n', '');
  sample('references', 'a.cpp', '// S-99\n', 'requirements.md');
  sample('references', 'a.cpp', '// decision 9\n', 'decisions');
  sample('references', 'a.cpp', '// decision 0042\n', 'decisions');
  sample('references', 'a.cpp', 'TEST(A, S27_Copies) {}\n', 'written down');
  sample('references', 'a.cpp', '// see src/b.hpp\n', 'does not exist');
  sample('references', 'a.md', '[here](nowhere.md)\n', 'leads nowhere');
  sample('index', DECISIONS, '| [0009](0009-http-server-in-common-net.md) | A |\n', '');
  sample('index', DECISIONS, '| 0009 | A |\n', 'no row');
  sample('map', 'src/README.md', '`src/a.cpp` (`A::b`)\n', '');
  sample('map', 'src/README.md', '`src/a.cpp` (`c`)\n', 'holds no c');
  sample('width', 'a.cpp', `${'x'.repeat(101)}\n`, '101 columns');
  sample('width', 'a.cpp', `${'ü'.repeat(100)}\n`, '');
  sample('width', 'a.md', `| ${'x'.repeat(120)} |\n`, '');
  sample('files', 'a.hpp', '#pragma once\n', 'opens with a comment');
  sample('files', 'a.cpp', `${'x\n'.repeat(501)}`, '501 lines');
  sample('files', 'a.sh', 'x=1  # TODO\n', 'left open');
  sample('files', 'a.md', 'see ../shared/x\n', 'not in this repository');
  sample('test names', 'a.cpp', `TEST(A, ${'B'.repeat(90)}) {}\n`, '92 letters');
  const proof = (cell, expected) =>
    sample('proofs', REQUIREMENTS, `| S-18 to S-18 | x |\n| S-18 | x | ${cell} |\n`, expected);
  proof("`A.Works`, `a.test.mjs: it's`; open: a part", '');
  proof('`a.test.mjs: in half of a day`', '');
  proof('open: a part', '');
  proof('', 'neither a test nor what is open');
  proof('later', 'neither a test nor what is open');
  proof('`A.Fails`', 'A.Fails, which is no test');
  proof('`a.test.mjs: other: thing`', 'which is no test');
  proof('`b.test.mjs: it`', 'which is no test');
  sample('proofs', REQUIREMENTS, '| S-18 to S-18 | x |\n', 'S-18 has no row');
  // All rows of the standard in one line each, the first one as given.
  const standard = (state, expected, first = '1.1.1') => {
    const rows = [...LEVELS].map(([row, level], at) =>
      at === 0 ? `| ${first} | ${level} | x | ${state} |` : `| ${row} | ${level} | x | open: x |`,
    );
    const text = `src/a.cpp\n${rows.join('\n')}\n`;
    sample('standard', STANDARD, text, expected);
  };
  standard("`A.Works`, `a.test.mjs: it's`", '');
  standard('by reading: `src/a.cpp`', '');
  standard('document: it', '');
  standard('does not apply: none', '');
  standard('it holds', 'neither what holds it');
  standard('`A.Fails`', 'A.Fails, which is nowhere');
  standard('`a.test.mjs: another`', 'which is nowhere');
  standard('`src/b.cpp`', 'src/b.cpp, which is nowhere');
  standard('open: x', '1.1.1 is missing', '1.1.9');
  standard('open: x', 'is no row of level 2', '1.1.9');
  standard('open: x', 'is here twice', '1.1.2');
  sample('standard', STANDARD, '', 'src/a.cpp is named by no row');
  for (const failure of failures) console.error(`self-test: ${failure}`);
  return failures.length === 0;
}

function main() {
  if (!selfTest()) return 1;
  if (process.argv.includes('--self-test')) return 0;
  const list = files();
  const { ids, decisions } = knownReferences();
  const known = {
    ids,
    decisions,
    exists: (path) => existsSync(join(ROOT, path)),
    read: (path) => (existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : ''),
    exceptions: WORD_EXCEPTIONS,
    tests: knownTests(list),
    scripts: list.filter((path) => /^tests\/asvs\/v.*\.test\.mjs$/.test(path)),
  };
  const offences = [];
  if (ids.size < 80) offences.push('src/docs/requirements.md: fewer than 80 rules were found');
  if (WORD_EXCEPTIONS.length > 10) offences.push('.ci/check_text.mjs: more than 10 exceptions');
  let off = 0;
  for (const path of list) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    offences.push(...check(path, text, known));
    off += formattersOff(path, text);
  }
  if (off > MAX_FORMATTER_OFF) offences.push(`the formatter is switched off in ${off} places`);
  for (const offence of offences) console.log(offence);
  console.log(`${list.length} files, ${offences.length} offences`);
  return offences.length === 0 ? 0 : 1;
}

process.exitCode = main();
