// Pictures beside each other on contact sheets, and small files of pictures. Chromium does both, so
// that no other program is needed.

import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const dataOf = (file) => `data:image/png;base64,${readFileSync(file).toString('base64')}`;

/** Writes `name`.png into `folder`: the pictures in rows, `across` pixels wide each. */
export async function contactSheet(browser, { files, folder, name, across, columns }) {
  const context = await browser.newContext({
    viewport: { width: (across + 16) * columns + 16, height: 600 },
  });
  try {
    const page = await context.newPage();
    await page.setContent(`<style>
      body { margin: 8px; font: 13px sans-serif; background: #888; }
      main { display: grid; grid-template-columns: repeat(${columns}, ${across}px); gap: 16px; }
      figure { margin: 0; } img { width: 100%; display: block; }
    </style><main></main>`);
    for (const file of files)
      await page.evaluate(
        async ([source, caption]) => {
          const image = new Image();
          image.src = source;
          await image.decode();
          const figure = document.createElement('figure');
          const text = document.createElement('figcaption');
          text.textContent = caption;
          figure.append(text, image);
          document.querySelector('main').append(figure);
        },
        [dataOf(file), basename(file, '.png')],
      );
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  } finally {
    await context.close();
  }
}

/** Writes the picture as WebP of at most `most` bytes; answers its size. */
export async function webp(browser, { file, to, most }) {
  const page = await browser.newPage();
  try {
    for (const quality of [0.9, 0.8, 0.7, 0.6, 0.5]) {
      const data = await page.evaluate(
        async ([source, wanted]) => {
          const image = new Image();
          image.src = source;
          await image.decode();
          const canvas = document.createElement('canvas');
          [canvas.width, canvas.height] = [image.width, image.height];
          canvas.getContext('2d').drawImage(image, 0, 0);
          return canvas.toDataURL('image/webp', wanted);
        },
        [dataOf(file), quality],
      );
      const bytes = Buffer.from(data.split(',')[1], 'base64');
      if (bytes.length > most) continue;
      writeFileSync(to, bytes);
      return bytes.length;
    }
    throw new Error(`${file} does not fit into ${most} bytes`);
  } finally {
    await page.close();
  }
}
