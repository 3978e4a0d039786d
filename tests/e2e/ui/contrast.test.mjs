// The colours of tokens.css: text is readable on every background it is used on, in both themes
// (WCAG 2: 4.5:1; 3:1 for borders of controls and the focus ring).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { colorOf, COLOR_IDS, isPale, sharesOf } from '../../../src/host/web/ui/calendar/colors.js';

const css = readFileSync(
  new URL('../../../src/host/web/ui/styles/tokens.css', import.meta.url),
  'utf8',
);
const HEX = '#[0-9a-f]{6}';
const tokens = [...css.matchAll(/^ {2}--([a-z0-9-]+): ([^;]+);/gm)];
const colors = (theme) =>
  Object.fromEntries(
    tokens
      .map(([, name, value]) => [
        name,
        new RegExp(`^light-dark\\((${HEX}), (${HEX})\\)$`).exec(value)?.[theme],
      ])
      .filter(([, value]) => value),
  );

const light = colors(1);
const dark = colors(2);

const channel = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
function luminance(color) {
  const [r, g, b] = [1, 3, 5].map((at) => channel(parseInt(color.slice(at, at + 2), 16) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

test('the dark theme is the same whether the device or the user chose it', () => {
  const scheme = (selector) => css.split(`\n${selector} {\n`)[1].split('\n}')[0];
  // Each colour is written once, for both themes; only color-scheme chooses between them.
  assert.match(scheme(':root'), /^ {2}color-scheme: light dark;$/m);
  assert.equal(scheme(':root[data-theme="light"]'), '  color-scheme: light;');
  assert.equal(scheme(':root[data-theme="dark"]'), '  color-scheme: dark;');
  assert.doesNotMatch(css, /prefers-color-scheme/);
  assert.equal(css.match(/data-theme/g).length, 2);
  const names = tokens.map(([, name]) => name);
  assert.equal(new Set(names).size, names.length);
  assert.ok(Object.keys(dark).length > 20);
});

test('every colour of the tokens has a light and a dark value', () => {
  for (const [, name, value] of tokens)
    assert.doesNotMatch(value.replace(/light-dark\((?:[^()]|\([^()]*\))*\)/g, ''), /#|rgb/, name);
});

for (const [name, theme] of Object.entries({ light, dark })) {
  test(`text is readable in the ${name} theme`, () => {
    const pairs = [
      ...['text', 'muted'].flatMap((text) =>
        ['bg', 'surface', 'raised', 'sunken', 'hover'].map((ground) => [text, ground, 4.5]),
      ),
      ...['accent-text', 'good', 'warn', 'bad'].flatMap((text) =>
        ['bg', 'surface', 'raised'].map((ground) => [text, ground, 4.5]),
      ),
      ...['good', 'warn', 'bad'].map((state) => [state, `${state}-soft`, 4.5]),
      ...['good', 'warn', 'bad', 'accent'].map((state) => ['text', `${state}-soft`, 4.5]),
      ['accent-text', 'accent-soft', 4.5],
      ['on-accent', 'accent', 4.5],
      ['on-accent', 'accent-hover', 4.5],
      ['on-bad', 'bad', 4.5],
      ['faint', 'surface', 3],
      ['accent', 'surface', 3],
      ['accent', 'bg', 3],
    ];
    for (const [text, ground, least] of pairs) {
      const found = contrast(theme[text], theme[ground]);
      assert.ok(found >= least, `${name}: ${text} on ${ground} is ${found.toFixed(2)}:1`);
    }
  });
}

test('a check mark is dark on light colours and white on dark ones', () => {
  assert.equal(COLOR_IDS.length, 11);
  assert.ok(isPale('#9fe1e7') && isPale('#f6bf26'));
  assert.ok(!isPale('#3f51b5') && !isPale('#d50000') && !isPale('not a colour'));
});

test('the text of an appointment is readable on every colour, in both themes', () => {
  const google = COLOR_IDS.map((color) => colorOf({ color }, null));
  const others = ['#000000', '#ffffff', '#0000ff', '#9fe1e7', '#ac725e', '#fbe983', '#4a5568'];
  const mixed = (color, share, surface) =>
    `#${[1, 3, 5]
      .map((at) => {
        const part = (from) => parseInt(from.slice(at, at + 2), 16);
        const value = Math.round((part(color) * share + part(surface) * (100 - share)) / 100);
        return value.toString(16).padStart(2, '0');
      })
      .join('')}`;
  for (const color of [...google, ...others]) {
    const share = sharesOf(color);
    assert.ok(contrast(light.text, mixed(color, share.light, '#ffffff')) >= 4.5, color);
    assert.ok(contrast(dark.text, mixed(color, share.dark, '#171b22')) >= 4.5, color);
  }
  for (const color of google) assert.ok(sharesOf(color).light >= 40, `${color} can be told apart`);
});
