// From a click to a saved appointment: which dialog is open, what is asked first, what is shown meanwhile, and what happens on a refusal.
// Used by the calendar and by cards. `show(key, occurrence)` draws a change before it is saved and answers what takes it back; `reload()` fetches anew; `onNew(day)` brings a new one into view.
import { toast } from '../components/toast.js';
import { html, useRef, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { change, create, erase, loadEvent, move, offerUndo } from './actions.js';
import { ChangeDialog } from './change_dialog.js';
import { Details } from './details.js';
import { AppointmentForm, isWritable } from './form.js';
import {
  contentOf,
  endMs,
  eventOf,
  mailedGuests,
  newValues,
  rebase,
  startMs,
  valuesOf,
} from './form_model.js';
import { titleOf } from './format.js';
import { knownOf } from './guests.js';
import { keyOf } from './store.js';
import { addDays, nextHalfHour, rfc3339, utcKey, wallOf } from './times.js';

let nextTemporary = 0;

export function defaultCalendar(calendars) {
  return (
    calendars.find((item) => item.is_default && isWritable(item) && item.state !== 'gone') ||
    calendars.find((item) => item.own) ||
    calendars[0]
  );
}

// How values look on the calendar while the host has not answered.
function pendingOf(values, occurrence) {
  const times = values.all_day
    ? { start: values.start_day, end: addDays(values.end_day, 1) }
    : { start: utcKey(startMs(values)), end: utcKey(endMs(values)) };
  return {
    ...(occurrence || {
      event: `new-${++nextTemporary}`,
      original_start: '',
      recurring: values.recurrence.kind !== 'none',
      editable: true,
    }),
    ...times,
    summary: values.summary,
    all_day: values.all_day,
    time_zone: values.zone,
    location: values.location,
    visibility: values.visibility,
    transparency: values.transparency,
    color: values.color,
    guests: values.guests,
    calendar: values.calendar,
    pending: true,
  };
}

// The same occurrence in a newer document.
function occurrenceIn(page, occurrence) {
  const content = contentOf(page.event, occurrence.original_start);
  if (occurrence.original_start && content === page.event) return occurrence;
  const allDay = Boolean(content.start.date);
  return {
    ...occurrence,
    all_day: allDay,
    start: allDay ? content.start.date : utcKey(Date.parse(content.start.date_time)),
    end: allDay ? content.end.date : utcKey(Date.parse(content.end.date_time)),
  };
}

function isFirst(page, occurrence) {
  const start = page.event.start;
  return (
    occurrence.original_start === start.date ||
    Date.parse(occurrence.original_start) === Date.parse(start.date_time)
  );
}

// Which parts of a series a change can mean.
export function scopesOf(page, occurrence, changes) {
  if (!occurrence.recurring) return ['all'];
  const first = isFirst(page, occurrence);
  if (changes && 'recurrence' in changes) return first ? ['all'] : ['following', 'all'];
  return first ? ['this', 'all'] : ['this', 'following', 'all'];
}

export function useAppointments({ calendars, zone, show, reload, onNew = () => {} }) {
  const [dialog, setDialog] = useState(null);
  const serial = useRef(0);
  const close = () => setDialog(null);
  const openForm = (draft) => setDialog({ type: 'form', draft, serial: ++serial.current });

  const settled = async (release) => {
    await reload();
    release();
  };

  function openNew(range) {
    const calendar = defaultCalendar(calendars);
    const start = nextHalfHour(Date.now());
    const values = newValues({
      ...(range || { startMs: start, endMs: start + 3600000 }),
      zone,
      calendar: calendar?.id || '',
    });
    openForm({ values, pristine: values });
  }

  function edit(page, occurrence) {
    const before = valuesOf(page, occurrence, zone);
    openForm({ page, occurrence, before, values: before, known: knownOf(page.guests) });
  }

  async function saveNew(draft, { values, known }) {
    close();
    const pending = pendingOf(values);
    const release = show(keyOf(pending), pending);
    onNew(values.start_day);
    try {
      const saved = await create(values.calendar, eventOf(values));
      offerUndo(t('saved.created'), saved, reload);
      await settled(release);
    } catch (error) {
      release();
      openForm({ ...draft, values, known, refusal: error });
    }
  }

  async function send(page, occurrence, scope, changes, calendar) {
    let target = page;
    let saved = null;
    if (calendar && calendar !== page.calendar) {
      saved = await move(page, calendar);
      target = { ...page, id: saved.id, revision: saved.revision };
    }
    return Object.keys(changes).length
      ? change(target, scope, occurrence.recurring ? occurrence.original_start : '', changes)
      : saved;
  }

  function refused(draft, input, error) {
    if (error.status === 409 && error.current) {
      const theirs = valuesOf(error.current, occurrenceIn(error.current, draft.occurrence), zone);
      openForm({
        ...draft,
        page: error.current,
        before: theirs,
        values: rebase(draft.before, input.values, theirs),
        known: { ...knownOf(error.current.guests), ...input.known },
        conflict: { before: draft.before, theirs, mine: input.values },
        refusal: error,
      });
    } else if (error.status === 404 || error.status === 410) {
      openForm({
        ...draft,
        values: input.values,
        known: input.known,
        conflict: { theirs: null },
        refusal: error,
      });
    } else {
      openForm({ ...draft, values: input.values, known: input.known, refusal: error });
    }
  }

  async function saveExisting(draft, input, scope) {
    const { page, occurrence } = draft;
    close();
    const release = show(keyOf(occurrence), pendingOf(input.values, occurrence));
    try {
      const saved = await send(
        page,
        occurrence,
        scope,
        input.changes,
        input.moved ? input.values.calendar : '',
      );
      offerUndo(t('saved.changed'), saved, reload);
      await settled(release);
    } catch (error) {
      release();
      refused(draft, input, error);
    }
  }

  function save(draft, input) {
    if (!draft.page) return saveNew(draft, input);
    const scopes = input.moved ? ['all'] : scopesOf(draft.page, draft.occurrence, input.changes);
    if (scopes.length < 2) return saveExisting(draft, input, scopes[0]);
    return setDialog({
      type: 'ask',
      kind: 'change',
      title: titleOf(draft.occurrence),
      scopes,
      mails: input.mails,
      onConfirm: (scope) => saveExisting(draft, input, scope),
      onClose: () => openForm({ ...draft, values: input.values, known: input.known }),
    });
  }

  async function eraseNow(page, occurrence, scope) {
    close();
    const release = show(keyOf(occurrence), null);
    try {
      const saved = await erase(page, scope, occurrence.recurring ? occurrence.original_start : '');
      offerUndo(
        t(
          !occurrence.recurring
            ? 'saved.deleted'
            : scope === 'this'
              ? 'saved.deleted_one'
              : 'saved.deleted_many',
        ),
        saved,
        reload,
      );
      await settled(release);
    } catch (error) {
      release();
      toast(error.status === 409 ? t('saved.delete_conflict') : messageOf(error), { kind: 'bad' });
      reload();
    }
  }

  function askErase(page, occurrence, back) {
    const calendar = calendars.find((item) => item.id === page.calendar);
    const mails = mailedGuests(
      calendar,
      contentOf(page.event, occurrence.original_start).attendees || [],
      [],
      null,
    );
    const scopes = scopesOf(page, occurrence);
    if (scopes.length < 2 && !mails) return eraseNow(page, occurrence, scopes[0]);
    return setDialog({
      type: 'ask',
      kind: 'delete',
      title: titleOf(occurrence),
      scopes,
      mails,
      onConfirm: (scope) => eraseNow(page, occurrence, scope),
      onClose: back,
    });
  }

  // A drag or a resize: {start, end} of the occurrence on the calendar; `revert` puts it back.
  async function moved(occurrence, times, revert) {
    let page;
    try {
      page = await loadEvent(occurrence.event);
    } catch (error) {
      revert();
      return toast(messageOf(error), { kind: 'bad' });
    }
    const before = valuesOf(page, occurrence, zone);
    const changes = times.allDay
      ? { start: { date: times.start }, end: { date: times.end } }
      : {
          start: { date_time: rfc3339(times.start, before.zone), time_zone: before.zone },
          end: { date_time: rfc3339(times.end, before.end_zone), time_zone: before.end_zone },
        };
    const after = times.allDay
      ? { ...before, all_day: true, start_day: times.start, end_day: addDays(times.end, -1) }
      : {
          ...before,
          all_day: false,
          start_day: wallOf(times.start, before.zone).day,
          start_time: wallOf(times.start, before.zone).time,
          end_day: wallOf(times.end, before.zone).day,
          end_time: wallOf(times.end, before.zone).time,
        };
    const calendar = calendars.find((item) => item.id === page.calendar);
    const mails = mailedGuests(calendar, before.guests, [], changes);
    const scopes = scopesOf(page, occurrence, changes);
    const draft = { page, occurrence, before, values: after, known: knownOf(page.guests) };
    const input = { values: after, known: draft.known, changes, moved: false, mails };
    const confirm = (scope) => saveExisting(draft, input, scope);
    if (scopes.length < 2 && !mails) return confirm(scopes[0]);
    return setDialog({
      type: 'ask',
      kind: 'change',
      title: titleOf(occurrence),
      scopes,
      mails,
      onConfirm: confirm,
      onClose: () => {
        close();
        revert();
      },
    });
  }

  const draft = dialog?.draft;
  const element = !dialog
    ? null
    : dialog.type === 'details'
      ? html`<${Details}
        key=${keyOf(dialog.occurrence)}
        occurrence=${dialog.occurrence}
        calendars=${calendars}
        zone=${zone}
        onClose=${close}
        onEdit=${(page) => edit(page, dialog.occurrence)}
        onDelete=${(page) => askErase(page, dialog.occurrence, close)}
      />`
      : dialog.type === 'ask'
        ? html`<${ChangeDialog} key="ask" ...${dialog} />`
        : html`<${AppointmentForm}
          key=${dialog.serial}
          draft=${draft}
          calendars=${calendars}
          userZone=${zone}
          onClose=${close}
          onSave=${(input) => save(draft, input)}
          onDelete=${() => askErase(draft.page, draft.occurrence, () => openForm(draft))}
          onReload=${() => edit(draft.page, occurrenceIn(draft.page, draft.occurrence))}
        />`;
  return {
    element,
    openNew,
    moved,
    open: (occurrence) => setDialog({ type: 'details', occurrence }),
    isOpen: Boolean(dialog),
  };
}
