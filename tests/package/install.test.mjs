// `cmake --install` and the Debian packages: what is installed, that the prefix can be moved, that
// plugins are built with it outside this tree, and that packing twice gives the same bytes. `./dev
// verify package` does it in a fresh Debian (fresh_install.mjs).

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';

import { Crm } from '../e2e/support/crm.mjs';
import { BUILD, PLUGIN, REPOSITORY } from '../e2e/support/paths.mjs';
import { freePorts, Program } from '../e2e/support/program.mjs';
import { scratch } from '../e2e/support/scratch.mjs';
import { until } from '../e2e/support/until.mjs';
import { deadLinks } from './installed_links.mjs';
import { commandsOf } from './page_commands.mjs';

const folder = scratch('crm-install-');
const first = join(folder, 'first'),
  prefix = join(folder, 'moved');
const key = join(folder, 'key.pem');

const run = (program, args, options = {}) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
const shell = (line, env = {}) =>
  run('bash', ['-c', line], { cwd: folder, env: { ...process.env, ...env } });
const install = (to, component) =>
  run('cmake', ['--install', BUILD, '--prefix', to, '--strip', '--component', component]);
const withPrefix = {
  PKG_CONFIG_PATH: join(prefix, 'lib/pkgconfig'),
  CMAKE_PREFIX_PATH: prefix,
  PATH: `${join(prefix, 'bin')}:${process.env.PATH}`,
};

/** The files below a folder, sorted, as paths from there. */
function filesOf(root, inside = '') {
  return readdirSync(join(root, inside), { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? filesOf(root, join(inside, entry.name)) : [join(inside, entry.name)],
    )
    .sort();
}

before(() => {
  for (const component of ['plugin', 'host', 'emulator', 'dev']) install(first, component);
  renameSync(first, prefix);
  run(join(REPOSITORY, 'host_api/tools/plugin_key'), ['make', key]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('the components install programs, plugin, pages, manuals and development files', () => {
  const installed = new Set(filesOf(prefix));
  for (const path of [
    'bin/crm_host',
    'bin/crm_plugin_key',
    'bin/google_emulator',
    'include/crm/host_api/crm_plugin.h',
    'include/crm/host_api/testing/fakes.hpp',
    'lib/cmake/crm_host_api/crm_host_apiConfig.cmake',
    'lib/cmake/crm_hosting/crm_hostingConfig.cmake',
    'lib/crm-host/plugins/google_calendar/google_calendar.json',
    'lib/crm-host/plugins/google_calendar/libgoogle_calendar.so',
    'lib/crm-host/plugins/google_calendar/strings/de.json',
    'lib/libcrm_hosting.a',
    'lib/pkgconfig/crm_host_api.pc',
    'lib/pkgconfig/crm_hosting.pc',
    'share/crm_host/pages/index.html',
    'share/crm_host_api/examples/hello/CMakeLists.txt',
    'share/crm_host_api/plugin.map',
    'share/crm_host_api/schema/manifest.json',
    'share/doc/crm-host/administration.md',
    'share/google-emulator/page/index.html',
  ])
    assert.ok(installed.has(path), path);
  for (const header of filesOf(join(REPOSITORY, 'host_api')).filter((path) =>
    /\.h(pp)?$/.test(path),
  ))
    if (!/^(examples|conformance)\//.test(header))
      assert.ok(installed.has(`include/crm/host_api/${header}`), header);
});

test('nothing that is installed holds a path of the sources, the build or the prefix', () => {
  for (const path of filesOf(prefix)) {
    const content = readFileSync(join(prefix, path));
    for (const place of [REPOSITORY, BUILD, first])
      assert.ok(!content.includes(place), `${path} holds ${place}`);
  }
});

test('a link of an installed file leads to a file of the same component', () => {
  for (const component of ['plugin', 'host', 'emulator', 'dev']) {
    const alone = join(folder, 'alone', component);
    install(alone, component);
    assert.deepEqual(deadLinks(alone), [], component);
  }
});

test('a link that leads nowhere below the folder is found', () => {
  const root = join(folder, 'links');
  mkdirSync(root);
  writeFileSync(join(root, 'a.md'), '# One `b`\n[a](a.md) [b](#one-b) [c](../c.md) [d](a.md#x)\n');
  writeFileSync(join(root, 'a.hpp'), '// a.md says it, and doc/b.md\n');
  assert.deepEqual(deadLinks(root).sort(), ['a.hpp: doc/b.md', 'a.md: ../c.md', 'a.md: a.md#x']);
});

test('an update removes what is not listed and writes the manifest last', () => {
  const plugin = join(folder, 'again/lib/crm-host/plugins/google_calendar');
  mkdirSync(plugin, { recursive: true });
  writeFileSync(join(plugin, 'left_over.txt'), 'of an earlier version');
  install(join(folder, 'again'), 'plugin');
  assert.deepEqual(filesOf(plugin), filesOf(join(BUILD, 'plugins/google_calendar')));
  const manifest = statSync(join(plugin, 'google_calendar.json'), { bigint: true }).ctimeNs;
  for (const path of filesOf(plugin))
    assert.ok(statSync(join(plugin, path), { bigint: true }).ctimeNs <= manifest, path);
  assert.deepEqual(readdirSync(dirname(plugin)), ['google_calendar']);
});

test('the page builds, signs and checks a plugin with the installed files alone', () => {
  const commands = commandsOf('Writing a plugin').filter(
    (line) => !/^apt-get |\/etc\/|\/usr\/lib\//.test(line),
  );
  assert.equal(commands.length, 7);
  for (const line of commands) shell(line.replaceAll('/usr/', `${prefix}/`), withPrefix);
  const built = join(folder, 'hello-build/plugins/hello');
  assert.deepEqual(filesOf(built), [
    'hello.json',
    'hello.sig',
    'libhello.so',
    'strings/de.json',
    'strings/en.json',
  ]);
  for (const library of ['libhello.so', 'hello-build/plugins/hello/libhello.so'])
    run(join(REPOSITORY, 'tests/abi/inspect_library'), [join(folder, library)]);
});

test('the folder host_api works as a part of another project', () => {
  const project = join(folder, 'project');
  cpSync(join(REPOSITORY, 'host_api'), join(project, 'third_party/host_api'), { recursive: true });
  copyFileSync(join(REPOSITORY, 'tests/abi/probe.c'), join(project, 'probe.c'));
  copyFileSync(join(REPOSITORY, 'tests/abi/layout.h'), join(project, 'layout.h'));
  writeFileSync(
    join(project, 'CMakeLists.txt'),
    `cmake_minimum_required(VERSION 3.25)
project(probe LANGUAGES C)
add_subdirectory(third_party/host_api)
add_library(probe MODULE probe.c)
target_link_libraries(probe PRIVATE crm::host_api)
`,
  );
  shell('cmake -S project -B project-build && cmake --build project-build');
  assert.ok(existsSync(join(folder, 'project-build/libprobe.so')));
});

test('libcrm_hosting links as a whole with what pkg-config and CMake name', () => {
  writeFileSync(join(folder, 'main.cpp'), 'int main() { return 0; }\n');
  const whole = '-Wl,--whole-archive -lcrm_hosting -Wl,--no-whole-archive';
  shell(
    `g++ main.cpp -L${prefix}/lib ${whole} $(pkg-config --libs crm_hosting) -o whole && ./whole`,
    withPrefix,
  );
  mkdirSync(join(folder, 'vendor'));
  writeFileSync(
    join(folder, 'vendor/CMakeLists.txt'),
    `cmake_minimum_required(VERSION 3.25)
project(vendor LANGUAGES CXX)
find_package(crm_hosting REQUIRED)
add_executable(vendor ../main.cpp)
target_link_libraries(vendor PRIVATE -L${prefix}/lib ${whole} crm::hosting)
`,
  );
  shell('cmake -S vendor -B vendor-build && cmake --build vendor-build', withPrefix);
});

test('the conformance suite is packed and asked for by the installed programs', () => {
  const suite = join(prefix, 'share/crm_host_api/conformance');
  writeFileSync(join(folder, 'libconformance_probe.so'), 'a library');
  run(join(prefix, 'bin/crm_plugin_package'), [
    join(suite, 'conformance_probe.json'),
    join(folder, 'libconformance_probe.so'),
    join(suite, 'strings'),
    join(folder, 'probes'),
  ]);
  const manifest = JSON.parse(
    readFileSync(join(folder, 'probes/conformance_probe/conformance_probe.json'), 'utf8'),
  );
  assert.equal(manifest.abi.minor, 4);
  assert.match(run(join(suite, 'host_conformance'), ['--help']), /--probe/);
});

test('the example host is built with the installed files, and works', () => {
  const sources = join(folder, 'example_host');
  cpSync(join(prefix, 'share/crm_hosting/examples/example_host'), sources, { recursive: true });
  shell('cmake -S example_host -B example-build && cmake --build example-build', withPrefix);
  const outcome = run(
    process.execPath,
    ['--test', join(REPOSITORY, 'tests/hosting/example_host.test.mjs')],
    // Its own list of tests, not one in that of this file.
    {
      env: {
        ...process.env,
        NODE_TEST_CONTEXT: undefined,
        EXAMPLE_HOST: join(folder, 'example-build/example_host'),
      },
    },
  );
  assert.match(outcome, /^# pass 4$/m, outcome);
  assert.match(outcome, /^# fail 0$/m, outcome);
});

test('the installed host finds its pages and runs the installed plugin', async () => {
  const [port] = await freePorts(1);
  const data = join(folder, 'data');
  run(join(prefix, 'bin/crm_host'), ['--data', data, '--create-admin', 'you@example.com'], {
    input: 'a long horse of the office\n',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const host = new Program('crm_host', join(prefix, 'bin/crm_host'), [
    ...['--data', data, '--plugins', join(prefix, 'lib/crm-host/plugins'), '--dev-unsigned'],
    ...['--listen', `127.0.0.1:${port}`],
  ]);
  try {
    const crm = new Crm(`http://127.0.0.1:${port}`);
    await host.ready(async () => (await fetch(crm.origin)).ok);
    const page = await crm.send('GET', '/');
    assert.match(page.text, /<script type="module"/);
    await crm.login({ email: 'you@example.com', password: 'a long horse of the office' });
    await until('the plugin runs', async () => {
      const [plugin] = await crm.plugins();
      return plugin.id === PLUGIN && plugin.state === 'running';
    });
  } finally {
    await host.stop();
  }
});

const pack = (script, to, env, umask = '022') =>
  shell(`umask ${umask} && ${REPOSITORY}/.ci/${script} ${BUILD} ${to} ${key}`, env)
    .trim()
    .split('\n');

test('packing twice gives the same bytes for any time zone, locale and umask', () => {
  for (const [script, count] of [
    ['package_debian', 2],
    ['package_plugin', 1],
    ['package_host', 1],
  ]) {
    const one = pack(script, 'packages', { TZ: 'UTC', LC_ALL: 'C' });
    const two = pack(script, 'others', { TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8' }, '077');
    assert.equal(one.length, count);
    for (const [index, file] of one.entries())
      assert.ok(readFileSync(file).equals(readFileSync(two[index])), basename(file));
  }
});

test('the Debian packages name what they need and belong to root', () => {
  const file = (name) =>
    join(
      folder,
      'packages',
      readdirSync(join(folder, 'packages')).find((one) => one.startsWith(name)),
    );
  const field = (deb, name) => run('dpkg-deb', ['--field', deb, name]).trim();
  const plugin = file('crm-google-calendar_'),
    dev = file('crm-hosting-dev_');
  for (const name of ['libc6 (>= ', 'libssl3 (>= ', 'libstdc++6 (>= ', 'ca-certificates', 'tzdata'])
    assert.ok(field(plugin, 'Depends').includes(name), name);
  for (const name of ['libssl-dev', 'libsqlite3-dev', 'zlib1g-dev', 'libidn2-dev'])
    assert.ok(field(dev, 'Depends').includes(name), name);
  for (const deb of [plugin, dev]) {
    const lines = run('dpkg-deb', ['--contents', deb]).trimEnd().split('\n');
    for (const line of lines) assert.match(line, /^(d|-)rw(x|-)r-(x|-)r-(x|-) root\/root /);
    assert.ok(lines.some((line) => /\/copyright$/.test(line)));
    assert.ok(lines.some((line) => /\/changelog\.gz$/.test(line)));
  }
  for (const deb of [plugin, dev]) {
    const root = join(folder, 'unpacked', basename(deb));
    mkdirSync(root, { recursive: true });
    run('dpkg-deb', ['--extract', deb, root]);
    assert.deepEqual(deadLinks(root), [], deb);
  }
  const names = run('dpkg-deb', ['--contents', plugin]);
  assert.match(names, /\.\/usr\/lib\/crm-host\/plugins\/google_calendar\/google_calendar\.sig\n/);
});
