// Makes ui/icons.svg and ui/styles/icons.css from the icons of lucide-static that the pages use
// (`npm run icons`). One file holds all icons below each other, so that the first icon shown brings
// all of them: none is missing when the host cannot be reached.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const SIZE = 24;

export const NAMES = `
arrow-left calendar calendar-clock calendar-days calendar-sync check chevron-down chevron-left
chevron-right circle-alert circle-check circle-dot circle-help circle-pause circle-x clock cloud-off
cloud-upload contact copy ellipsis-vertical external-link eye eye-off globe image info keyboard list
loader-circle lock log-out mail map-pin pause pencil phone play plus puzzle refresh-cw repeat
rotate-ccw search settings sliders-horizontal star target text trash-2 triangle-alert unplug
user-round users-round x
`
  .trim()
  .split(/\s+/);

function shapesOf(name) {
  const file = join(FOLDER, 'node_modules/lucide-static/icons', `${name}.svg`);
  const [, body] = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(readFileSync(file, 'utf8'));
  return body.trim().replace(/\s*\n\s*/g, '');
}

export function sprite() {
  const groups = NAMES.map(
    (name, i) => `<g transform="translate(0 ${i * SIZE})">${shapesOf(name)}</g>`,
  );
  const height = SIZE * NAMES.length;
  return `<!-- lucide-static, ISC licence: https://lucide.dev/license. Made by make_icons.mjs. -->
<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${height}"
  viewBox="0 0 ${SIZE} ${height}" fill="none" stroke="#000" stroke-width="2"
  stroke-linecap="round" stroke-linejoin="round">
${groups.join('\n')}
</svg>
`;
}

export function styles() {
  const turning = '\n\n  animation: turn 0.9s linear infinite;';
  const rules = NAMES.map((name, i) => {
    const moves = name === 'loader-circle' ? turning : '';
    return `.icon-${name} {\n  --icon: ${i};${moves}\n}`;
  });
  return `/* Icons of lucide-static as a mask, so that they take the colour of the text beside them.
   Made by make_icons.mjs. */
.icon {
  --icons: ${NAMES.length};

  display: inline-block;
  flex: none;
  width: 1.2em;
  height: 1.2em;
  vertical-align: -0.22em;
  background: currentColor;
  mask: url("/ui/icons.svg") 0 calc(var(--icon) * 100% / (var(--icons) - 1)) / 100%
    calc(var(--icons) * 100%) no-repeat;
}
.icon-none {
  visibility: hidden;
}

@media (forced-colors: active) {
  .icon {
    background: CanvasText;
    forced-color-adjust: none;
  }
}

@keyframes turn {
  to {
    transform: rotate(360deg);
  }
}
${rules.join('\n')}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(FOLDER, 'ui/icons.svg'), sprite());
  writeFileSync(join(FOLDER, 'ui/styles/icons.css'), styles());
}
