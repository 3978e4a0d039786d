// Follows the links of what is installed: from a document to another file, and from a header to a
// document that it names. What they lead to must be installed by the same component or package,
// because a reader may have no other.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

// Documents that another package installs, as headers name them.
const OF_OTHERS = ['share/doc/crm-google-calendar/manual.md'];

const linksOf = (text) =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** The anchors of a document, as readers of Markdown make them of its headings. */
const anchorsOf = (text) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );

function brokenLinks(root, path) {
  const text = readFileSync(join(root, path), 'utf8');
  return linksOf(text).filter((target) => {
    const [name, anchor] = target.split('#');
    const file = name ? resolve(root, dirname(path), name) : join(root, path);
    if (relative(root, file).startsWith('..') || !existsSync(file)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor);
  });
}

function brokenNames(root, path, all) {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(/[\w./-]+\.md\b/g)]
    .map(([name]) => name)
    .filter(
      (name) => !OF_OTHERS.includes(name) && !all.some((one) => `/${one}`.endsWith(`/${name}`)),
    );
}

/** What leads nowhere below `root`, as "file: link". */
export function deadLinks(root) {
  const all = readdirSync(root, { recursive: true });
  return all.flatMap((path) => {
    const dead = path.endsWith('.md')
      ? brokenLinks(root, path)
      : /\.(h|hpp)$/.test(path)
        ? brokenNames(root, path, all)
        : [];
    return dead.map((target) => `${path}: ${target}`);
  });
}
