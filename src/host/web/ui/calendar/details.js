// An appointment, read-only: when, where, guests and their answers, calendar; and the reason when
// it cannot be edited.
import { guestKey, normalizeAddress } from '../addresses.js';
import { Button, Dot, Icon, LoadError, Notice, Skeleton } from '../components/basics.js';
import { Dialog } from '../components/dialog.js';
import { html, useEffect, useState } from '../html.js';
import { hasText, locale, messageOf, t } from '../i18n.js';
import { coalesced } from '../coalesce.js';
import { onLive } from '../live.js';
import { AppointmentMails } from '../mail/appointment_mails.js';
import { loadEvent } from './actions.js';
import { colorOf } from './colors.js';
import { calendarName } from './calendars.js';
import { contentOf } from './form_model.js';
import { formatOwnZone, formatWhen, titleOf } from './format.js';
import { GuestChip, recordsByAddress } from './guests.js';
import { AnswerButtons, ownAnswer } from './own_answer.js';
import { plainText } from './plain_text.js';
import { parseRecurrence } from './recurrence.js';
import { describeRecurrence } from './recurrence_text.js';
import { SyncLine } from './sync_state.js';
import { wallOf } from './times.js';

const Line = ({ icon, children }) =>
  html`<div class="detail-line"><${Icon} name=${icon} /><div>${children}</div></div>`;

function recurrenceOf(page, zone) {
  const start = page.event.start;
  const own = start.time_zone || zone;
  const day = start.date || wallOf(Date.parse(start.date_time), own).day;
  return describeRecurrence(
    parseRecurrence(page.event.recurrence, day, own, Boolean(start.date)),
    day,
    locale(),
    t,
  );
}

function CalendarLine({ calendar }) {
  const { account_title: account, name } = calendar;
  return html`<div class="detail-line">
    <${Dot} color=${calendar.color} />
    <div dir="auto">
      ${calendarName(calendar)}
      ${account && account !== name ? html` <span class="muted">· ${account}</span>` : ''}
    </div>
  </div>`;
}

// Why it cannot be edited. A calendar that the user may write to is view only by their own choice.
function reasonOf({ reason }, calendar) {
  if (reason === 'event.read_only.calendar' && ['owner', 'writer'].includes(calendar?.role))
    return 'event.read_only.shown_only';
  return hasText(reason) ? reason : 'event.read_only';
}

const MAX_GUESTS = 200;
const WAITING_MS = 3000;

// ": 2 accepted, 1 still open"
function answersText(guests) {
  const counts = ['accepted', 'tentative', 'declined', 'needs_action']
    .map((answer) => [
      answer,
      guests.filter((guest) => (guest.partstat || 'needs_action') === answer).length,
    ])
    .filter(([, count]) => count > 0)
    .map(([answer, count]) => t(`answers.${answer}`, { count }));
  return guests.length > 1 ? `: ${counts.join(', ')}` : '';
}

const isWeb = (link) => /^https:\/\//.test(link || '');

function Body({ page, occurrence, calendar, zone }) {
  const content = contentOf(page.event, occurrence.original_start);
  const known = recordsByAddress(page.guests);
  // The organizer and who made the event, where they are not in the guest list.
  const hosts = (page.guests || []).filter((guest) => guest.role);
  const guests = [...(content.attendees || []), ...hosts];
  const own = formatOwnZone(occurrence, zone);
  const facts = page.event.facts || {};
  const isPrivate = ['private', 'confidential'].includes(occurrence.visibility);
  return html`<div class="stack details">
    ${
      !page.editable &&
      page.reason &&
      !page.masked &&
      html`<${Notice}>${t(reasonOf(page, calendar))}<//>`
    }
    ${page.source === 'gone' && html`<${Notice} kind="warn">${t('appointment.source_gone')}<//>`}
    <${Line} icon="clock">
      <span>${formatWhen(occurrence, zone)}</span>
      ${own && html`<span class="muted block">${own}</span>`}
    <//>
    ${
      page.event.recurrence?.length > 0 &&
      html`<${Line} icon="repeat">
        <span>${recurrenceOf(page, zone)}</span>
        ${
          occurrence.exception &&
          html`<span class="muted block">${t('appointment.exception')}</span>`
        }
      <//>`
    }
    ${
      content.location &&
      html`<${Line} icon="map-pin"><span dir="auto">${content.location}</span><//>`
    }
    ${
      isWeb(facts.conference_uri) &&
      html`<${Line} icon="external-link">
        <a href=${facts.conference_uri} target="_blank" rel="noopener noreferrer">
          ${t('appointment.join')}
        </a>
      <//>`
    }
    ${
      guests.length > 0 &&
      html`<${Line} icon="users-round">
        <span class="muted">
          ${t('appointment.guest_count', { count: guests.length })}${answersText(guests)}
        </span>
        <ul class="guest-list">
          ${guests.slice(0, MAX_GUESTS).map(
            (guest) => html`<${GuestChip}
              key=${guestKey(guest)}
              guest=${guest}
              known=${known[normalizeAddress(guest.email)]}
              link=${true}
            />`,
          )}
        </ul>
        ${
          guests.length > MAX_GUESTS &&
          html`<p class="muted">
            ${t('appointment.more_guests', { count: guests.length - MAX_GUESTS })}
          </p>`
        }
      <//>`
    }
    ${
      content.description &&
      html`<${Line} icon="text">
        <p class="description" dir="auto">${plainText(content.description)}</p>
      <//>`
    }
    ${isPrivate && html`<${Line} icon="lock">${t('appointment.private')}<//>`}
    ${page.masked && html`<${Notice}>${t('appointment.masked')}<//>`}
    ${calendar && html`<${CalendarLine} calendar=${calendar} />`}
    ${page.sync && html`<${SyncLine} sync=${page.sync} />`}
    ${page.sync && html`<${AppointmentMails} event=${page.id} />`}
    ${
      isWeb(facts.html_link) &&
      html`<${Line} icon="external-link">
        <a href=${facts.html_link} target="_blank" rel="noopener noreferrer">
          ${t('appointment.open_google')}
        </a>
      <//>`
    }
  </div>`;
}

// Loads the appointment, and again when it or its account changes and while it waits for Google.
function usePage(id) {
  const [page, setPage] = useState(null);
  const [error, setError] = useState(null);
  const load = () => {
    setError(null);
    loadEvent(id).then(setPage).catch(setError);
  };
  useEffect(() => {
    load();
    // What is shown stays if it cannot be asked for again.
    const again = coalesced(() => loadEvent(id).then(setPage, () => {}));
    const stops = ['events', 'accounts'].map((type) => onLive(type, again));
    return () => stops.forEach((stop) => stop());
  }, [id]);
  const isWaiting = page?.sync?.state === 'waiting';
  useEffect(() => {
    if (!isWaiting) return () => {};
    const timer = setInterval(() => loadEvent(id).then(setPage, () => {}), WAITING_MS);
    return () => clearInterval(timer);
  }, [id, isWaiting]);
  return { page, error, load };
}

export function Details({ occurrence, calendars, zone, onClose, onEdit, onDelete, onAnswer }) {
  const { page, error, load } = usePage(occurrence.event);
  const calendar = calendars.find((item) => item.id === occurrence.calendar);
  const answers =
    page?.answerable &&
    html`
      <span class="answers-question">${t('answer.question')}</span>
      <${AnswerButtons}
        given=${ownAnswer(page, occurrence)}
        onAnswer=${(given) => onAnswer(page, given)}
      />
      ${page.editable && html`<span class="line-break"></span>`}
    `;
  const footer =
    page && page.editable
      ? html`
        ${answers}
        <${Button} kind="quiet danger-text" icon="trash-2" onClick=${() => onDelete(page)}>
          ${t('action.delete')}
        <//>
        <span class="grow"></span>
        <${Button} kind="primary" icon="pencil" onClick=${() => onEdit(page)} data-autofocus>
          ${t('action.edit')}
        <//>
      `
      : answers || null;
  return html`<${Dialog}
    title=${html`
      <span class="title-bar" style=${{ '--dot': colorOf(occurrence, calendar) }}></span>
      ${titleOf(occurrence)}
    `}
    class="details-dialog"
    onClose=${onClose}
    footer=${footer}
  >
    ${
      error
        ? html`<${LoadError}
          text=${error.status === 404 ? t('appointment.not_found') : messageOf(error)}
          retry=${load}
        />`
        : page
          ? html`<${Body} ...${{ page, occurrence, calendar, zone }} />`
          : html`<${Skeleton} rows=${3} />`
    }
  <//>`;
}
