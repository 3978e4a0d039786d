// FullCalendar in a component: draws what the store shows, and tells the page what a person did. It must never save.
import { LoadError, Skeleton } from '../components/basics.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { currentLanguage, locale, t } from '../i18n.js';
import { colorOf } from './colors.js';
import { formatOwnZone, formatTime, titleOf } from './format.js';
import { loadFullCalendar } from './loader.js';
import { keyOf } from './store.js';

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

// Text only ever enters as textContent.
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
  // In a column the title comes first: it is what is looked for, and the place on the axis tells the time already.
  nodes[inGrid && !info.event.allDay ? 'unshift' : 'push'](title);
  if (occurrence?.location && inGrid && !info.event.allDay && !info.isShort) {
    const place = span('ev-place', occurrence.location);
    place.dir = 'auto';
    nodes.push(place);
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

export function CalendarView({ store, zone, view, onTitle, onReady, onOpen, onSelect, onMove }) {
  const box = useRef(null);
  const calls = useRef({});
  calls.current = { onTitle, onOpen, onSelect, onMove };
  const [state, setState] = useState('loading');

  useEffect(() => {
    let calendar = null;
    let ended = false;
    let stop = () => {};
    let observer = null;
    setState('loading');
    loadFullCalendar()
      .then((full) => {
        if (ended) return;
        setState('ready');
        calendar = new full.Calendar(box.current, {
          locale: currentLanguage() === 'de' ? 'de' : locale(),
          timeZone: zone,
          firstDay: firstDay(),
          initialView: view,
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
          noEventsText: t('calendar.no_events'),
          allDayText: t('calendar.all_day'),
          weekTextShort: t('calendar.week_short'),
          eventTimeFormat: { hour: 'numeric', minute: '2-digit' },
          slotHeaderFormat: { hour: 'numeric', minute: '2-digit' },
          moreLinkText: (count) => t('calendar.more', { count }),
          views: {
            timeGridThree: { type: 'timeGrid', duration: { days: 3 } },
            timeGridWeek: {
              dayHeaderFormat: { weekday: 'short', day: 'numeric' },
              dayHeaderContent: (info) => info.text.replace('., ', ' ').replace(/\.$/, ''),
            },
          },
          eventClass: classesOf,
          blockEventClass: 'ev-block',
          listItemEventClass: 'ev-item',
          columnEventClass: (info) => (info.isShort ? 'ev-column ev-short' : 'ev-column'),
          fixedWeekCount: false,
          nextDayThreshold: '05:00:00',
          slotHeaderInnerClass: 'cal-slot',
          allDayHeaderInnerClass: 'cal-slot',
          weekNumberHeaderInnerClass: 'cal-slot',
          inlineWeekNumberClass: 'cal-week',
          moreLinkInnerClass: 'cal-more',
          rowMoreLinkClass: 'cal-more-box',
          dayHeaderInnerClass: (info) => (info.isToday ? 'cal-head cal-today' : 'cal-head'),
          dayCellTopInnerClass: (info) => (info.isToday ? 'cal-number cal-today' : 'cal-number'),
          listDayHeaderClass: (info) =>
            info.isToday ? 'cal-list-head cal-list-today' : 'cal-list-head',
          listDayHeaderInnerClass: 'cal-list-head-text',
          noEventsClass: 'cal-none-box',
          noEventsInnerClass: 'cal-none',
          eventContent: (info) => contentOf(info, zone),
          eventDidMount: (info) => info.el.setAttribute('title', info.event.title),
          events: (info, success) => {
            const calendars = new Map((store.get().calendars || []).map((item) => [item.id, item]));
            success(store.shown().map((occurrence) => inputOf(occurrence, calendars)));
          },
          datesSet: (info) => {
            store.setRange(
              info.startStr.length === 10 ? info.startStr : info.start.toISOString(),
              info.endStr.length === 10 ? info.endStr : info.end.toISOString(),
            );
            calls.current.onTitle({ title: info.view.title, view: info.view.type });
          },
          select: (info) => {
            calls.current.onSelect(
              info.allDay
                ? { startDay: info.startStr.slice(0, 10), endDay: info.endStr.slice(0, 10) }
                : { startMs: info.start.getTime(), endMs: info.end.getTime() },
            );
          },
          eventClick: (info) => {
            info.jsEvent.preventDefault();
            const { occurrence } = info.event.extendedProps;
            if (!occurrence.pending) calls.current.onOpen(occurrence);
          },
          eventDrop: (info) => calls.current.onMove(info),
          eventResize: (info) => calls.current.onMove(info),
          plugins: [],
        });
        calendar.render();
        let drawn = null;
        let scrolled = {}; // the list begins with the month, a person with today: once for each range
        stop = store.watch((value) => {
          if (
            drawn &&
            drawn.occurrences === value.occurrences &&
            drawn.overlay === value.overlay &&
            drawn.calendars === value.calendars
          )
            return;
          drawn = value;
          calendar.refetchEvents();
          if (
            value.occurrences !== scrolled.occurrences &&
            value.range !== scrolled.range &&
            calendar.view.type.startsWith('list')
          ) {
            scrolled = value;
            setTimeout(
              () =>
                box.current?.querySelector('.cal-list-today')?.scrollIntoView({ block: 'start' }),
              50,
            );
          }
        });
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
    ${state === 'failed' && html`<${LoadError} text=${t('calendar.load_failed')} retry=${() => location.reload()} />`}
    ${state === 'loading' && html`<${Skeleton} rows=${6} />`}
    <div class="fc-box" ref=${box}></div>
  </div>`;
}
