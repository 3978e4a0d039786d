// Who is logged in, and how the page looks for them: language, theme, zone.
import * as api from './api.js';
import { isZone } from './calendar/times.js';
import { loadPluginTexts, setLanguage } from './i18n.js';
import { closeLive, connectLive } from './live.js';
import { createStore } from './store.js';

export const session = createStore({ state: 'loading', user: null, version: 0, locked: false });

const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

export function zone() {
  const wanted = session.get().user?.time_zone;
  return isZone(wanted) ? wanted : isZone(browserZone()) ? browserZone() : 'UTC';
}

function applyTheme(theme) {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

async function enter({ user, csrf }) {
  api.setCsrf(csrf);
  setLanguage(user.locale);
  applyTheme(user.theme);
  await loadPluginTexts();
  // The same person after an ended session finds the page, and what was typed in it, as it was.
  session.set((old) => ({
    state: 'in',
    user,
    version: old.locked && old.user?.id === user.id ? old.version : old.version + 1,
    locked: false,
  }));
  // A refused stream: ask once who one is, which notices an ended session; any other trouble shows itself where it hurts.
  connectLive(() => api.get('/api/session').catch(() => {}));
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
  // Everything is drawn anew, in the other language or zone: the keyboard stays where it was.
  const focused = document.activeElement?.id;
  session.set((old) => ({ ...old, user, version: old.version + 1 }));
  if (focused)
    requestAnimationFrame(() =>
      requestAnimationFrame(() => document.getElementById(focused)?.focus()),
    );
}
