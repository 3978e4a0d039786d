// The calendar page: toolbar, list of calendars, the calendar itself, and the dialogs of
// appointments.
import { Button, Icon, IconButton } from '../components/basics.js';
import { Dialog } from '../components/dialog.js';
import { showToast } from '../components/toast.js';
import { useKeys } from '../focus.js';
import { html, useEffect, useMemo, useRef, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { NARROW, useMediaQuery } from '../media_query.js';
import { route } from '../router.js';
import { zone as userZone } from '../session.js';
import { useStore } from '../store.js';
import { CalendarList } from './calendar_list.js';
import { AppointmentDialogs } from './appointment_dialogs.js';
import { useAppointments } from './appointments.js';
import { createCalendarStore } from './store.js';
import { addDays, isDay, wallOf } from './times.js';
import { CalendarView } from './view.js';

const WIDE_VIEWS = {
  dayGridMonth: 'month',
  timeGridWeek: 'week',
  timeGridDay: 'day',
  listMonth: 'list',
};
// Seven columns of hours are unreadable on a phone, so three days replace the week there.
const NARROW_VIEWS = {
  dayGridMonth: 'month',
  timeGridThree: 'three',
  timeGridDay: 'day',
  listMonth: 'list',
};
const viewsOf = (isNarrow) => (isNarrow ? NARROW_VIEWS : WIDE_VIEWS);
const VIEW_KEY = 'crm.calendar.view';

function initialView(isNarrow) {
  const remembered = localStorage.getItem(VIEW_KEY);
  if (viewsOf(isNarrow)[remembered]) return remembered;
  return isNarrow ? 'listMonth' : 'timeGridWeek';
}

// The times of a FullCalendar event.
function timesOf(event) {
  if (event.allDay) {
    const start = event.startStr.slice(0, 10);
    return {
      allDay: true,
      start,
      end: event.endStr ? event.endStr.slice(0, 10) : addDays(start, 1),
    };
  }
  return {
    allDay: false,
    start: event.start.getTime(),
    end: event.end ? event.end.getTime() : event.start.getTime() + 3600000,
  };
}

function Toolbar({ title, views, view, setView, calendar, onCreate, onList }) {
  return html`<header class="calendar-bar">
    <h1 class="calendar-title" aria-live="polite">${title}</h1>
    <div class="calendar-nav">
      <${Button} onClick=${() => calendar?.today()}>${t('calendar.today')}<//>
      <${IconButton}
        icon="chevron-left"
        label=${t('calendar.previous')}
        onClick=${() => calendar?.prev()}
      />
      <${IconButton}
        icon="chevron-right"
        label=${t('calendar.next')}
        onClick=${() => calendar?.next()}
      />
    </div>
    <span class="grow"></span>
    <div class="segments" role="group" aria-label=${t('calendar.view')}>
      ${Object.entries(views).map(
        ([name, label]) => html`<button
          type="button"
          aria-pressed=${String(view === name)}
          onClick=${() => setView(name)}
        >
          ${t(`calendar.view.${label}`)}
        </button>`,
      )}
    </div>
    <${IconButton} class="only-narrow" icon="list" label=${t('calendar.list')} onClick=${onList} />
    <${Button}
      kind="primary"
      class="create"
      icon="plus"
      onClick=${onCreate}
      aria-keyshortcuts="c"
      aria-label=${t('appointment.new')}
    >
      ${t('appointment.new_short')}
    <//>
  </header>`;
}

function ErrorBar({ error, onRetry }) {
  return html`<div class="calendar-error" role="alert">
    <${Icon} name="cloud-off" />
    <span>${messageOf(error)}</span>
    <${Button} class="small" onClick=${onRetry}>${t('action.retry')}<//>
  </div>`;
}

export function CalendarPage() {
  const store = useMemo(createCalendarStore, []);
  const zone = useMemo(userZone, []);
  const { calendars, error, loading } = useStore(store);
  const { query } = useStore(route);
  const isNarrow = useMediaQuery(NARROW);
  const views = viewsOf(isNarrow);
  const [view, setViewName] = useState(() => initialView(isNarrow));
  const [title, setTitle] = useState('');
  const [sheet, setSheet] = useState(false);
  const fullCalendar = useRef(null);
  const list = calendars || [];
  useEffect(() => store.connect(), [store]);

  const setView = (name) => {
    setViewName(name);
    localStorage.setItem(VIEW_KEY, name);
    fullCalendar.current?.changeView(name);
  };
  // A new appointment may be outside the visible range.
  const onNew = (day) => {
    const visible = fullCalendar.current?.view;
    if (!visible) return;
    const start = wallOf(visible.currentStart.getTime(), zone).day;
    const end = wallOf(visible.currentEnd.getTime(), zone).day;
    if (day < start || day >= end) fullCalendar.current.gotoDate(day);
  };
  const appointments = useAppointments({
    calendars: list,
    zone,
    show: store.show,
    reload: store.loadOccurrences,
    onNew,
  });
  const create = () => list.length && appointments.openNew();
  const toggle = (calendar, visible) =>
    store
      .setVisible(calendar, visible)
      .catch((failure) => showToast(messageOf(failure), { kind: 'bad' }));
  const makeDefault = (calendar) =>
    store
      .setDefault(calendar)
      .then(() => showToast(t('calendar.default_changed')))
      .catch((failure) => showToast(messageOf(failure), { kind: 'bad' }));

  useEffect(() => {
    if (fullCalendar.current && isDay(query.date || '')) fullCalendar.current.gotoDate(query.date);
  }, [query.date]);
  useKeys({
    'c': create,
    't': () => fullCalendar.current?.today(),
    'ArrowLeft': () => fullCalendar.current?.prev(),
    'ArrowRight': () => fullCalendar.current?.next(),
    '/': () => {
      location.hash = '#/leads?focus=1';
    },
    'm': () => setView('dayGridMonth'),
    'w': () => setView(isNarrow ? 'timeGridThree' : 'timeGridWeek'),
    'd': () => setView('timeGridDay'),
    'l': () => setView('listMonth'),
  });

  const calendarList = html`<${CalendarList}
    calendars=${list}
    onToggle=${toggle}
    onDefault=${makeDefault}
  />`;
  return html`<div class="calendar-page">
    <${Toolbar}
      title=${title}
      views=${views}
      view=${view}
      setView=${setView}
      calendar=${fullCalendar.current}
      onCreate=${create}
      onList=${() => setSheet(true)}
    />
    <div class="calendar-body">
      <aside class="calendar-side">${calendars && calendarList}</aside>
      <div class=${`calendar-main ${error ? 'failed' : ''}`}>
        ${error && html`<${ErrorBar} error=${error} onRetry=${store.load} />`}
        <div class=${`progress-line ${loading ? 'on' : ''}`} aria-hidden="true"></div>
        <${CalendarView}
          store=${store}
          zone=${zone}
          view=${view}
          onReady=${(calendar) => {
            fullCalendar.current = calendar;
            if (isDay(query.date || '')) calendar.gotoDate(query.date);
          }}
          onTitle=${(shown) => {
            setTitle(shown.title);
            if (views[shown.view]) setViewName(shown.view);
          }}
          onOpen=${appointments.open}
          onSelect=${(range) => {
            appointments.openNew(range);
            fullCalendar.current?.unselect();
          }}
          onMove=${(info) =>
            appointments.drag(
              info.event.extendedProps.occurrence,
              timesOf(info.event),
              info.revert,
            )}
        />
      </div>
    </div>
    ${
      sheet &&
      html`<${Dialog} title=${t('calendar.list')} onClose=${() => setSheet(false)} class="small">
        ${calendarList}
      <//>`
    }
    <${AppointmentDialogs} appointments=${appointments} />
  </div>`;
}
