// How FullCalendar renders the appointments of the calendar page: its options, and the content of
// an appointment. Text enters the page as textContent only.
import { currentLanguage, locale, t } from '../i18n.js';
import { sharesOf } from './colors.js';
import { formatOwnZone, formatShortTime, formatTime, formatWeekday, guestsText } from './format.js';
import { wallOf, weekStart } from './times.js';

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

const ANSWERED = { needs_action: 'circle-dot', tentative: 'circle-help', declined: 'circle-x' };

function iconOf(name, label) {
  const icon = span(`icon icon-${name}`);
  if (label) {
    icon.setAttribute('role', 'img');
    icon.setAttribute('aria-label', label);
  }
  return icon;
}

// A month has room for the user's own answer only.
function iconsOf(occurrence, isMonth) {
  const icons = span('ev-icons');
  const add = (name, label) => icons.append(iconOf(name, label));
  if (!occurrence) return icons;
  const { answer, visibility, recurring, guests } = occurrence;
  if (ANSWERED[answer]) add(ANSWERED[answer], t(`answer.${answer}`));
  if (isMonth) return icons;
  if (visibility === 'private' || visibility === 'confidential') add('lock');
  if (recurring) add('repeat');
  if (guests?.length > 1) add('users-round');
  return icons;
}

function contentOf(info, zone) {
  const { occurrence, held } = info.event.extendedProps;
  const title = span('ev-title', info.event.title);
  title.dir = 'auto';
  // Seen however small the entry is.
  if (held !== undefined) title.prepend(iconOf('cloud-off', t('sync.not_transferred')), ' ');
  const nodes = [];
  const inMonth = info.view.type === 'dayGridMonth';
  const inGrid = info.view.type.startsWith('timeGrid');
  const inList = info.view.type.startsWith('list');
  if (info.timeText && !info.event.allDay) {
    const time = inMonth
      ? formatShortTime(info.event.start.getTime(), zone)
      : timeText(info.event, info.isShort, zone);
    nodes.push(span('ev-time', time));
  } else if (inList) nodes.push(span('ev-time', t('calendar.all_day')));
  // In a time column the title comes first; the position on the axis shows the time already.
  nodes[inGrid && !info.event.allDay ? 'unshift' : 'push'](title);
  const place = [
    occurrence?.location,
    inList && occurrence?.guests?.length > 0 && guestsText(occurrence.guests),
  ].filter(Boolean);
  if (place.length && !info.event.allDay && !info.isShort && (inGrid || inList)) {
    const location = span('ev-location', place.join(' · '));
    location.dir = 'auto';
    nodes.push(location);
  }
  const own = occurrence && !info.isShort && !info.isMirror && !inMonth;
  const ownZone = own ? formatOwnZone(occurrence, zone) : '';
  if (ownZone) nodes.push(span('ev-zone', ownZone));
  const icons = iconsOf(occurrence, inMonth);
  if (icons.childNodes.length) nodes.push(icons);
  return { domNodes: nodes };
}

function classesOf(info) {
  const { occurrence } = info.event.extendedProps;
  if (!occurrence) return 'ev';
  const classes = ['ev'];
  if (info.view?.type.startsWith('list')) classes.push('ev-row');
  if (info.isPast) classes.push('ev-past');
  if (occurrence.masked) classes.push('ev-masked');
  if (occurrence.status === 'tentative') classes.push('ev-tentative');
  if (occurrence.transparency === 'transparent') classes.push('ev-free');
  if (occurrence.answer) classes.push(`ev-${occurrence.answer.replace('_', '-')}`);
  if (occurrence.pending) classes.push('ev-pending');
  return classes.join(' ');
}

// How much of the appointment's colour keeps its text readable, in both themes.
function paint(element, color) {
  const { light, dark } = sharesOf(color);
  element.style.setProperty('--light-share', `${light}%`);
  element.style.setProperty('--dark-share', `${dark}%`);
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
  slotEventOverlap: true,
  expandRows: true,
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
    // From the chosen day on, so that today is at the top whatever the day of the month is.
    listRolling: {
      type: 'list',
      duration: { days: 31 },
      titleFormat: { day: 'numeric', month: 'short', year: 'numeric' },
    },
    timeGridDay: {
      titleFormat: { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' },
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
  popoverClass: 'cal-popover',
  rowMoreLinkClass: 'cal-more-box',
  dayHeaderInnerClass: (info) => (info.isToday ? 'cal-head cal-today' : 'cal-head'),
  dayCellTopInnerClass: (info) => (info.isToday ? 'cal-number cal-today' : 'cal-number'),
  listDayHeaderClass: (info) => (info.isToday ? 'cal-list-head cal-list-today' : 'cal-list-head'),
  listDayHeaderInnerClass: 'cal-list-head-text',
  noEventsClass: 'cal-none-box',
  noEventsInnerClass: 'cal-none',
};

// "Mo 14", in every language in this order.
const dayLabel = (date, zone) =>
  `${formatWeekday(date.getTime(), zone)} ${Number(wallOf(date.getTime(), zone).day.slice(8))}`;

// The name of a link begins with what it shows: of a week "KW 49", of a day "Mo 30".
function linkName(text, date, zone) {
  const week = /^\D*(\d{1,2})$/.exec(text);
  const shown = week ? `${t('calendar.week_short')} ${week[1]}` : dayLabel(date, zone);
  return `${shown}: ${text}`;
}

const texts = (zone) => ({
  noEventsText: t('calendar.no_events'),
  allDayText: t('calendar.all_day'),
  weekTextShort: t('calendar.week_short'),
  timedText: t('calendar.timed'),
  eventsHint: t('calendar.events'),
  navLinkHint: (text, date) => linkName(text, date, zone),
  eventTimeFormat: { hour: 'numeric', minute: '2-digit' },
  // The hours of the axis look like the times of the appointments.
  slotHeaderContent: ({ time }) => formatTime(time.milliseconds, 'UTC'),
  popoverFormat: { weekday: 'long', day: 'numeric', month: 'long' },
  moreLinkText: (count) => t('calendar.more', { count }),
  moreLinkHint: (count) => t('calendar.more_hint', { count }),
});

// Names of cells for assistive technology come from what the cells show, not from a second text.
function nameByContent({ el }) {
  el.removeAttribute('aria-label');
  for (const hidden of el.querySelectorAll('[aria-hidden="true"]:not(.icon)'))
    hidden.removeAttribute('aria-hidden');
}

// FullCalendar opens the rest of a day below its row, also where the window ends. It places the
// popover after this call; what is higher than the window scrolls (calendar.css).
function keepInWindow(popover) {
  const margin = 10;
  requestAnimationFrame(() => {
    const below = popover.getBoundingClientRect().bottom + margin - window.innerHeight;
    if (below > 0) popover.style.top = `${Math.max(margin, popover.offsetTop - below)}px`;
  });
}

const roles = {
  dayHeaderDidMount: (info) => {
    nameByContent(info);
    const popover = info.el.closest('.cal-popover');
    if (popover) keepInWindow(popover);
  },
  dayCellDidMount: nameByContent,
  dayLaneDidMount: nameByContent,
  weekNumberHeaderDidMount: nameByContent,
  inlineWeekNumberDidMount: nameByContent,
  // The cell beside the hours is a heading whose text is only a label.
  viewDidMount: ({ el }) => {
    for (const cell of el.querySelectorAll('[role="rowheader"]:empty')) {
      cell.append(span('sr', cell.getAttribute('aria-label')));
      cell.removeAttribute('aria-label');
    }
  },
};

// "There is nothing", with a way to change that.
function emptyContent(on) {
  const box = document.createElement('div');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button quiet';
  button.append(span('icon icon-plus'), span('', t('appointment.new')));
  button.addEventListener('click', () => on().onCreate());
  box.className = 'cal-none-content';
  box.append(span('', t('calendar.no_events')), button);
  return { domNodes: [box] };
}

// `feed`: what is rendered (feed.js). `on` answers the current callbacks: {onShown, onSelect,
// onCreate, onOpen, onMove}. `day`: where to begin; today if it is absent.
export function calendarOptions({ feed, zone, view, day, on }) {
  return {
    ...LAYOUT,
    ...CLASSES,
    ...texts(zone),
    ...roles,
    views: {
      ...LAYOUT.views,
      timeGridWeek: { dayHeaderContent: ({ date }) => dayLabel(date, zone) },
      timeGridThree: {
        ...LAYOUT.views.timeGridThree,
        dayHeaderContent: ({ date }) => dayLabel(date, zone),
      },
    },
    locale: currentLanguage() === 'de' ? 'de' : locale(),
    timeZone: zone,
    firstDay: weekStart(locale()),
    initialView: view,
    ...(day ? { initialDate: day } : {}),
    eventContent: (info) => contentOf(info, zone),
    noEventsContent: () => emptyContent(on),
    eventDidMount: (info) => {
      info.el.setAttribute('title', info.event.title);
      info.el.dataset.key = info.event.id;
      paint(info.el, info.event.color);
      // The rows of a list are buttons, which a list may not contain.
      const list = info.el.parentElement;
      if (list?.getAttribute('role') === 'list') list.setAttribute('role', 'group');
      const { occurrence } = info.event.extendedProps;
      if (occurrence?.isNew && info.isStart) scrollIntoViewOncePlaced(info.el);
    },
    lazyFetching: false, // the feed answers for one range
    events: (info, success) => success(feed.answer(info)),
    moreLinkContent: feed.restContent,
    moreLinkClick: feed.openRest,
    datesSet: (info) => {
      const shown = info.view.calendar.getDate().getTime();
      on().onShown({
        title: info.view.title,
        view: info.view.type,
        day: wallOf(shown, zone).day,
      });
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
