// The card of a lead or contact: the record, upcoming appointments, and folded past ones, each with
// the other guests and their answers.
import { normalizeAddress } from '../addresses.js';
import * as api from '../api.js';
import { coalesced } from '../coalesce.js';
import { AppointmentDialogs } from '../calendar/appointment_dialogs.js';
import { useAppointments } from '../calendar/appointments.js';
import { isWritable } from '../calendar/calendars.js';
import { colorOf } from '../calendar/colors.js';
import { formatDay, formatOwnZone, formatTime, titleOf } from '../calendar/format.js';
import { standingOf } from '../calendar/guests.js';
import { foldSeries, keyOf } from '../calendar/occurrences.js';
import { AnswerButtons } from '../calendar/own_answer.js';
import { addDays, wallOf } from '../calendar/times.js';
import { Button, Empty, Icon, LoadError, Skeleton } from '../components/basics.js';
import { Confirm } from '../components/dialog.js';
import { Menu } from '../components/menu.js';
import { showToast } from '../components/toast.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { messageOf, number, t } from '../i18n.js';
import { useKeys } from '../focus.js';
import { onLive } from '../live.js';
import { navigate, href } from '../router.js';
import { zone as userZone } from '../session.js';
import { RecordForm } from './form.js';
import { initials } from './initials.js';

function when(occurrence, zone) {
  if (occurrence.all_day) {
    const last = addDays(occurrence.end, -1);
    return last > occurrence.start
      ? t('card.until', { day: formatDay(last, { day: 'numeric', month: 'short' }) })
      : t('calendar.all_day');
  }
  const start = Date.parse(occurrence.start);
  const end = Date.parse(occurrence.end);
  return wallOf(start, zone).day === wallOf(end, zone).day || end - start <= 86400000
    ? `${formatTime(start, zone)}–${formatTime(end, zone)}`
    : t('card.from', { time: formatTime(start, zone) });
}

const thisYear = (zone) => wallOf(Date.now(), zone).day.slice(0, 4);

// The day of the month is in the block beside it.
const dateText = (day) => formatDay(day, { weekday: 'long' });

function GuestMini({ guest }) {
  const { icon, label } = standingOf(guest);
  return html`<span class="chip guest-mini" title=${`${guest.email || guest.name} – ${label}`}>
    <${Icon} name=${icon} label=${label} />
    <span class="clip" dir="auto">${guest.name || guest.email}</span>
  </span>`;
}

const MAX_GUESTS = 4;

function OtherGuests({ guests }) {
  return html`<span class="card-guests">
    ${guests.slice(0, MAX_GUESTS).map((guest) => html`<${GuestMini} guest=${guest} />`)}
    ${guests.length > MAX_GUESTS && html`<span class="chip">+${guests.length - MAX_GUESTS}</span>`}
  </span>`;
}

function MoreText({ occurrence, zone }) {
  const { more, last, all_day: allDay } = occurrence;
  if (!more) return null;
  const day = allDay ? last : wallOf(Date.parse(last), zone).day;
  const until = formatDay(day, { day: 'numeric', month: 'long', year: 'numeric' });
  return html`<span class="muted">${t('card.more_of_series', { count: more, day: until })}</span>`;
}

function Appointment({ occurrence, emails, calendars, zone, onOpen, onAnswer }) {
  const isRecord = (guest) => emails.has(normalizeAddress(guest.email));
  const guests = occurrence.guests || [];
  const self = guests.find(isRecord);
  const others = guests.filter((guest) => !isRecord(guest));
  const day = occurrence.all_day
    ? occurrence.start
    : wallOf(Date.parse(occurrence.start), zone).day;
  const own = formatOwnZone(occurrence, zone);
  const standing = self && standingOf(self);
  const calendar = calendars.get(occurrence.calendar);
  // An invitation of the user's own that they have not answered.
  const isOpen = occurrence.answer === 'needs_action' && calendar && isWritable(calendar);
  return html`<li style=${{ '--dot': colorOf(occurrence, calendar) }}>
    <button type="button" class="card-appointment" onClick=${onOpen}>
      <span class="card-day">
        <span class="card-day-number">${formatDay(day, { day: 'numeric' })}</span>
        <span class="muted">${formatDay(day, { month: 'short' })}</span>
        ${
          day.slice(0, 4) !== thisYear(zone) &&
          html`<span class="muted">${formatDay(day, { year: 'numeric' })}</span>`
        }
      </span>
      <span class="card-what">
        <span class="card-title clip" dir="auto">
          ${titleOf(occurrence)}
          ${
            occurrence.recurring
              ? html` <${Icon} name="repeat" label=${t('appointment.recurring')} />`
              : ''
          }
        </span>
        <span class="muted">
          ${dateText(day)} · ${when(occurrence, zone)}
          ${own ? ` · ${own}` : ''}
        </span>
        <${MoreText} occurrence=${occurrence} zone=${zone} />
        ${occurrence.similar && html`<span class="muted">${t('guest.similar')}</span>`}
        ${others.length > 0 && html`<${OtherGuests} guests=${others} />`}
      </span>
      ${
        self &&
        html`<span class=${`answer-word ${standing.class}`}>
          <${Icon} name=${standing.icon} />
          ${standing.class === 'needs_action' ? t('card.open_answer') : standing.label}
        </span>`
      }
    </button>
    ${
      isOpen &&
      html`<div class="card-answer">
        <span class="answers-question">${t('answer.question')}</span>
        <${AnswerButtons} class="small" given=${occurrence.answer} onAnswer=${onAnswer} />
      </div>`
    }
  </li>`;
}

function Head({ record, kind, onCreate, onEdit, onDelete }) {
  const line = [record.title, record.company].filter(Boolean).join(' · ');
  return html`<header class="card record-card-head">
    <span class="avatar large" aria-hidden="true">${initials(record.name)}</span>
    <div class="record-who">
      <h1 dir="auto">${record.name}</h1>
      ${line && html`<p class="muted" dir="auto">${line}</p>`}
      <ul class="record-addresses">
        ${(record.emails || []).map(
          (email) => html`<li>
            <${Icon} name="mail" />
            <a href=${`mailto:${encodeURIComponent(email)}`} dir="ltr">${email}</a>
          </li>`,
        )}
        ${
          record.phone &&
          html`<li>
            <${Icon} name="phone" />
            <a href=${`tel:${record.phone.replace(/[^\d+]/g, '')}`} dir="ltr">${record.phone}</a>
          </li>`
        }
      </ul>
    </div>
    <span class=${`chip kind ${kind}`}>
      <${Icon} name=${kind === 'leads' ? 'target' : 'contact'} />
      ${t(`guest.${kind}`)}
    </span>
    <${Button} kind="primary" icon="plus" class="small" onClick=${onCreate} aria-keyshortcuts="c">
      ${t('appointment.new_short')}
    <//>
    <${Button} icon="pencil" class="small" onClick=${onEdit}>${t('action.edit')}<//>
    <${Menu}
      label=${t('record.menu')}
      items=${[{ label: t('action.delete'), icon: 'trash-2', danger: true, action: onDelete }]}
    />
  </header>`;
}

const UPCOMING_SHOWN = 200;
const PAST_SHOWN = 20; // past appointments shown at first
const PAST_STEP = 50; // further ones for each "show more"

function Upcoming({ record, list, hasAddress, onCreate }) {
  const { upcoming, upcoming_total: total = upcoming.length } = record;
  const hidden = total - upcoming.length;
  return html`<section aria-label=${t('card.upcoming')}>
    <h2 class="section-title">
      ${t('card.upcoming')}
      ${total > 0 && html` <span class="muted num">${number(total)}</span>`}
    </h2>
    ${
      upcoming.length
        ? list(foldSeries(upcoming))
        : html`<${Empty}
          icon="calendar-days"
          title=${t('card.no_upcoming')}
          text=${t(hasAddress ? 'card.no_upcoming_text' : 'card.no_address_text')}
        >
          ${
            hasAddress &&
            html`<${Button} icon="plus" onClick=${onCreate}>${t('appointment.new')}<//>`
          }
        <//>`
    }
    ${hidden > 0 && html`<p class="muted below">${t('card.more_later', { count: hidden })}</p>`}
  </section>`;
}

function Past({ record, list, onMore }) {
  const [open, setOpen] = useState(false);
  const hidden = record.past_total - record.past.length;
  return html`<section aria-label=${t('card.past')}>
    <button
      type="button"
      class="fold"
      aria-expanded=${String(open)}
      onClick=${() => setOpen(!open)}
    >
      <${Icon} name=${open ? 'chevron-down' : 'chevron-right'} />
      ${t('card.past')} <span class="muted">${record.past_total}</span>
    </button>
    ${open && list(record.past)}
    ${
      open &&
      hidden > 0 &&
      html`<div class="more">
        <${Button} onClick=${onMore}>${t('records.more', { count: number(hidden) })}<//>
      </div>`
    }
  </section>`;
}

// What a new appointment from this card begins with.
function invited(record) {
  const [email] = record.emails || [];
  return {
    summary: t('card.appointment_with', { name: record.name }),
    guests: email ? [{ email, name: record.name, partstat: 'needs_action' }] : [],
  };
}

function useRecord(kind, id) {
  const [record, setRecord] = useState(null);
  const [calendars, setCalendars] = useState([]);
  const [error, setError] = useState(null);
  const past = useRef(PAST_SHOWN);
  const isDeleted = useRef(false); // deleted here: do not load it again
  const load = async () => {
    if (isDeleted.current) return;
    try {
      const path = `/api/${kind}/${api.segment(id)}`;
      setRecord(await api.get(api.query(path, { past: past.current, upcoming: UPCOMING_SHOWN })));
      setError(null);
    } catch (failure) {
      setError(failure);
    }
  };
  useEffect(() => {
    const soon = coalesced(load);
    const loadCalendars = () => api.get('/api/calendars').then(setCalendars).catch(setError);
    load();
    loadCalendars();
    const stops = [
      onLive('events', soon),
      onLive('records', soon),
      onLive('calendars', loadCalendars),
    ];
    return () => stops.forEach((stop) => stop());
  }, [kind, id]);
  const loadMore = () => {
    past.current += PAST_STEP;
    load();
  };
  const remove = async () => {
    isDeleted.current = true;
    try {
      await api.del(`/api/${kind}/${api.segment(id)}`);
      showToast(t('record.deleted'));
      navigate(kind);
    } catch (failure) {
      isDeleted.current = false;
      showToast(messageOf(failure), { kind: 'bad' });
    }
  };
  return { record, calendars, error, load, loadMore, remove };
}

export function CardPage({ kind, id }) {
  const { record, calendars, error, load, loadMore, remove } = useRecord(kind, id);
  const [editing, setEditing] = useState(false);
  const [erasing, setErasing] = useState(false);
  const zone = userZone();
  const appointments = useAppointments({ calendars, zone, show: () => () => {}, reload: load });
  const erase = () => {
    setErasing(false);
    remove();
  };
  const create = () => record && calendars.length && appointments.openNew(null, invited(record));
  useKeys({ c: create });
  const back = html`<a class="link back" href=${href(kind)}>
    <${Icon} name="arrow-left" />
    ${t(`nav.${kind}`)}
  </a>`;
  const name = html`<h1 class="sr">${t(`guest.${kind}`)}</h1>`; // while there is no better one
  if (error && !record)
    return html`<div class="content">
      ${back}${name}
      <${LoadError}
        text=${error.status === 404 ? t('record.not_found') : messageOf(error)}
        retry=${load}
      />
    </div>`;
  if (!record) return html`<div class="content">${back}${name}<${Skeleton} rows=${5} /></div>`;
  const emails = new Set((record.emails || []).map(normalizeAddress));
  const byId = new Map(calendars.map((calendar) => [calendar.id, calendar]));
  const list = (items) =>
    html`<ul class="card-appointments">
      ${items.map(
        (occurrence) => html`<${Appointment}
          key=${keyOf(occurrence)}
          occurrence=${occurrence}
          emails=${emails}
          calendars=${byId}
          zone=${zone}
          onOpen=${() => appointments.open(occurrence)}
          onAnswer=${(answer) => appointments.answer({ occurrence, answer })}
        />`,
      )}
    </ul>`;
  return html`<div class="content record-card">
    ${back}
    <${Head}
      record=${record}
      kind=${kind}
      onCreate=${create}
      onEdit=${() => setEditing(true)}
      onDelete=${() => setErasing(true)}
    />
    <${Upcoming}
      record=${record}
      list=${list}
      hasAddress=${emails.size > 0}
      onCreate=${create}
    />
    ${record.past_total > 0 && html`<${Past} record=${record} list=${list} onMore=${loadMore} />`}
    ${
      editing &&
      html`<${RecordForm}
        kind=${kind}
        record=${record}
        onClose=${() => setEditing(false)}
        onSaved=${() => {
          setEditing(false);
          load();
        }}
      />`
    }
    ${
      erasing &&
      html`<${Confirm}
        title=${t('record.delete_title')}
        action=${t('action.delete')}
        danger
        onConfirm=${erase}
        onClose=${() => setErasing(false)}
      >
        <p dir="auto"><strong>${record.name}</strong></p>
        <p>${t('record.delete_text')}</p>
      <//>`
    }
    <${AppointmentDialogs} appointments=${appointments} />
  </div>`;
}
