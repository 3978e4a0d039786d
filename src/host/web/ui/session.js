// The logged-in user, and the page's language, theme and time zone.
import * as api from './api.js';
import { isZone } from './calendar/times.js';
import { dropAllDrafts, setDraftOwner } from './drafts.js';
import { loadPluginTexts, setLanguage } from './i18n.js';
import { closeLive, connectLive } from './live.js';
import { useEffect, useRef } from './html.js';
import { createStore, useStore } from './store.js';

export const session = createStore({ state: 'loading', user: null, version: 0, locked: false });

const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

const zoneOf = (user) => {
  const wanted = user?.time_zone;
  return isZone(wanted) ? wanted : isZone(browserZone()) ? browserZone() : 'UTC';
};

export const zone = () => zoneOf(session.get().user);

let onEnter = () => {};

// Calls `listener` with the user's zone when a page is about to be shown.
export function whenEntering(listener) {
  onEnter = listener;
}

function applyTheme(theme) {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

// Calls `retry` once the user has logged in again after `refusal`, the answer that the session had
// ended.
export function useAfterLogIn(refusal, retry) {
  const { locked } = useStore(session);
  const wasLocked = useRef(false);
  useEffect(() => {
    if (wasLocked.current && !locked && refusal?.status === 401) retry();
    wasLocked.current = locked;
  }, [locked]);
}

async function enter({ user, csrf }) {
  const isBack = session.get().locked;
  api.setCsrf(csrf);
  setDraftOwner(user.id);
  setLanguage(user.locale);
  applyTheme(user.theme);
  // When the stream is refused, ask for the session once: a 401 shows the log-in page. Other errors
  // are reported by the requests that they affect.
  const connect = () =>
    connectLive(() => api.get('/api/session').catch(() => {}), { again: isBack });
  if (!isBack) {
    connect();
    onEnter(zoneOf(user));
  }
  await loadPluginTexts();
  // After an expired session the same user finds the page, and what was typed, unchanged.
  session.set((old) => ({
    state: 'in',
    user,
    version: old.locked && old.user?.id === user.id ? old.version : old.version + 1,
    locked: false,
  }));
  if (isBack) connect();
}

export async function start() {
  setLanguage('');
  api.whenSessionEnds(() => {
    if (session.get().state !== 'in' || session.get().locked) return;
    closeLive();
    session.set({ locked: true });
  });
  try {
    await enter(await api.get('/api/session', { quiet: true }));
  } catch (error) {
    session.set({ state: error.status === 401 ? 'out' : 'unreachable' });
  }
}

export async function logIn(email, password) {
  await enter(await api.post('/api/session', { email, password }, { quiet: true }));
}

export async function logOut() {
  closeLive();
  try {
    await api.del('/api/session');
  } finally {
    api.setCsrf('');
    dropAllDrafts();
    applyTheme('');
    setLanguage('');
    session.set({ state: 'out', user: null, locked: false });
  }
}

export async function updateMe(changes) {
  const user = await api.patch('/api/me', changes);
  setLanguage(user.locale);
  applyTheme(user.theme);
  if ('locale' in changes) await loadPluginTexts();
  // The whole page renders again in the new language or zone. Restore the keyboard focus.
  const focused = document.activeElement?.id;
  session.set((old) => ({ ...old, user, version: old.version + 1 }));
  if (focused)
    requestAnimationFrame(() =>
      requestAnimationFrame(() => document.getElementById(focused)?.focus()),
    );
}
