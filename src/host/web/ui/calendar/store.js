// State of the calendar page: calendars, the occurrences of the visible range, and optimistic
// changes. Fetches again on live messages.
import * as api from '../api.js';
import { coalesced } from '../coalesce.js';
import { onLive } from '../live.js';
import { createStore } from '../store.js';
import { keyOf } from './occurrences.js';

// How often it is asked at most what is not transferred, and when first.
const HELD_GAP_MS = 3000;
const FIRST_HELD_MS = 1000;

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
  let latest = 0;

  async function loadCalendars() {
    try {
      store.set({ calendars: await api.get('/api/calendars') });
    } catch (error) {
      store.set({ error });
    }
  }

  async function loadOccurrences() {
    const { range } = store.get();
    if (!range) return;
    const ticket = ++latest;
    store.set({ loading: true });
    try {
      const occurrences = await api.getList(api.query('/api/occurrences', range));
      if (ticket !== latest) return;
      store.set({ occurrences, loadedRange: range, error: null, loading: false });
    } catch (error) {
      if (ticket === latest) store.set({ error, loading: false });
    }
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

  const soon = coalesced(loadOccurrences);
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
      store.set({ range: { start, end } });
      loadOccurrences();
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
