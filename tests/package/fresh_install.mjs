// src/docs/installation.md in a fresh Debian 12: its commands run as they are printed, with the
// packages alone. Then the CRM and the emulator are used, the example plugin of the page is built,
// signed and loaded, and a program is linked with libcrm_hosting.
//
//   fresh_install.mjs HOST.tar.gz EMULATOR.tar.gz PLUGIN.deb DEV.deb KEY_FILE [TREE]
//
// as root; KEY_FILE signed the plugin. Ends with 1 at the first thing that is not as it should be.

import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { REPOSITORY } from '../e2e/support/paths.mjs';
import { until } from '../e2e/support/until.mjs';
import { log, makeTree, run, TreeShell } from './debian_tree.mjs';
import { commandsOf } from './page_commands.mjs';

const FOLDER = '/root/packages';
const files = process.argv.slice(2, 6);
const [key, given] = process.argv.slice(6);
assert.ok(key, 'usage: fresh_install.mjs HOST EMULATOR PLUGIN DEV KEY_FILE [TREE]');
assert.equal(process.getuid(), 0, 'chroot and mmdebstrap need root');

const began = performance.now();
const work = mkdtempSync(join(tmpdir(), 'fresh-install-'));
const tree = join(work, 'tree');
let online, isolated;

/** Runs the commands of a section: those of apt with a network, all others without. */
async function follow(heading) {
  log(`== ${heading}`);
  for (const line of commandsOf(heading)) {
    log(`   ${line}`);
    await (/^(xargs )?apt-get /.test(line) ? online : isolated).type(line);
    const [, program, address] =
      /\/(crm_host|google_emulator) .*--listen (\S+).*&$/.exec(line) ?? [];
    if (program)
      await until(`${program} listens`, () =>
        new RegExp(`listen(s|ing) on (http://)?${address}`).test(isolated.output),
      );
  }
}

const use = (part) => {
  const script = fileURLToPath(new URL('use_installed.mjs', import.meta.url));
  const [program, ...rest] = isolated.inNetwork();
  log(run(program, [...rest, process.execPath, script, part]).trimEnd());
};

/** The process of the tree that runs a program of it. */
function processOf(program) {
  const runs = (pid) => {
    try {
      return readlinkSync(`/proc/${pid}/exe`) === join(tree, program);
    } catch {
      return false; // it has ended, or is a kernel thread
    }
  };
  const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && runs(name));
  assert.equal(found.length, 1, `processes of ${program}`);
  return Number(found[0]);
}

async function hosting() {
  // Every object is linked, so that nothing that the library needs can be missing.
  await isolated.type("echo 'int main() { return 0; }' > main.cpp");
  await isolated.type(
    'g++ -std=c++20 main.cpp -Wl,--whole-archive -lcrm_hosting -Wl,--no-whole-archive ' +
      '$(pkg-config --libs crm_hosting) -o whole && ./whole',
  );
  log('   libcrm_hosting links as a whole, with what pkg-config prints');
  await follow('Hosting plugins in another CRM');
}

async function main() {
  makeTree(tree, given);
  const packages = join(tree, FOLDER);
  mkdirSync(packages, { recursive: true });
  for (const file of files) {
    cpSync(file, join(packages, basename(file)));
    log(`   ${(statSync(file).size / 1024).toFixed(0).padStart(6)} KiB  ${basename(file)}`);
  }
  const tool = join(REPOSITORY, 'host_api/tools/plugin_key');
  writeFileSync(join(packages, 'package-keys'), run(tool, ['show', key, 'The vendor']));
  writeFileSync(join(packages, 'password.txt'), 'a long horse of the office\n');

  online = new TreeShell(tree, FOLDER, { isolated: false });
  isolated = new TreeShell(tree, FOLDER, { isolated: true });
  await follow('The CRM with the plugin');
  use('plugin');
  log('== an update while the CRM runs');
  await online.type('apt-get install --yes --reinstall ./crm-google-calendar_*.deb');
  use('update');
  await follow('Writing a plugin');
  use('hello');
  await hosting();
  process.kill(processOf('/opt/crm-host/bin/crm_host'), 'SIGTERM');
  await isolated.type('wait %2');
  log('   the CRM ended by SIGTERM with 0');
  const used = /\d+/.exec(await online.type("dpkg-query -f '.\\n' -W | wc -l"))[0];
  log(`   ${used} Debian packages in the tree at the end`);
}

try {
  await main();
  const minutes = (performance.now() - began) / 60_000;
  log(`installed, used and built with in a fresh Debian 12, in ${minutes.toFixed(1)} minutes`);
} catch (error) {
  log(`FAILED: ${error.stack}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  if (isolated) log(isolated.output.split('\n').slice(-40).join('\n'));
  process.exitCode = 1;
} finally {
  await isolated?.close();
  await online?.close();
  rmSync(work, { recursive: true, force: true });
}
