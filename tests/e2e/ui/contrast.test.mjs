// The colours of tokens.css: text can be read on everything it stands on, in both themes (WCAG 2, 4.5:1; 3:1 for borders of controls and the focus ring).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isPale, kColorIds } from '../../../src/host/web/ui/calendar/colors.js';

const css = readFileSync(
  new URL('../../../src/host/web/ui/styles/tokens.css', import.meta.url),
  'utf8',
);
const block = (start) =>
  css.slice(css.indexOf('{', css.indexOf(start)) + 1, css.indexOf('}', css.indexOf(start)));
const colors = (text) =>
  Object.fromEntries(
    [...text.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value]),
  );

const light = colors(block(':root {'));
const dark = { ...light, ...colors(block(':root[data-theme="dark"]')) };

const channel = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
function luminance(color) {
  const [r, g, b] = [1, 3, 5].map((at) => channel(parseInt(color.slice(at, at + 2), 16) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

test('the dark theme is the same whether the device or the person chose it', () => {
  assert.deepEqual(
    colors(block(':root:not([data-theme="light"])')),
    colors(block(':root[data-theme="dark"]')),
  );
});

for (const [name, theme] of Object.entries({ light, dark })) {
  test(`text can be read in the ${name} theme`, () => {
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

test('a sign on a round mark is dark on pale colours and white on strong ones', () => {
  assert.equal(kColorIds.length, 11);
  assert.ok(isPale('#9fe1e7') && isPale('#f6bf26'));
  assert.ok(!isPale('#3f51b5') && !isPale('#d50000') && !isPale('not a colour'));
});
