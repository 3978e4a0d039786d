// FullCalendar as a component: renders the store's occurrences and reports the user's actions to
// the page. It never saves.
import { LoadError, Skeleton } from '../components/basics.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { t } from '../i18n.js';
import { listenToEntryKeys } from './entry_keys.js';
import { createFeed } from './feed.js';
import { formatWhen } from './format.js';
import { loadFullCalendar } from './loader.js';
import { addDays } from './times.js';
import { calendarOptions } from './view_options.js';

// The day after the last one.
const dayAfter = (startStr, endStr) =>
  endStr ? endStr.slice(0, 10) : addDays(startStr.slice(0, 10), 1);

const ROWS_MS = 150;
const RENDERED = ['occurrences', 'overlay', 'calendars', 'held'];

// Renders again whenever the store changes. Answers {scroll, stop}: `scroll` when another range is
// rendered.
function followStore({ calendar, box, store, feed, refetch }) {
  let rendered = store.get();
  let scrolledRange = null;
  // A list starts with the first of the month. Scroll to today, once for each range.
  const scroll = () => {
    if (!calendar.view.type.startsWith('list')) return;
    const { range, loadedRange } = store.get();
    if (loadedRange !== range || range === scrolledRange) return;
    scrolledRange = range;
    box.querySelector('.cal-list-today')?.scrollIntoView({ block: 'start' });
  };
  const stop = store.watch((value) => {
    const isSame = RENDERED.every((name) => rendered[name] === value[name]);
    const isEmpty = [rendered, value].every((one) => !one.occurrences.length && !one.overlay.size);
    rendered = value;
    if (isSame || isEmpty || feed.isAnswering()) return;
    refetch();
    scroll();
  });
  return { scroll, stop };
}

// FullCalendar renders once to measure and once as measured. Only the second is shown, so that
// nothing moves before the user's eyes. A month is placed before its first frame is painted, the
// hours of a week are not.
function showOncePlaced(box, isMonth) {
  box.classList.add('placing');
  const inFrames = (count) =>
    requestAnimationFrame(() =>
      count > 1 ? inFrames(count - 1) : box.classList.remove('placing'),
    );
  inFrames(isMonth ? 1 : 3);
}

// Until the appointments that the calendar has asked for are there, so that it is rendered once;
// but not for long: an empty calendar is better than none.
const rowsSoon = (store) =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(end, ROWS_MS);
    const stop = store.watch(({ loading }) => !loading && end());
    if (!store.get().loading) end();
  });

export function CalendarView({ store, zone, view, day, onReady, ...handlers }) {
  const box = useRef(null);
  const callbacks = useRef({});
  callbacks.current = handlers; // {onShown, onOpen, onSelect, onMove}
  const [state, setState] = useState('loading');
  const [said, setSaid] = useState(''); // where the keyboard has moved an appointment

  useEffect(() => {
    let calendar = null;
    let ended = false;
    let stop = () => {};
    let observer = null;
    setState('loading');
    loadFullCalendar()
      .then(async ({ Calendar }) => {
        if (ended) return;
        const on = () => callbacks.current;
        // Renders before it returns, where refetchEvents alone renders a few milliseconds later.
        const refetch = () => {
          calendar.batchRendering(() => calendar.refetchEvents());
          feed.count();
        };
        const feed = createFeed({ store, zone, box: box.current, refetch });
        calendar = new Calendar(box.current, calendarOptions({ feed, zone, view, day, on }));
        const following = followStore({ calendar, box: box.current, store, feed, refetch });
        calendar.on('datesSet', following.scroll);
        stop = following.stop;
        await rowsSoon(store);
        if (ended) return;
        setState('ready');
        calendar.render();
        showOncePlaced(box.current, calendar.view.type === 'dayGridMonth');
        const stopCounting = feed.connect();
        const stopKeys = listenToEntryKeys({
          calendar,
          box: box.current,
          onMove: (info) => on().onMove(info),
          say: ({ allDay, start, end, startStr, endStr }) =>
            setSaid(
              formatWhen(
                allDay
                  ? { all_day: true, start: startStr.slice(0, 10), end: dayAfter(startStr, endStr) }
                  : { start: start.toISOString(), end: (end || start).toISOString() },
                zone,
              ),
            ),
          refuse: () => setSaid(t('event.read_only')),
        });
        stop = () => {
          following.stop();
          stopCounting();
          stopKeys();
        };
        observer = new ResizeObserver(() => feed.resized());
        observer.observe(box.current);
        onReady(calendar);
      })
      .catch((error) => {
        console.error(error);
        if (!ended) setState('failed');
      });
    return () => {
      ended = true;
      stop();
      observer?.disconnect();
      calendar?.destroy();
    };
  }, [zone]);

  return html`<div class="calendar-box">
    ${
      state === 'failed' &&
      html`<${LoadError} text=${t('calendar.load_failed')} retry=${() => location.reload()} />`
    }
    ${state === 'loading' && html`<${Skeleton} rows=${6} />`}
    <div class="fc-box" ref=${box}></div>
    <div class="sr" role="status">${said}</div>
  </div>`;
}
