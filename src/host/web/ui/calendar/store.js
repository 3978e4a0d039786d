// State of the calendar page: calendars, the occurrences of the visible range, and optimistic
// changes. Fetches again on live messages.
import * as api from '../api.js';
import { coalesced } from '../coalesce.js';
import { onLive } from '../live.js';
import { createStore } from '../store.js';
import { keyOf } from './occurrences.js';

export function createCalendarStore() {
  const store = createStore({
    calendars: null,
    occurrences: [],
    overlay: new Map(),
    range: null,
    loadedRange: null, // of `occurrences`
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
      const occurrences = await api.get(api.query('/api/occurrences', range));
      if (ticket !== latest) return;
      store.set({ occurrences, loadedRange: range, error: null, loading: false });
    } catch (error) {
      if (ticket === latest) store.set({ error, loading: false });
    }
  }

  const soon = coalesced(loadOccurrences);

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
        onLive('accounts', loadCalendars),
      ];
      loadCalendars();
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
