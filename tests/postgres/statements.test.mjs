// Every statement in the sources of host, hosting library and plugin is understood by PostgreSQL:
// it ran there in a suite before this one, whose server left a log in POSTGRES_STATEMENTS, or it is
// prepared here, in the schemas that crm_host and the plugin made. (On SQLite all suites run.) A
// statement that is put together from parts must have run.

import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';

import { REPOSITORY } from '../e2e/support/paths.mjs';
import { Stage, today } from '../e2e/support/stage.mjs';
import { makeWorld } from '../e2e/world/world.mjs';

const FOLDERS = ['src/host', 'src/hosting', 'src/engine/store', 'plugin'];
// What only one engine is ever asked: the example host is a CRM on SQLite.
const OF_ONE_ENGINE = /storage\/(sqlite_|postgres_|snapshot)|_sqlite\.cpp$|hosting\/example_host\//;
const VERB = /^(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH) /;

function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourcesIn(path);
    return /\.(cpp|hpp)$/.test(entry.name) ? [path] : [];
  });
}

const plain = (sql) => sql.replace(/\?(\d+)/g, '$$$1').replace(/"user"/g, 'user');
const oneLine = (text) => text.replace(/\s+/g, ' ');

/** The statements of a source: {place, sql, whole}; not whole: more is added with +. */
function statementsOf(path) {
  const text = readFileSync(path, 'utf8').replace(/^\s*\/\/.*$/gm, '');
  const found = [];
  for (const match of text.matchAll(/"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*/g)) {
    const sql = [...match[0].matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map(([, part]) => part).join('');
    if (!VERB.test(sql)) continue;
    const next = text.slice(match.index + match[0].length).match(/^\)?\s*(\S)/)?.[1];
    found.push({
      place: `${relative(REPOSITORY, path)}: ${sql.slice(0, 70)}`,
      sql: plain(sql.replace(/\\"/g, '"')),
      whole: next !== '+' && !sql.endsWith(' IN '), // a list of values is added, too
      plugin: /^(src\/engine|plugin)\//.test(relative(REPOSITORY, path)),
    });
  }
  return found;
}

// Not for the server of this test, which is asked what may be wrong.
const folder = process.env.POSTGRES_STATEMENTS;
delete process.env.POSTGRES_STATEMENTS;

/** Those of the statements that ran nowhere. One log is in memory at a time: they may be large. */
function notRun(statements) {
  let left = statements;
  for (const name of folder && existsSync(folder) ? readdirSync(folder) : []) {
    const log = oneLine(plain(readFileSync(join(folder, name), 'utf8')));
    left = left.filter(({ sql }) => !log.includes(oneLine(sql)));
  }
  return left;
}

let stage;
before(async () => {
  stage = await Stage.open({ world: makeWorld({ today: today() }) });
});
after(() => stage?.close());

function prepared({ sql, plugin }) {
  const schema = plugin ? 'plugin_com_example_google_calendar' : 'crm';
  const quoted = sql.replace(/(?<!["\w.])user(?!["\w])/g, '"user"').replace(/\.user\b/g, '."user"');
  const options = ['-qAtX', '-v', 'ON_ERROR_STOP=1', '-U', 'app', '-h', stage.database.folder];
  try {
    execFileSync(
      join(stage.database.folder, 'psql'),
      [...options, '-d', stage.database.name, '-c', `SET search_path = ${schema}`].concat([
        '-c',
        `PREPARE one AS ${quoted}`,
      ]),
      { encoding: 'utf8', stdio: 'pipe' },
    );
    return '';
  } catch (error) {
    // The engine says of each argument what it is; here it is to be guessed.
    if (/could not determine data type of parameter/.test(error.stderr)) return '';
    return error.stderr;
  }
}

test('every statement is understood by PostgreSQL', () => {
  const statements = FOLDERS.flatMap((folder) => sourcesIn(join(REPOSITORY, folder)))
    .filter((path) => !OF_ONE_ENGINE.test(path))
    .flatMap(statementsOf);
  assert.ok(statements.length > 150, `${statements.length} statements were found`);
  const wrong = [];
  for (const statement of notRun(statements)) {
    const why = statement.whole ? prepared(statement) : 'is put together, and never ran there';
    if (why) wrong.push(`${statement.place}\n    ${why.trim()}`);
  }
  assert.deepEqual(wrong, [], wrong.join('\n'));
});
