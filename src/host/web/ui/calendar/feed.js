// What FullCalendar is given to render: the store's appointments of the range that it asks for, of
// a month only those that can be seen. The links to the rest of a day count the others too, and
// have all of the day when they are opened.
import { number, t } from '../i18n.js';
import { colorOf } from './colors.js';
import { titleOf } from './format.js';
import { isMonth, seenInMonth } from './month_days.js';
import { keyOf } from './occurrences.js';
import { daysBetween, wallOf } from './times.js';

// Heights in a month, in pixels and rather too small: the names of the weekdays, the number of a
// day, an entry. More entries than fit do not harm, fewer are noticed a moment later (`complete`).
const HEAD = 28;
const NUMBER = 24;
const ENTRY = 20;
const NARROW_ENTRY = 16;
const NARROW_BOX = 700;
// FullCalendar makes a link when it has more than fits.
const SPARE = 1;

function inputOf(occurrence, calendars, held) {
  return {
    id: keyOf(occurrence),
    title: titleOf(occurrence),
    start: occurrence.start,
    end: occurrence.end,
    allDay: occurrence.all_day,
    editable: occurrence.editable && !occurrence.pending,
    color: colorOf(occurrence, calendars.get(occurrence.calendar)),
    extendedProps: { occurrence, held: held.get(occurrence.event) },
  };
}

// How many entries a day of a month shows at most.
const roomOf = (box, { start, end }) => {
  const row = (box.clientHeight - HEAD) / (daysBetween(start, end) / 7);
  const entry = box.clientWidth < NARROW_BOX ? NARROW_ENTRY : ENTRY;
  return Math.max(1, Math.floor((row - NUMBER) / entry)) + SPARE;
};

const dayOf = (link) => link.closest('[data-date]')?.dataset.date;

// What a link to the rest of a day shows. `hidden`: entries that FullCalendar has and hides.
function restContent({ num, text, numericText }) {
  const element = document.createElement('span');
  element.dataset.hidden = num;
  if (text === numericText) element.dataset.brief = 'true';
  element.textContent = text;
  return { domNodes: [element] };
}

// Counts in the links of `box` also what FullCalendar does not have: `left`, by day.
function countRest(box, left) {
  for (const link of box.querySelectorAll('.cal-more-box')) {
    const text = link.querySelector('[data-hidden]');
    if (!text) continue;
    const count = Number(text.dataset.hidden) + (left.get(dayOf(link)) || 0);
    const shown = text.dataset.brief ? `+${number(count)}` : t('calendar.more', { count });
    if (text.textContent !== shown) text.textContent = shown;
    const hint = t('calendar.more_hint', { count });
    if (link.title !== hint) link.title = hint;
  }
}

const inFrames = (count, action) =>
  requestAnimationFrame(() => (count > 1 ? inFrames(count - 1, action) : action()));

// `box`: the element of the calendar; `refetch()` renders again what `answer` answers then.
export function createFeed({ store, zone, box, refetch }) {
  let range = null; // {start, end}, days
  let isAnswering = false;
  let extra = 0; // entries of a day beyond what was expected to fit
  let given = 0; // how many of a day it has at most
  let left = new Map(); // how many of a day it does not have
  let whole = new Set(); // days of which it has all
  let checks = 0;

  const room = () => roomOf(box, range) + extra;

  // A day without a link has room for more than was expected.
  function complete() {
    if (!box.clientHeight) return;
    const linked = new Set([...box.querySelectorAll('.cal-more-box')].map(dayOf));
    if ([...left.keys()].every((day) => linked.has(day))) return;
    extra += SPARE;
    refetch();
  }

  function completeSoon() {
    const check = ++checks;
    // FullCalendar renders once to measure, and once as measured.
    if (left.size) inFrames(3, () => check === checks && complete());
  }

  return {
    // Does the store change because FullCalendar asks?
    isAnswering: () => isAnswering,
    // FullCalendar asks before it renders a range, and again after `refetch`.
    answer({ startStr, endStr }) {
      const asked = { start: startStr.slice(0, 10), end: endStr.slice(0, 10) };
      if (asked.start !== range?.start || asked.end !== range?.end) whole = new Set();
      range = asked;
      isAnswering = true;
      store.setRange(asked.start, asked.end);
      isAnswering = false;
      let rows = store.shown();
      left = new Map();
      given = Infinity;
      if (isMonth(range)) {
        given = room();
        ({ rows, left } = seenInMonth(rows, range, { zone, most: given, whole }));
        completeSoon();
      }
      const { calendars, held } = store.get();
      const byId = new Map((calendars || []).map((item) => [item.id, item]));
      return rows.map((row) => inputOf(row, byId, held));
    },
    restContent,
    // The user opens the rest of a day.
    openRest({ date }) {
      const { day } = wallOf(date.getTime(), zone);
      whole.add(day);
      if (left.has(day)) refetch();
      return 'popover';
    },
    // The box has another size.
    resized() {
      if (left.size && room() > given) refetch();
    },
    // Keeps the counts right. Answers a function that ends it.
    connect() {
      const observer = new MutationObserver(() => countRest(box, left));
      observer.observe(box, { childList: true, subtree: true });
      return () => {
        observer.disconnect();
        ++checks;
      };
    },
    count: () => countRest(box, left),
  };
}
