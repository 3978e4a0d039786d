// State of the calendar page: calendars, the occurrences of the visible range, and optimistic
// changes. Fetches again on live messages, and ahead what lies beside the visible range.
import * as api from '../api.js';
import { coalesced } from '../coalesce.js';
import { live, onLive } from '../live.js';
import { zone } from '../session.js';
import { createStore } from '../store.js';
import { begunAnswer, CALENDARS_PATH, occurrencesPath } from './begin.js';
import { covers, joined, missingBeside, rowsIn, spanOf } from './kept.js';
import { keyOf, occurrencesOf } from './occurrences.js';

// How often it is asked at most what is not transferred, and when first.
const HELD_GAP_MS = 3000;
const FIRST_HELD_MS = 1000;
// How long nothing must change before the ranges beside the visible one are fetched.
const AHEAD_MS = 300;

export function createCalendarStore() {
  const store = createStore({
    calendars: null,
    occurrences: [],
    overlay: new Map(),
    range: null,
    loadedRange: null, // of `occurrences`
    held: new Map(), // appointments that are not transferred: {event: text key of the reason}
    error: null,
    loading: false,
  });
  let latest = 0; // fetch of the visible range
  let version = 0; // counts what may make `kept` old
  let kept = null; // what is fetched, at least the visible range: kept.js
  let keptVersion = 0; // `version` when its fetch began: what is kept is new while they are equal
  let ahead = 0; // timer

  async function fetchCalendars() {
    try {
      const begun = begunAnswer('calendars', CALENDARS_PATH);
      store.set({ calendars: await (begun ?? api.get(CALENDARS_PATH)) });
    } catch (error) {
      store.set({ error });
    }
  }

  let calendars = null; // their fetch

  function loadCalendars() {
    calendars = fetchCalendars();
    return calendars;
  }

  async function fetchOccurrences(range) {
    const path = occurrencesPath(range);
    const rows = await (begunAnswer('occurrences', path) ?? api.getList(path));
    // Appointments have the colours of their calendars: rendered once, with them.
    if (!store.get().calendars) await calendars;
    return occurrencesOf(rows);
  }

  // Fetches what lies beside the visible range. It is dropped when something has changed meanwhile,
  // and a failure is no news: what is shown is there.
  async function loadAhead() {
    const ticket = version;
    const missing = missingBeside(kept, spanOf(store.get().range, zone()));
    if (!missing) return;
    try {
      const rows = await fetchOccurrences(missing.query);
      if (ticket === version) kept = joined(kept, { ...missing.span, rows });
    } catch (error) {
      console.debug(error);
    }
  }

  function loadAheadSoon() {
    clearTimeout(ahead);
    ahead = setTimeout(loadAhead, AHEAD_MS);
  }

  async function loadOccurrences() {
    const { range } = store.get();
    if (!range) return;
    const ticket = ++latest;
    const began = ++version;
    clearTimeout(ahead);
    store.set({ loading: true });
    try {
      const rows = await fetchOccurrences(range);
      if (ticket !== latest) return;
      kept = { ...spanOf(range, zone()), rows };
      keptVersion = began;
      store.set({ occurrences: rows, loadedRange: range, error: null, loading: false });
      loadAheadSoon();
    } catch (error) {
      if (ticket !== latest) return;
      kept = null;
      store.set({ error, loading: false });
    }
  }

  // Another range is visible. Without the connection what is kept may be old.
  function showRange(range) {
    const span = spanOf(range, zone());
    if (live.get().lost || !covers(kept, span)) {
      store.set({ range });
      loadOccurrences();
      return;
    }
    ++latest; // a fetch of the range before must not be shown in this one
    const occurrences = rowsIn(kept, span);
    store.set({ range, occurrences, loadedRange: range, error: null, loading: false });
    // Something changed and its fetch, of the range before, has not ended.
    if (keptVersion !== version) loadOccurrences();
    else loadAheadSoon();
  }

  async function loadHeld() {
    const { calendars } = store.get();
    const accounts = new Set((calendars || []).map((item) => item.account).filter(Boolean));
    const answers = await Promise.allSettled(
      [...accounts].map((id) => api.get(`/api/accounts/${api.segment(id)}/status`)),
    );
    const items = answers.flatMap(({ value }) => value?.held || []);
    const held = new Map(items.filter((item) => item.event).map((item) => [item.event, item.key]));
    const isSame = JSON.stringify([...held]) === JSON.stringify([...store.get().held]);
    if (!isSame) store.set({ held });
  }

  const fetchSoon = coalesced(loadOccurrences);
  const soon = () => {
    ++version;
    fetchSoon();
  };
  const heldSoon = coalesced(loadHeld, HELD_GAP_MS);

  return {
    ...store,
    load() {
      loadCalendars();
      loadOccurrences();
    },
    loadOccurrences,
    setRange(start, end) {
      const { range } = store.get();
      if (range?.start === start && range?.end === end) return;
      showRange({ start, end });
    },
    connect() {
      const stops = [
        onLive('events', soon),
        onLive('calendars', () => {
          loadCalendars();
          soon();
        }),
        onLive('accounts', () => loadCalendars().then(heldSoon)),
      ];
      // Not before the appointments are there.
      loadCalendars().then(() => setTimeout(heldSoon, FIRST_HELD_MS));
      return () => {
        for (const stop of stops) stop();
        clearTimeout(ahead);
        ++version;
      };
    },
    // Shows an optimistic change: `occurrence` replaces the stored one, null hides it. Answers a
    // function that removes the change.
    show(key, occurrence) {
      store.set((old) => ({ ...old, overlay: new Map(old.overlay).set(key, occurrence) }));
      return () =>
        store.set((old) => {
          const overlay = new Map(old.overlay);
          overlay.delete(key);
          return { ...old, overlay };
        });
    },
    shown() {
      const { occurrences, overlay } = store.get();
      const rest = occurrences.filter((occurrence) => !overlay.has(keyOf(occurrence)));
      return [...rest, ...[...overlay.values()].filter(Boolean)];
    },
    async setVisible(calendar, visible) {
      const put = (value) =>
        store.set((old) => ({
          ...old,
          calendars: old.calendars.map((item) =>
            item.id === calendar.id ? { ...item, visible: value } : item,
          ),
        }));
      put(visible);
      try {
        await api.patch(`/api/calendars/${api.segment(calendar.id)}`, { visible });
        loadOccurrences();
      } catch (error) {
        put(!visible);
        throw error;
      }
    },
    async setDefault(calendar) {
      await api.put('/api/calendars/default', { calendar: calendar.id });
      await loadCalendars();
    },
  };
}
