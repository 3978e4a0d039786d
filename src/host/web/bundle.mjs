// Makes the delivered pages from ui/ and the pinned npm packages:
//
//   node bundle.mjs OUT
//
// OUT gets index.html and the files that it loads. Each of these has the hash of its content in its
// name, so that browsers keep it for ever; texts are there compressed too (NAME.br). licences.txt
// holds the licences of what was bundled. OUT is replaced as a whole, or left as it was when
// something fails.

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const UI = join(FOLDER, 'ui');
const PACKAGES = join(FOLDER, 'node_modules');
/** Browsers that know all that the styles use, such as light-dark(). */
const BROWSERS = ['chrome123', 'firefox120', 'safari17.5'];
/** Of the font: kerning, accents, and figures of one width. */
const FONT_FEATURES = ['kern', 'ccmp', 'locl', 'mark', 'mkmk', 'tnum'];
const FONT_WEIGHTS = { wght: { min: 400, max: 700, default: 400 } };

const read = (...path) => readFileSync(join(...path), 'utf8');
const hashOf = (content) => createHash('sha256').update(content).digest('hex').slice(0, 10);

/** The characters of a CSS unicode-range. */
export function charactersOf(ranges) {
  const characters = [];
  for (const [, first, last] of ranges.matchAll(/U\+([0-9A-F]+)(?:-([0-9A-F]+))?/gi))
    for (let code = parseInt(first, 16); code <= parseInt(last ?? first, 16); ++code)
      characters.push(String.fromCodePoint(code));
  return characters.join('');
}

/** The characters for which each font file is used, by its address, from its @font-face rule. */
function fontsOf(styles) {
  const fonts = new Map();
  for (const [rule] of styles.matchAll(/@font-face\s*\{[^}]*\}/g)) {
    const [, address] = /url\("([^"]+)"\)/.exec(rule);
    fonts.set(address, charactersOf(/unicode-range:([^;]*)/.exec(rule)[1]));
  }
  return fonts;
}

/** Resolves the addresses that the pages use, as the host does for --dev-ui. */
function pagesPlugin({ styles, icon, fullCalendar, subsetFont }) {
  const fonts = fontsOf(read(UI, 'styles/tokens.css'));
  const preact = join(PACKAGES, 'htm/preact/standalone.module.js');
  const at = (path) => ({ path: path === preact ? join(FOLDER, 'bundle/preact.js') : path });
  return {
    name: 'pages',
    setup(build) {
      build.onResolve({ filter: /^styles$/ }, () => ({ path: 'styles', namespace: 'pages' }));
      build.onLoad({ filter: /^styles$/, namespace: 'pages' }, () => ({
        contents: styles.map((path) => `@import "${path}";`).join('\n'),
        loader: 'css',
        resolveDir: FOLDER,
      }));
      build.onResolve({ filter: /\.woff2(\?.*)?$/ }, ({ path }) => ({
        // Two faces may be parts of one file.
        path: join(PACKAGES, path.replace(/^\/npm\//, '').replace(/\?.*/, '')),
        namespace: `font${path.replace(/[^?]*/, '')}`,
        pluginData: fonts.get(path) ?? '',
      }));
      build.onLoad({ filter: /\.woff2$/ }, async ({ path, pluginData }) => ({
        contents: await subsetFont(readFileSync(path), pluginData, {
          targetFormat: 'woff2',
          keepFeatures: FONT_FEATURES,
          variationAxes: FONT_WEIGHTS,
        }),
        loader: 'file',
      }));
      build.onResolve({ filter: /^\/ui\// }, ({ path }) =>
        path === fullCalendar ? { path, external: true } : at(join(UI, path.slice(4))),
      );
      build.onResolve({ filter: /^\/npm\// }, ({ path }) => at(join(PACKAGES, path.slice(5))));
      build.onLoad({ filter: /\/ui\/.*\.js$/ }, ({ path }) => ({
        contents: bundledSource(path, { icon, fullCalendar }),
      }));
    },
  };
}

/** A module of ui/ as it is bundled. */
function bundledSource(path, { icon, fullCalendar }) {
  // Replaces what loads the classic scripts of FullCalendar.
  if (path === join(UI, 'calendar/loader.js'))
    return `export const loadFullCalendar = () => import(${JSON.stringify(fullCalendar)});`;
  const source = read(path)
    .replaceAll('"/ui/icon.svg"', `"${icon}"`)
    // htm drops the indentation of templates when it runs; there is no need to deliver it.
    .replace(/\n +/g, '\n');
  const [other] = source.match(/["'`]\/ui\/(?!icon-)[^"'`]*/) ?? [];
  if (other) throw new Error(`${path}: ${other} would not be part of the bundle`);
  return source;
}

/** The texts of the licences of all packages that are part of the bundle. */
function licences(inputs) {
  const names = new Set();
  for (const input of inputs) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) names.add(found[1]);
  }
  // The icons were copied into ui/ before.
  names.add('lucide-static');
  return [...names]
    .sort()
    .map((name) => {
      const { version, license } = JSON.parse(read(PACKAGES, name, 'package.json'));
      const file = readdirSync(join(PACKAGES, name)).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file ? read(PACKAGES, name, file).trim() : '';
      return `${name} ${version} (${license})\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** index.html with the bundled files in place of the modules and styles. */
function indexPage({ page, styles, main, preloads }) {
  const lines = page.split('\n').filter((line) => !/rel="stylesheet"/.test(line));
  const [head, ...rest] = lines
    .join('\n')
    .replace(/\s*<link rel="preload"[^>]*>/, '')
    .split(/^ *<script type="module"[^>]*><\/script>$/m);
  const links = [
    `<link rel="stylesheet" href="${styles}">`,
    ...preloads.map(({ href, kind }) =>
      kind === 'module'
        ? `<link rel="modulepreload" href="${href}">`
        : `<link rel="preload" href="${href}" as="${kind}" crossorigin>`,
    ),
    `<script type="module" src="${main}"></script>`,
  ];
  return head + links.map((link) => `  ${link}`).join('\n') + rest.join('');
}

const COMMON = {
  absWorkingDir: FOLDER,
  outdir: join(FOLDER, 'out'), // nothing is written there
  publicPath: '/ui/',
  ...{ write: false, metafile: true, bundle: true, minify: true, splitting: true },
  ...{ format: 'esm', target: BROWSERS, charset: 'utf8', legalComments: 'none' },
  ...{ entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]', assetNames: '[name]-[hash]' },
  logLevel: 'warning',
};

/** The files of the bundle: {name: content}. */
export async function bundle() {
  const { build } = await import('esbuild');
  const { default: subsetFont } = await import('subset-font');
  const page = read(UI, 'index.html');
  const icon = read(UI, 'icon.svg');
  const files = { [`icon-${hashOf(icon)}.svg`]: Buffer.from(icon) };
  const [iconName] = Object.keys(files);
  const inputs = new Set();
  const add = ({ outputFiles, metafile }) => {
    for (const { path, contents } of outputFiles) files[basename(path)] = Buffer.from(contents);
    for (const input of Object.keys(metafile.inputs)) inputs.add(input);
  };
  const address = (pattern) => `/ui/${Object.keys(files).find((name) => pattern.test(name))}`;

  // FullCalendar by itself: it changes less often than the pages, and they load beside it. It has
  // a Preact of its own, which costs less than a file that both load.
  add(await build({ ...COMMON, entryPoints: [join(FOLDER, 'bundle/full_calendar.js')] }));
  const fullCalendar = address(/^full_calendar-/);
  const styles = [...page.matchAll(/<link rel="stylesheet" href="([^"]+)">/g)].map((at) => at[1]);
  const pages = await build({
    ...COMMON,
    entryPoints: { main: join(UI, 'main.js'), styles: 'styles' },
    plugins: [pagesPlugin({ styles, icon: `/ui/${iconName}`, fullCalendar, subsetFont })],
    loader: { '.svg': 'file' },
  });
  add(pages);
  const main = address(/^main-\w+\.js$/);
  // What the pages that are loaded later share with the calendar.
  const shared = Object.entries(pages.metafile.outputs)
    .find(([path]) => main.endsWith(`/${basename(path)}`))[1]
    .imports.filter(({ kind }) => kind === 'import-statement')
    .map(({ path }) => ({ href: `/ui/${basename(path)}`, kind: 'module' }));
  files['licences.txt'] = Buffer.from(licences(inputs));
  files['index.html'] = Buffer.from(
    indexPage({
      page: page.replace('/ui/icon.svg', `/ui/${iconName}`),
      styles: address(/^styles-\w+\.css$/),
      main,
      // What the calendar page needs, at once instead of one after the other.
      preloads: [
        { href: '/api/session', kind: 'fetch' },
        ...shared,
        { href: fullCalendar, kind: 'module' },
        { href: address(/^inter-latin-wght-normal-/), kind: 'font' },
        { href: address(/^icons-/), kind: 'image' },
      ],
    }),
  );
  return files;
}

/** The files that the host sends compressed: as short as possible, since it is done once. */
function compressed(files) {
  const texts = Object.entries(files).filter(([name]) => /-\w+\.(js|css|svg)$/.test(name));
  return Object.fromEntries(
    texts.map(([name, content]) => [`${name}.br`, brotliCompressSync(content)]),
  );
}

async function main(out) {
  if (!existsSync(join(PACKAGES, 'esbuild')) || !existsSync(join(PACKAGES, 'subset-font')))
    throw new Error(
      `the npm packages of ${relative(process.cwd(), FOLDER) || '.'} are not installed: run ` +
        '"./dev build", or "npm ci --ignore-scripts" there',
    );
  const pages = await bundle();
  const files = { ...pages, ...compressed(pages) };
  const fresh = `${out}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(fresh, name), content);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(dirname(out), { recursive: true });
  renameSync(fresh, out);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [out] = process.argv.slice(2);
  try {
    if (!out) throw new Error('usage: node bundle.mjs OUT');
    await main(resolve(out));
  } catch (error) {
    console.error(`bundle: ${error.message}`);
    process.exitCode = 1;
  }
}
