// The card of a lead or contact: who it is, upcoming appointments, past ones folded; each with who else is invited and the answers.
import * as api from '../api.js';
import { coalesced } from '../coalesce.js';
import { keyOf } from '../calendar/store.js';
import { colorOf } from '../calendar/colors.js';
import { useAppointments } from '../calendar/dialogs.js';
import { formatDay, formatOwnZone, formatTime, titleOf } from '../calendar/format.js';
import { addDays, wallOf } from '../calendar/times.js';
import { Button, Empty, Icon, LoadError, Skeleton } from '../components/basics.js';
import { Confirm } from '../components/dialog.js';
import { Menu } from '../components/menu.js';
import { toast } from '../components/toast.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { messageOf, number, t } from '../i18n.js';
import { onLive } from '../live.js';
import { go, href } from '../router.js';
import { zone as userZone } from '../session.js';
import { RecordForm } from './form.js';
import { initials } from './initials.js';

const kAnswers = {
  accepted: 'circle-check',
  declined: 'circle-x',
  tentative: 'circle-help',
  needs_action: 'circle-dot',
};

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

function Appointment({ occurrence, emails, calendars, zone, onOpen }) {
  const mine = (guest) => emails.has(guest.email.trim().toLowerCase());
  const self = (occurrence.guests || []).find(mine);
  const others = (occurrence.guests || []).filter((guest) => !mine(guest));
  const day = occurrence.all_day
    ? occurrence.start
    : wallOf(Date.parse(occurrence.start), zone).day;
  const own = formatOwnZone(occurrence, zone);
  const answer = self?.partstat || 'needs_action';
  return html`<li>
    <button
      type="button"
      class="card-appointment"
      style=${{ '--dot': colorOf(occurrence, calendars.get(occurrence.calendar)) }}
      onClick=${onOpen}
    >
      <span class="card-day">
        <span class="card-day-number">${formatDay(day, { day: 'numeric' })}</span>
        <span class="muted">${formatDay(day, { month: 'short' })}</span>
      </span>
      <span class="card-what">
        <span class="card-title clip" dir="auto">
          ${titleOf(occurrence)}
          ${occurrence.recurring ? html` <${Icon} name="repeat" label=${t('appointment.recurring')} />` : ''}
        </span>
        <span class="muted">
          ${formatDay(
            day,
            day.slice(0, 4) === thisYear(zone)
              ? { weekday: 'long' }
              : { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
          )} · ${when(occurrence, zone)}
          ${own ? ` · ${own}` : ''}
        </span>
        ${
          others.length > 0 &&
          html`<span class="card-guests">
            ${others.slice(0, 4).map(
              (guest) => html`<span
                class="chip guest-mini"
                title=${`${guest.email} – ${t(`answer.${guest.partstat || 'needs_action'}`)}`}
              >
                <${Icon}
                  name=${kAnswers[guest.partstat] || 'circle-dot'}
                  label=${t(`answer.${guest.partstat || 'needs_action'}`)}
                />
                <span class="clip" dir="auto">${guest.name || guest.email}</span>
              </span>`,
            )}
            ${others.length > 4 && html`<span class="chip">+${others.length - 4}</span>`}
          </span>`
        }
      </span>
      ${
        self &&
        html`<span class=${`answer-word ${answer}`}>
          <${Icon} name=${kAnswers[answer]} />
          ${t(`answer.${answer}`)}
        </span>`
      }
    </button>
  </li>`;
}

function Head({ record, kind, onEdit, onDelete }) {
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
    <${Button} icon="pencil" class="small" onClick=${onEdit}>${t('action.edit')}<//>
    <${Menu}
      label=${t('record.menu')}
      items=${[{ label: t('action.delete'), icon: 'trash-2', danger: true, action: onDelete }]}
    />
  </header>`;
}

export function CardPage({ kind, id }) {
  const [record, setRecord] = useState(null);
  const [calendars, setCalendars] = useState([]);
  const [error, setError] = useState(null);
  const [past, setPast] = useState(false);
  const [editing, setEditing] = useState(false);
  const [erasing, setErasing] = useState(false);
  const zone = userZone();
  const wanted = useRef(20); // how many past ones; a person may ask for more
  const erased = useRef(false); // it tells us itself that it goes: nothing to fetch any more
  const load = async () => {
    if (erased.current) return;
    try {
      setRecord(
        await api.get(api.query(`/api/${kind}/${api.segment(id)}`, { past: wanted.current })),
      );
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
  const appointments = useAppointments({ calendars, zone, show: () => () => {}, reload: load });

  const erase = async () => {
    setErasing(false);
    erased.current = true;
    try {
      await api.del(`/api/${kind}/${api.segment(id)}`);
      toast(t('record.deleted'));
      go(kind);
    } catch (failure) {
      erased.current = false;
      toast(messageOf(failure), { kind: 'bad' });
    }
  };
  const back = html`<a class="link back" href=${href(kind)}>
    <${Icon} name="arrow-left" />
    ${t(`nav.${kind}`)}
  </a>`;
  if (error && !record)
    return html`<div class="content">
      ${back}
      <${LoadError}
        text=${error.status === 404 ? t('record.not_found') : messageOf(error)}
        retry=${load}
      />
    </div>`;
  if (!record) return html`<div class="content">${back}<${Skeleton} rows=${5} /></div>`;
  const emails = new Set((record.emails || []).map((email) => email.trim().toLowerCase()));
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
        />`,
      )}
    </ul>`;
  return html`<div class="content record-card">
    ${back}
    <${Head}
      record=${record}
      kind=${kind}
      onEdit=${() => setEditing(true)}
      onDelete=${() => setErasing(true)}
    />
    <section aria-label=${t('card.upcoming')}>
      <h2 class="section-title">
        ${t('card.upcoming')}
        ${record.upcoming.length > 0 && html` <span class="muted">${record.upcoming.length}</span>`}
      </h2>
      ${
        record.upcoming.length
          ? list(record.upcoming)
          : html`<${Empty}
            icon="calendar-days"
            title=${t('card.no_upcoming')}
            text=${emails.size ? t('card.no_upcoming_text') : t('card.no_address_text')}
          />`
      }
    </section>
    ${
      record.past_total > 0 &&
      html`<section aria-label=${t('card.past')}>
        <button
          type="button"
          class="fold"
          aria-expanded=${String(past)}
          onClick=${() => setPast(!past)}
        >
          <${Icon} name=${past ? 'chevron-down' : 'chevron-right'} />
          ${t('card.past')} <span class="muted">${record.past_total}</span>
        </button>
        ${
          past &&
          html`
            ${list(record.past)}
            ${
              record.past.length < record.past_total &&
              html`<div class="more">
                <${Button}
                  onClick=${() => {
                    wanted.current += 50;
                    load();
                  }}
                >
                  ${t('records.more', { count: number(record.past_total - record.past.length) })}
                <//>
              </div>`
            }
          `
        }
      </section>`
    }
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
    ${appointments.element}
  </div>`;
}
