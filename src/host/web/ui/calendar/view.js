// FullCalendar as a component: renders the store's occurrences and reports the user's actions to
// the page. It never saves.
import { LoadError, Skeleton } from '../components/basics.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { t } from '../i18n.js';
import { listenToEntryKeys } from './entry_keys.js';
import { formatWhen } from './format.js';
import { loadFullCalendar } from './loader.js';
import { addDays } from './times.js';
import { calendarOptions } from './view_options.js';

// The day after the last one.
const dayAfter = (startStr, endStr) =>
  endStr ? endStr.slice(0, 10) : addDays(startStr.slice(0, 10), 1);

const RENDERED = ['occurrences', 'overlay', 'calendars', 'held'];

// Renders again whenever the store changes. Answers a function that ends it.
function followStore(calendar, box, store) {
  let rendered = store.get();
  let scrolledRange = null;
  return store.watch((value) => {
    if (RENDERED.every((name) => rendered[name] === value[name])) return;
    rendered = value;
    // Renders before it returns, where refetchEvents alone renders a few milliseconds later.
    calendar.batchRendering(() => calendar.refetchEvents());
    // A list starts with the first of the month. Scroll to today, once for each range.
    if (!calendar.view.type.startsWith('list')) return;
    if (value.loadedRange !== value.range || value.range === scrolledRange) return;
    scrolledRange = value.range;
    box.querySelector('.cal-list-today')?.scrollIntoView({ block: 'start' });
  });
}

// FullCalendar renders once to measure and once as measured. Only the second is shown, so that
// nothing moves before the user's eyes.
function showOncePlaced(box) {
  box.classList.add('placing');
  const inFrames = (count) =>
    requestAnimationFrame(() =>
      count > 1 ? inFrames(count - 1) : box.classList.remove('placing'),
    );
  inFrames(3);
}

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
      .then(({ Calendar }) => {
        if (ended) return;
        setState('ready');
        const on = () => callbacks.current;
        calendar = new Calendar(box.current, calendarOptions({ store, zone, view, day, on }));
        calendar.render();
        showOncePlaced(box.current);
        const stopFollowing = followStore(calendar, box.current, store);
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
          stopFollowing();
          stopKeys();
        };
        observer = new ResizeObserver(() => calendar?.updateSize?.());
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
