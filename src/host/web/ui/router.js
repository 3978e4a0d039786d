// The route: the location hash, `#/path/parts?name=value`, as parts and query.
import { createStore } from './store.js';

export function parseHash(hash) {
  const [path, search = ''] = hash.replace(/^#\/?/, '').split('?');
  const parts = path
    .split('/')
    .filter(Boolean)
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
  return { parts, query: Object.fromEntries(new URLSearchParams(search)) };
}

export const route = createStore(parseHash(location.hash));

addEventListener('hashchange', () => route.set(() => parseHash(location.hash)));

export const href = (...parts) => `#/${parts.map(encodeURIComponent).join('/')}`;

export function navigate(...parts) {
  location.hash = href(...parts);
}

export function replaceRoute(hash) {
  history.replaceState(null, '', hash);
  route.set(() => parseHash(hash));
}
