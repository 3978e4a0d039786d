// The place in the page as `#/path/parts?name=value`. Pure but for reading and writing location.hash.
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

export const place = createStore(parseHash(location.hash));

addEventListener('hashchange', () => place.set(() => parseHash(location.hash)));

export const href = (...parts) => `#/${parts.map(encodeURIComponent).join('/')}`;

export function go(...parts) {
  location.hash = href(...parts);
}

export function replacePlace(hash) {
  history.replaceState(null, '', hash);
  place.set(() => parseHash(hash));
}
