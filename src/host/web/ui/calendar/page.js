// The calendar page: tool bar, list of calendars, the calendar, and the dialogs of appointments.
import { Button, Icon, IconButton } from '../components/basics.js';
import { Dialog } from '../components/dialog.js';
import { toast } from '../components/toast.js';
import { useKeys } from '../focus.js';
import { html, useEffect, useMemo, useRef, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { place } from '../router.js';
import { zone as userZone } from '../session.js';
import { useStore } from '../store.js';
import { CalendarList } from './calendar_list.js';
import { useAppointments } from './dialogs.js';
import { createCalendarStore } from './store.js';
import { addDays, isDay, rfc3339 } from './times.js';
import { CalendarView } from './view.js';

const isNarrow = () => innerWidth < 720;
// Seven columns of hours cannot be read on a phone: three days stand for the week there.
const kWide = {
  dayGridMonth: 'month',
  timeGridWeek: 'week',
  timeGridDay: 'day',
  listMonth: 'list',
};
const kNarrow = {
  dayGridMonth: 'month',
  timeGridThree: 'three',
  timeGridDay: 'day',
  listMonth: 'list',
};
const viewsOf = () => (isNarrow() ? kNarrow : kWide);
const kRemember = 'crm.calendar.view';

function rememberedView() {
  const wanted = localStorage.getItem(kRemember);
  if (viewsOf()[wanted]) return wanted;
  return isNarrow() ? 'listMonth' : 'timeGridWeek';
}

// Where FullCalendar put an appointment.
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

function Toolbar({ title, view, setView, calendar, onCreate, onList }) {
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
      ${Object.entries(viewsOf()).map(
        ([name, word]) => html`<button
          type="button"
          aria-pressed=${String(view === name)}
          onClick=${() => setView(name)}
        >
          ${t(`calendar.view.${word}`)}
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

export function CalendarPage() {
  const store = useMemo(createCalendarStore, []);
  const zone = useMemo(userZone, []);
  const { calendars, error, loading } = useStore(store);
  const { query } = useStore(place);
  const [view, setViewName] = useState(rememberedView);
  const [title, setTitle] = useState('');
  const [sheet, setSheet] = useState(false);
  const full = useRef(null);
  const list = calendars || [];
  useEffect(() => store.connect(), [store]);

  const setView = (name) => {
    setViewName(name);
    localStorage.setItem(kRemember, name);
    full.current?.changeView(name);
  };
  // A new appointment may be outside of what is shown: another week, or the small hours.
  const onNew = (day) => {
    const shown = full.current?.view;
    if (
      shown &&
      (day < rfc3339(shown.currentStart.getTime(), zone).slice(0, 10) ||
        day >= rfc3339(shown.currentEnd.getTime(), zone).slice(0, 10))
    )
      full.current.gotoDate(day);
    setTimeout(
      () => document.querySelector('.fc-box .ev-pending')?.scrollIntoView({ block: 'nearest' }),
      60,
    );
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
      .catch((failure) => toast(messageOf(failure), { kind: 'bad' }));
  const makeDefault = (calendar) =>
    store
      .setDefault(calendar)
      .then(() => toast(t('calendar.default_changed')))
      .catch((failure) => toast(messageOf(failure), { kind: 'bad' }));

  useEffect(() => {
    if (full.current && isDay(query.date || '')) full.current.gotoDate(query.date);
  }, [query.date]);
  useKeys({
    'c': create,
    't': () => full.current?.today(),
    'ArrowLeft': () => full.current?.prev(),
    'ArrowRight': () => full.current?.next(),
    '/': () => {
      location.hash = '#/leads?focus=1';
    },
    'm': () => setView('dayGridMonth'),
    'w': () => setView(isNarrow() ? 'timeGridThree' : 'timeGridWeek'),
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
      view=${view}
      setView=${setView}
      calendar=${full.current}
      onCreate=${create}
      onList=${() => setSheet(true)}
    />
    <div class="calendar-body">
      <aside class="calendar-side">${calendars && calendarList}</aside>
      <div class=${`calendar-main ${error ? 'failed' : ''}`}>
        ${
          error &&
          html`<div class="calendar-error" role="alert">
            <${Icon} name="cloud-off" />
            <span>${messageOf(error)}</span>
            <${Button}
              class="small"
              onClick=${() => {
                store.loadCalendars();
                store.loadOccurrences();
              }}
            >
              ${t('action.retry')}
            <//>
          </div>`
        }
        <div class=${`progress-line ${loading ? 'on' : ''}`} aria-hidden="true"></div>
        <${CalendarView}
          store=${store}
          zone=${zone}
          view=${view}
          onReady=${(calendar) => {
            full.current = calendar;
            if (isDay(query.date || '')) calendar.gotoDate(query.date);
          }}
          onTitle=${(shown) => {
            setTitle(shown.title);
            if (viewsOf()[shown.view]) setViewName(shown.view);
          }}
          onOpen=${appointments.open}
          onSelect=${(range) => {
            appointments.openNew(range);
            full.current?.unselect();
          }}
          onMove=${(info) =>
            appointments.moved(
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
    ${appointments.element}
  </div>`;
}
