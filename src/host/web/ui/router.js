// The route: the location hash, `#/path/parts?name=value`, as parts and query. A form with unsaved
// input can hold the page: then "back", a link or a typed address asks first.
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
// The address that the route was made of. While the browser shows another one, the event of a
// navigation is still to come.
let address = location.hash;

// Each entry of the history carries its position, so that a change of the hash says how far the
// browser went, and can be taken back.
let position = history.state?.position ?? 0;
history.replaceState({ position }, '');

const guards = [];
let isReturning = false;

// `guard`: {isDirty(), ask(proceed)}. Answers a function that removes it. `ask` shows the question
// and calls `proceed` when the user wants to leave.
export function guardLeaving(guard) {
  guards.push(guard);
  return () => guards.splice(guards.indexOf(guard), 1);
}

const dirtyGuard = () => guards.findLast((guard) => guard.isDirty());

addEventListener('hashchange', () => {
  const known = history.state?.position;
  const now = known ?? position + 1;
  if (known === undefined) history.replaceState({ position: now }, '');
  const steps = now - position;
  const guard = isReturning || steps === 0 ? null : dirtyGuard();
  isReturning = false;
  if (guard) {
    isReturning = true;
    history.go(-steps);
    guard.ask(() => history.go(steps));
    return;
  }
  position = now;
  address = location.hash;
  route.set(() => parseHash(address));
});

// The browser asks in its own words: pages may not choose them.
addEventListener('beforeunload', (event) => {
  if (dirtyGuard()) event.preventDefault();
});

export const href = (...parts) => `#/${parts.map(encodeURIComponent).join('/')}`;

export function navigate(...parts) {
  location.hash = href(...parts);
}

// Gives the entry of the history that is shown another address. The user who has just gone
// elsewhere arrives there: a page that still shows the entry before does not change the new one.
export function replaceRoute(hash) {
  if (location.hash === hash || location.hash !== address) return;
  address = hash;
  history.replaceState({ position }, '', hash);
  route.set(() => parseHash(hash));
}
