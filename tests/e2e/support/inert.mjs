// What a page must not do with the texts of strangers: run them, load what they name, make elements
// of them, grow wider, or let the direction of one turn the words around it.

import assert from 'node:assert/strict';

const ELEMENTS = 'script, iframe, style, object, embed, form, video, audio, link, meta, base, math';
// Elements of the page's own that show no text of strangers.
const OWN = '.mail-frame, .icon, .icon *';

/**
 * Watches `page`, whose own origin is `origin`, from now on; answers a function that fails when it
 * did one of these things. It looks at what is inside of `root`, where `own` selects elements that
 * the page makes itself.
 */
export function watchInert(page, origin) {
  const strange = [];
  page.on('dialog', (dialog) => dialog.dismiss().then(() => strange.push('a dialog')));
  page.on('popup', () => strange.push('another window'));
  page.on('download', () => strange.push('a download'));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'data:' && url.protocol !== 'blob:')
      strange.push(request.url());
  });
  return async (root, own = OWN) => {
    assert.deepEqual(strange, []);
    assert.equal(new URL(page.url()).origin, origin);
    const found = await page.evaluate(
      ([inside, forbidden, allowed]) => {
        const elements = [...document.querySelectorAll(`${inside} :is(${forbidden}, img, svg)`)];
        const made = elements.filter((one) => !one.matches(allowed));
        const handlers = [...document.querySelectorAll(`${inside} *`)].filter((one) =>
          one.getAttributeNames().some((name) => name.startsWith('on') || name === 'srcdoc'),
        );
        const addresses = [...document.querySelectorAll(`${inside} a[href]`)].filter(
          (one) => !['http:', 'https:', 'mailto:', 'tel:'].includes(one.protocol),
        );
        const shown = (list) => list.map((one) => one.outerHTML.slice(0, 200));
        return {
          pwned: globalThis.pwned,
          made: shown(made),
          handlers: shown(handlers),
          addresses: shown(addresses),
          over: document.documentElement.scrollWidth - innerWidth,
        };
      },
      [root, ELEMENTS, own],
    );
    const { over, ...rest } = found;
    assert.deepEqual(rest, { pwned: undefined, made: [], handlers: [], addresses: [] }, root);
    assert.ok(over <= 0, `${root}: ${over} pixels too wide`);
  };
}

/**
 * Texts of the page in `root` that hold a letter of `bidi` and share a line with other texts
 * without being isolated from them: their direction would turn these. [{text, inside}]
 */
export const spills = (page, root, bidi) =>
  page.evaluate(
    ([inside, letters]) => {
      const found = [];
      for (const part of document.querySelectorAll(inside)) {
        const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          if (![...node.data].some((letter) => letters.includes(letter))) continue;
          let one = node.parentElement;
          const isOpen = ({ display, unicodeBidi }) =>
            (display === 'inline' || display === 'contents') && unicodeBidi === 'normal';
          while (isOpen(getComputedStyle(one))) one = one.parentElement;
          const { textContent } = one;
          const after = textContent.slice(textContent.indexOf(node.data) + node.data.length);
          if (after.trim() && one.tagName !== 'SELECT')
            found.push({ text: node.data.slice(0, 60), inside: one.outerHTML.slice(0, 200) });
        }
      }
      return found;
    },
    [root, bidi],
  );
