// The calendar page: toolbar, list of calendars, the calendar itself, and the dialogs of
// appointments.
import { Button, Icon, IconButton } from '../components/basics.js';
import { Dialog } from '../components/dialog.js';
import { showToast, showUndo } from '../components/toast.js';
import { useKeys } from '../focus.js';
import { html, useEffect, useMemo, useRef, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { live } from '../live.js';
import { NARROW, useMediaQuery } from '../media_query.js';
import { href, replaceRoute, route } from '../router.js';
import { zone as userZone } from '../session.js';
import { useStore } from '../store.js';
import { CalendarList } from './calendar_list.js';
import { AppointmentDialogs } from './appointment_dialogs.js';
import { loadEvent } from './actions.js';
import { partsOfEvent, partsOfView, placeOf, VIEW_NAMES } from './address.js';
import { useAppointments } from './appointments.js';
import { calendarName } from './calendars.js';
import { DefaultDialog } from './default_dialog.js';
import { keyOf, occurrenceOf } from './occurrences.js';
import { createCalendarStore } from './store.js';
import { addDays, instantOf, nextHalfHour, wallOf } from './times.js';
import { CalendarView } from './view.js';
import { firstView, fitting, VIEW_KEY, viewsOf } from './views.js';

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

function Toolbar({ title, views, view, setView, leaf, onCreate, onList }) {
  return html`<header class="calendar-bar">
    <h1 class="calendar-title" aria-live="polite">${title}</h1>
    <div class="calendar-nav">
      <${Button} onClick=${() => leaf('today')}>${t('calendar.today')}<//>
      <${IconButton}
        icon="chevron-left"
        label=${t('calendar.previous')}
        onClick=${() => leaf('prev')}
      />
      <${IconButton}
        icon="chevron-right"
        label=${t('calendar.next')}
        onClick=${() => leaf('next')}
      />
    </div>
    <span class="grow"></span>
    <div class="segments" role="group" aria-label=${t('calendar.view')}>
      ${views.map(
        (name) => html`<button
          type="button"
          aria-pressed=${String(view === name)}
          onClick=${() => setView(name)}
        >
          ${t(`calendar.view.${VIEW_NAMES[name]}`)}
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

// While the connection is lost the health line says so already.
function ErrorBar({ error, onRetry }) {
  const { lost } = useStore(live);
  if (lost && error.code === 'offline') return null;
  return html`<div class="calendar-error" role="alert">
    <${Icon} name="cloud-off" />
    <span>${messageOf(error)}</span>
    <${Button} class="small" onClick=${onRetry}>${t('action.retry')}<//>
  </div>`;
}

// When a new appointment begins in the visible range: soon if that is today, else in the morning of
// its first day.
function proposedStart(calendar, zone) {
  const now = nextHalfHour(Date.now());
  const { currentStart, currentEnd } = calendar?.view || {};
  if (!currentStart || (now >= currentStart && now < currentEnd)) return now;
  return instantOf(wallOf(currentStart.getTime(), zone).day, '09:00', zone);
}

// Opens the appointment that the address names, and shows its day. Answers whether it is there.
async function openAddressed({ event, start }, { zone, calendar, open }) {
  try {
    const page = await loadEvent(event);
    const occurrence = occurrenceOf(page, start);
    const day = occurrence.all_day
      ? occurrence.start
      : wallOf(Date.parse(occurrence.start), zone).day;
    calendar.gotoDate(day);
    open(occurrence);
    return true;
  } catch (error) {
    showToast(error.status === 404 ? t('appointment.not_found') : messageOf(error), {
      kind: 'bad',
    });
    return false;
  }
}

// Keeps the address and what is shown alike. `dialog`: the open dialog of an appointment.
function useAddress({ fullCalendar, isReady, zone, isNarrow, setView, appointments }) {
  const { dialog, open, close } = appointments;
  const place = placeOf(useStore(route));
  const shown = useRef(null); // {view, day}
  // The address of an appointment stays until it is loaded and its dialog is rendered.
  const isOpening = useRef(Boolean(place.event));
  // The calendar reports another range through the function of an earlier rendering.
  const rendered = useRef(dialog);
  rendered.current = dialog;
  const address = () => {
    const { current: at } = shown;
    const { current: now } = rendered;
    if (now?.type === 'details') return href(...partsOfEvent(now.occurrence));
    return at && href(...partsOfView(at.view, at.day));
  };
  const write = () => {
    const wanted = address();
    if (wanted && !isOpening.current && location.hash.startsWith('#/calendar'))
      replaceRoute(wanted);
  };
  // A typed or followed address, or "back".
  useEffect(() => {
    const { current: calendar } = fullCalendar;
    if (!isReady || !calendar) return;
    // The user may have gone on since this was rendered: an old address does not lead back.
    const present = placeOf(route.get());
    const { event, view, day } = present;
    if (event) {
      if (dialog?.occurrence?.event === event) return;
      isOpening.current = true;
      openAddressed(present, { zone, calendar, open }).then((isShown) => {
        if (isShown) return;
        isOpening.current = false;
        write();
      });
      return;
    }
    if (dialog?.type === 'details') close();
    const { current: at } = shown;
    const wanted = view && fitting(view, isNarrow);
    if (wanted && wanted !== at?.view) setView(wanted);
    if (day && day !== at?.day) calendar.gotoDate(day);
    else write();
  }, [isReady, place.event, place.start, place.view, place.day]);
  const isOpen = dialog?.type === 'details' && keyOf(dialog.occurrence);
  useEffect(() => {
    if (isOpen) isOpening.current = false;
    if (isReady && (isOpen || !dialog)) write();
  }, [isReady, isOpen, !dialog]);
  return (view, day) => {
    shown.current = { view, day };
    write();
  };
}

// The question before another calendar becomes the default, or null.
function useDefaultQuestion(store, calendars) {
  const [wanted, setWanted] = useState(null);
  if (!wanted) return [null, setWanted];
  const present = calendars.find((item) => item.is_default);
  const refused = (failure) => showToast(messageOf(failure), { kind: 'bad' });
  const change = async () => {
    setWanted(null);
    try {
      await store.setDefault(wanted);
      showUndo(t('calendar.default_changed', { name: calendarName(wanted) }), () => {
        if (present) store.setDefault(present).catch(refused);
      });
    } catch (failure) {
      refused(failure);
    }
  };
  return [
    html`<${DefaultDialog}
      calendar=${wanted}
      present=${present}
      onConfirm=${change}
      onClose=${() => setWanted(null)}
    />`,
    setWanted,
  ];
}

export function CalendarPage() {
  const store = useMemo(createCalendarStore, []);
  const zone = useMemo(userZone, []);
  const { calendars, error, loading, range, loadedRange } = useStore(store);
  const isUnknown = Boolean(error) && range !== loadedRange;
  const isNarrow = useMediaQuery(NARROW);
  const views = viewsOf(isNarrow);
  const [place] = useState(() => placeOf(route.get()));
  const [view, setViewName] = useState(() => firstView(place.view, isNarrow));
  const [title, setTitle] = useState('');
  const [isReady, setReady] = useState(false);
  const [sheet, setSheet] = useState(false);
  const fullCalendar = useRef(null);
  const list = calendars || [];
  useEffect(() => store.connect(), [store]);

  // 'today', 'prev' or 'next'. Renders at once, where FullCalendar would wait for more changes.
  const leaf = (where) => fullCalendar.current?.batchRendering(() => fullCalendar.current[where]());
  const setView = (name) => {
    setViewName(name);
    localStorage.setItem(VIEW_KEY, name);
    fullCalendar.current?.changeView(name);
  };
  useEffect(() => {
    if (fitting(view, isNarrow) !== view) setView(fitting(view, isNarrow));
  }, [isNarrow]);
  // A new appointment may be outside the visible range.
  const onNew = (day) => {
    const visible = fullCalendar.current?.view;
    if (!visible) return;
    const start = wallOf(visible.currentStart.getTime(), zone).day;
    const end = wallOf(visible.currentEnd.getTime(), zone).day;
    if (day < start || day >= end) fullCalendar.current.gotoDate(day);
  };
  const appointments = useAppointments({
    ...{ calendars: list, zone, onNew },
    show: store.show,
    reload: store.loadOccurrences,
    proposeStart: () => proposedStart(fullCalendar.current, zone),
  });
  const shows = useAddress({ fullCalendar, isReady, zone, isNarrow, setView, appointments });
  const create = () => list.length && appointments.openNew();
  const toggle = (calendar, visible) =>
    store
      .setVisible(calendar, visible)
      .catch((failure) => showToast(messageOf(failure), { kind: 'bad' }));
  const [defaultQuestion, askDefault] = useDefaultQuestion(store, list);

  useKeys({
    'c': create,
    't': () => leaf('today'),
    'ArrowLeft': () => leaf('prev'),
    'ArrowRight': () => leaf('next'),
    '/': () => {
      location.hash = '#/leads?focus=1';
    },
    'm': () => setView('dayGridMonth'),
    'w': () => setView(isNarrow ? 'timeGridThree' : 'timeGridWeek'),
    'd': () => setView('timeGridDay'),
    'l': () => setView('listRolling'),
  });

  const calendarList = html`<${CalendarList}
    calendars=${list}
    onToggle=${toggle}
    onDefault=${askDefault}
  />`;
  return html`<div class="calendar-page">
    <${Toolbar}
      title=${title}
      views=${views}
      view=${view}
      setView=${setView}
      leaf=${leaf}
      onCreate=${create}
      onList=${() => setSheet(true)}
    />
    <div class="calendar-body">
      <aside class="calendar-side">${calendars && calendarList}</aside>
      <div class=${`calendar-main view-${VIEW_NAMES[view]} ${isUnknown ? 'failed' : ''}`}>
        ${error && html`<${ErrorBar} error=${error} onRetry=${store.load} />`}
        ${isUnknown && html`<p class="calendar-unknown">${t('calendar.unknown')}</p>`}
        <div class=${`progress-line ${loading ? 'on' : ''}`} aria-hidden="true"></div>
        <${CalendarView}
          store=${store}
          zone=${zone}
          view=${view}
          day=${place.day}
          onReady=${(calendar) => {
            fullCalendar.current = calendar;
            setReady(true);
          }}
          onShown=${(shown) => {
            setTitle(shown.title);
            if (views.includes(shown.view)) setViewName(shown.view);
            shows(shown.view, shown.day);
          }}
          onOpen=${appointments.open}
          onCreate=${create}
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
    ${defaultQuestion}
    <${AppointmentDialogs} appointments=${appointments} />
  </div>`;
}
