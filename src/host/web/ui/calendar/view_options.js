// How FullCalendar renders the appointments of the calendar page: its options, and the content of
// an appointment. Text enters the page as textContent only.
import { currentLanguage, locale, t } from '../i18n.js';
import { colorOf } from './colors.js';
import { formatOwnZone, formatTime, titleOf } from './format.js';
import { keyOf } from './occurrences.js';

function firstDay() {
  const info = new Intl.Locale(locale());
  const week = info.getWeekInfo?.() || info.weekInfo;
  return (week?.firstDay ?? 1) % 7;
}

function span(className, text) {
  const element = document.createElement('span');
  element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function timeText(event, isShort, zone) {
  const start = formatTime(event.start.getTime(), zone);
  return isShort || !event.end ? start : `${start}–${formatTime(event.end.getTime(), zone)}`;
}

function contentOf(info, zone) {
  const { occurrence } = info.event.extendedProps;
  const title = span('ev-title', info.event.title);
  title.dir = 'auto';
  const icons = span('ev-icons');
  const add = (name) => icons.append(span(`icon icon-${name}`));
  if (occurrence?.visibility === 'private' || occurrence?.visibility === 'confidential')
    add('lock');
  if (occurrence?.recurring) add('repeat');
  if (occurrence?.guests?.length > 1) add('users-round');
  const nodes = [];
  const inGrid = info.view.type.startsWith('timeGrid');
  if (info.timeText && !info.event.allDay)
    nodes.push(
      span(
        'ev-time',
        timeText(info.event, info.isShort || info.view.type === 'dayGridMonth', zone),
      ),
    );
  // In a time column the title comes first; the position on the axis shows the time already.
  nodes[inGrid && !info.event.allDay ? 'unshift' : 'push'](title);
  if (occurrence?.location && inGrid && !info.event.allDay && !info.isShort) {
    const location = span('ev-location', occurrence.location);
    location.dir = 'auto';
    nodes.push(location);
  }
  const own =
    occurrence && !info.isShort && !info.isMirror && info.view.type !== 'dayGridMonth'
      ? formatOwnZone(occurrence, zone)
      : '';
  if (own) nodes.push(span('ev-zone', own));
  if (icons.childNodes.length) nodes.push(icons);
  return { domNodes: nodes };
}

function classesOf(info) {
  const { occurrence } = info.event.extendedProps;
  if (!occurrence) return 'ev';
  const classes = ['ev'];
  if (info.isPast) classes.push('ev-past');
  if (occurrence.masked) classes.push('ev-masked');
  if (occurrence.status === 'tentative') classes.push('ev-tentative');
  if (occurrence.transparency === 'transparent') classes.push('ev-free');
  if (occurrence.pending) classes.push('ev-pending');
  return classes.join(' ');
}

function inputOf(occurrence, calendars) {
  return {
    id: keyOf(occurrence),
    title: titleOf(occurrence),
    start: occurrence.start,
    end: occurrence.end,
    allDay: occurrence.all_day,
    editable: occurrence.editable && !occurrence.pending,
    color: colorOf(occurrence, calendars.get(occurrence.calendar)),
    extendedProps: { occurrence },
  };
}

// Scrolls after the next layout: FullCalendar places an event once its grid has been measured.
function scrollIntoViewOncePlaced(element) {
  const observer = new IntersectionObserver(() => {
    observer.disconnect();
    element.scrollIntoView({ block: 'nearest' });
  });
  observer.observe(element);
}

const LAYOUT = {
  headerToolbar: false,
  height: '100%',
  nowIndicator: true,
  editable: true,
  selectable: true,
  selectMirror: true,
  eventResizableFromStart: true,
  dayMaxEvents: true,
  navLinks: true,
  weekNumbers: true,
  scrollTime: '07:30:00',
  slotDuration: '00:30:00',
  snapDuration: '00:15:00',
  slotEventOverlap: false,
  eventMinHeight: 22,
  eventShortHeight: 40,
  longPressDelay: 350,
  defaultTimedEventDuration: '01:00',
  allDayMaintainDuration: false,
  eventInteractive: true,
  rerenderDelay: 10,
  fixedWeekCount: false,
  nextDayThreshold: '05:00:00',
  views: {
    timeGridThree: { type: 'timeGrid', duration: { days: 3 } },
    timeGridWeek: {
      dayHeaderFormat: { weekday: 'short', day: 'numeric' },
      dayHeaderContent: (info) => info.text.replace('., ', ' ').replace(/\.$/, ''),
    },
  },
};

const CLASSES = {
  eventClass: classesOf,
  blockEventClass: 'ev-block',
  listItemEventClass: 'ev-item',
  columnEventClass: (info) => (info.isShort ? 'ev-column ev-short' : 'ev-column'),
  slotHeaderInnerClass: 'cal-slot',
  allDayHeaderInnerClass: 'cal-slot',
  weekNumberHeaderInnerClass: 'cal-slot',
  inlineWeekNumberClass: 'cal-week',
  moreLinkInnerClass: 'cal-more',
  rowMoreLinkClass: 'cal-more-box',
  dayHeaderInnerClass: (info) => (info.isToday ? 'cal-head cal-today' : 'cal-head'),
  dayCellTopInnerClass: (info) => (info.isToday ? 'cal-number cal-today' : 'cal-number'),
  listDayHeaderClass: (info) => (info.isToday ? 'cal-list-head cal-list-today' : 'cal-list-head'),
  listDayHeaderInnerClass: 'cal-list-head-text',
  noEventsClass: 'cal-none-box',
  noEventsInnerClass: 'cal-none',
};

const texts = () => ({
  noEventsText: t('calendar.no_events'),
  allDayText: t('calendar.all_day'),
  weekTextShort: t('calendar.week_short'),
  eventTimeFormat: { hour: 'numeric', minute: '2-digit' },
  slotHeaderFormat: { hour: 'numeric', minute: '2-digit' },
  moreLinkText: (count) => t('calendar.more', { count }),
});

// The visible range in the host's form: days in a month or list, else instants.
const rangeOf = ({ start, startStr, end, endStr }) => [
  startStr.length === 10 ? startStr : start.toISOString(),
  endStr.length === 10 ? endStr : end.toISOString(),
];

// `on` answers the current callbacks: {onTitle, onSelect, onOpen, onMove}.
export function calendarOptions({ store, zone, view, on }) {
  return {
    ...LAYOUT,
    ...CLASSES,
    ...texts(),
    locale: currentLanguage() === 'de' ? 'de' : locale(),
    timeZone: zone,
    firstDay: firstDay(),
    initialView: view,
    eventContent: (info) => contentOf(info, zone),
    eventDidMount: (info) => {
      info.el.setAttribute('title', info.event.title);
      const { occurrence } = info.event.extendedProps;
      if (occurrence?.isNew && info.isStart) scrollIntoViewOncePlaced(info.el);
    },
    events: (info, success) => {
      const calendars = new Map((store.get().calendars || []).map((item) => [item.id, item]));
      success(store.shown().map((occurrence) => inputOf(occurrence, calendars)));
    },
    datesSet: (info) => {
      store.setRange(...rangeOf(info));
      on().onTitle({ title: info.view.title, view: info.view.type });
    },
    select: (info) => {
      on().onSelect(
        info.allDay
          ? { startDay: info.startStr.slice(0, 10), endDay: info.endStr.slice(0, 10) }
          : { startMs: info.start.getTime(), endMs: info.end.getTime() },
      );
    },
    eventClick: (info) => {
      info.jsEvent.preventDefault();
      const { occurrence } = info.event.extendedProps;
      if (!occurrence.pending) on().onOpen(occurrence);
    },
    eventDrop: (info) => on().onMove(info),
    eventResize: (info) => on().onMove(info),
    plugins: [],
  };
}
