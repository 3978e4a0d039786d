// What the calendar page needs first is asked for as soon as the user is known, while texts and
// modules are still being loaded.
import * as api from '../api.js';
import { locale } from '../i18n.js';
import { onLive } from '../live.js';
import { NARROW } from '../media_query.js';
import { route } from '../router.js';
import { placeOf } from './address.js';
import { loadFullCalendar } from './loader.js';
import { firstView, rangeOf } from './views.js';
import { wallOf, weekStart } from './times.js';

const OTHER_PAGES = ['leads', 'contacts', 'settings', 'mail', 'plugins'];

let begun = new Map(); // {path: answer}, until they are taken

export const occurrencesPath = (range) => api.query('/api/occurrences', { ...range, brief: 1 });
export const CALENDARS_PATH = '/api/calendars';

// What has changed since is asked for again.
onLive('events', () => begun.delete('occurrences'));
onLive('calendars', () => (begun = new Map()));

function ask(name, path, get) {
  const answer = get(path);
  answer.catch(() => {}); // reported where it is taken
  begun.set(name, { path, answer });
}

const isCalendar = () => !OTHER_PAGES.includes(route.get().parts[0]);

// While the host is asked who the user is.
export function prepareCalendar() {
  if (isCalendar()) loadFullCalendar().catch(() => {}); // reported by the page
}

// `zone`: the user's.
export function beginCalendar(zone) {
  begun = new Map();
  if (!isCalendar()) return;
  const place = placeOf(route.get());
  const view = firstView(place.view, matchMedia(NARROW).matches);
  const day = place.day || wallOf(Date.now(), zone).day;
  ask('occurrences', occurrencesPath(rangeOf(view, day, weekStart(locale()))), api.getList);
  ask('calendars', CALENDARS_PATH, api.get);
}

// The answer to what was asked for at the beginning, once; undefined if that was something else.
export function begunAnswer(name, path) {
  const found = begun.get(name);
  begun.delete(name);
  return found?.path === path ? found.answer : undefined;
}
