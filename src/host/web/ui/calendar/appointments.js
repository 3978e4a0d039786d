// From a click to a saved appointment: which dialog is open, what is asked before saving, what the
// calendar shows meanwhile, and what happens when the host refuses. Used by the calendar page and
// by cards; appointment_dialogs.js renders the dialogs.
import { showToast } from '../components/toast.js';
import { dropDraft } from '../drafts.js';
import { useReducer } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { mailPolicy } from '../mail/sender.js';
import { change, create, erase, loadEvent, move, offerUndo } from './actions.js';
import { isWritable } from './calendars.js';
import { CLOSED, dialogReducer } from './dialog_state.js';
import { contentOf, eventOf, isOver, mailsOf, newValues, rebase, valuesOf } from './form_model.js';
import { formatWhen, shortTitle, titleOf } from './format.js';
import { recordsByAddress } from './guests.js';
import { draggedTo, keyOf, occurrenceIn, pendingOccurrence, scopesOf } from './occurrences.js';
import { giveAnswer } from './own_answer.js';
import { nextHalfHour } from './times.js';

// Where a new appointment goes unless the user chooses another calendar.
function defaultCalendar(calendars) {
  return (
    calendars.find(
      (item) =>
        item.is_default && item.is_carried !== false && isWritable(item) && item.state !== 'gone',
    ) ||
    calendars.find((item) => item.own) ||
    calendars[0]
  );
}

const NEW_DRAFT = 'event.new';
const draftName = (page, occurrence) => `event.${page.id}.${occurrence.original_start}`;

// `given`: further values to begin with, such as a guest.
function openNew({ calendars, zone, openForm, proposeStart }, times, given = {}) {
  const start = proposeStart();
  const values = {
    ...newValues({
      ...(times || { startMs: start, endMs: start + 3600000 }),
      zone,
      calendar: defaultCalendar(calendars)?.id || '',
    }),
    ...given,
  };
  openForm({ name: NEW_DRAFT, values, pristine: values });
}

function edit({ zone, openForm }, page, occurrence) {
  const before = valuesOf(page, occurrence, zone);
  const name = draftName(page, occurrence);
  openForm({
    ...{ name, page, occurrence, before, values: before },
    known: recordsByAddress(page.guests),
  });
}

async function saveNew(context, draft, { values, known, mails }) {
  const { close, show, reload, onNew, openForm, zone } = context;
  close();
  onNew(values.start_day);
  const pending = pendingOccurrence(values);
  const release = show(keyOf(pending), pending);
  try {
    const saved = await create(values.calendar, eventOf(values), mails.notify);
    dropDraft(draft.name);
    const title = shortTitle(pending);
    const text = t('saved.created', { title, when: formatWhen(pending, zone) });
    offerUndo({ text, title, kind: 'create', mails }, saved, reload);
    await reload();
    release();
  } catch (error) {
    release();
    openForm({ ...draft, values, known, wish: mails.notify, refusal: error });
  }
}

// Sends a move to another calendar and other changes as two requests; answers the last response.
async function send(page, occurrence, scope, { changes, calendar, notify }) {
  let target = page;
  let saved = null;
  if (calendar && calendar !== page.calendar) {
    saved = await move(page, calendar);
    target = { ...page, id: saved.id, revision: saved.revision };
  }
  if (!Object.keys(changes).length) return saved;
  const start = occurrence.recurring ? occurrence.original_start : '';
  return change(target, scope, start, changes, notify);
}

// Opens the form again as it was typed, with the reason; after a conflict with both versions.
function reopenRefused({ zone, openForm }, draft, { values, known, mails }, error) {
  const name = draftName(draft.page, draft.occurrence);
  const typed = { ...draft, name, values, known, wish: mails.notify, refusal: error };
  if (error.status === 409 && error.current) {
    const theirs = valuesOf(error.current, occurrenceIn(error.current, draft.occurrence), zone);
    openForm({
      ...typed,
      page: error.current,
      before: theirs,
      values: rebase(draft.before, values, theirs),
      known: { ...recordsByAddress(error.current.guests), ...known },
      conflict: { before: draft.before, theirs, mine: values },
    });
  } else if (error.status === 404 || error.status === 410) {
    openForm({ ...typed, conflict: { theirs: null } });
  } else {
    openForm(typed);
  }
}

// Only the times have changed: the message says the new ones.
const isMove = (changes) =>
  Object.keys(changes).length > 0 &&
  Object.keys(changes).every((name) => name === 'start' || name === 'end');

async function saveExisting(context, draft, input, scope) {
  const { close, show, reload, zone } = context;
  const { page, occurrence } = draft;
  close();
  const pending = pendingOccurrence(input.values, occurrence);
  const release = show(keyOf(occurrence), pending);
  try {
    const calendar = input.moved ? input.values.calendar : '';
    const { changes, mails } = input;
    const sent = { changes, calendar, notify: mails.notify };
    const saved = await send(page, occurrence, scope, sent);
    if (draft.name) dropDraft(draft.name);
    const title = shortTitle(pending);
    const text = isMove(input.changes)
      ? t('saved.moved', { title, when: formatWhen(pending, zone) })
      : t('saved.changed', { title });
    offerUndo({ text, title, kind: 'change', mails: input.mails }, saved, reload);
    await reload();
    release();
  } catch (error) {
    release();
    reopenRefused(context, draft, input, error);
  }
}

function save(context, draft, input) {
  if (!draft.page) return saveNew(context, draft, input);
  const scopes = input.moved ? ['all'] : scopesOf(draft.page, draft.occurrence, input.changes);
  if (scopes.length < 2) return saveExisting(context, draft, input, scopes[0]);
  return context.confirm({
    kind: 'change',
    title: titleOf(draft.occurrence),
    scopes,
    mails: input.mails,
    onConfirm: (scope, mails) => saveExisting(context, draft, { ...input, mails }, scope),
    onClose: () =>
      context.openForm({
        ...draft,
        ...{ values: input.values, known: input.known, wish: input.mails.notify },
      }),
  });
}

function deletedText(occurrence, scope, title) {
  if (!occurrence.recurring) return t('saved.deleted', { title });
  return t(scope === 'this' ? 'saved.deleted_one' : 'saved.deleted_many', { title });
}

async function remove(context, page, occurrence, scope, mails) {
  const { close, show, reload } = context;
  close();
  const release = show(keyOf(occurrence), null);
  try {
    const start = occurrence.recurring ? occurrence.original_start : '';
    const saved = await erase(page, scope, start, mails.notify);
    dropDraft(draftName(page, occurrence));
    const title = shortTitle(occurrence);
    const text = deletedText(occurrence, scope, title);
    offerUndo({ text, title, kind: 'delete', mails }, saved, reload);
    await reload();
    release();
  } catch (error) {
    release();
    const text = error.status === 409 ? t('saved.delete_conflict') : messageOf(error);
    showToast(text, { kind: 'bad' });
    reload();
  }
}

async function confirmRemoval(context, page, occurrence, onClose) {
  const calendar = context.calendars.find((item) => item.id === page.calendar);
  const guests = contentOf(page.event, occurrence.original_start).attendees || [];
  const over = isOver(valuesOf(page, occurrence, context.zone));
  const mails = mailsOf(await mailPolicy(calendar), calendar, guests, [], null, over);
  const scopes = scopesOf(page, occurrence);
  if (scopes.length < 2 && !mails.guests.length)
    return remove(context, page, occurrence, scopes[0], mails);
  return context.confirm({
    kind: 'delete',
    title: titleOf(occurrence),
    scopes,
    mails,
    onConfirm: (scope, wanted) => remove(context, page, occurrence, scope, wanted),
    onClose,
  });
}

// A drag or a resize: {allDay, start, end} on the calendar. `revert` puts the occurrence back.
async function drag(context, occurrence, times, revert) {
  let page;
  try {
    page = await loadEvent(occurrence.event);
  } catch (error) {
    revert();
    return showToast(messageOf(error), { kind: 'bad' });
  }
  const before = valuesOf(page, occurrence, context.zone);
  const { values, changes } = draggedTo(before, times);
  const calendar = context.calendars.find((item) => item.id === page.calendar);
  const policy = await mailPolicy(calendar);
  const mails = mailsOf(policy, calendar, before.guests, before.guests, changes, isOver(values));
  const scopes = scopesOf(page, occurrence, changes);
  const draft = { page, occurrence, before, values, known: recordsByAddress(page.guests) };
  const input = { values, known: draft.known, changes, moved: false, mails };
  const confirmed = (scope, wanted) =>
    saveExisting(context, draft, { ...input, mails: wanted }, scope);
  if (scopes.length < 2 && !mails.guests.length) return confirmed(scopes[0], mails);
  return context.confirm({
    kind: 'change',
    title: titleOf(occurrence),
    scopes,
    mails,
    onConfirm: confirmed,
    onClose: () => {
      context.close();
      revert();
    },
  });
}

// `show(key, occurrence)` shows an unsaved change and answers a function that removes it again;
// `reload()` fetches what is shown; `onNew(day)` brings the day of a new appointment into view;
// `proposeStart()` answers when a new appointment begins unless the user chose a time.
export function useAppointments({
  calendars,
  zone,
  show,
  reload,
  onNew = () => {},
  proposeStart = () => nextHalfHour(Date.now()),
}) {
  const [{ dialog, forms }, dispatch] = useReducer(dialogReducer, CLOSED);
  const close = () => dispatch({ type: 'close' });
  const openForm = (draft) => dispatch({ type: 'form', draft });
  const confirm = (question) => dispatch({ type: 'confirm', question });
  const context = {
    ...{ calendars, zone, show, reload, onNew, proposeStart },
    ...{ close, openForm, confirm },
  };
  return {
    dialog,
    forms,
    calendars,
    zone,
    close,
    openForm,
    open: (occurrence) => dispatch({ type: 'details', occurrence }),
    openNew: (times, given) => openNew(context, times, given),
    edit: (page, occurrence) => edit(context, page, occurrence),
    save: (draft, input) => save(context, draft, input),
    saveAsNew: (draft, input) => {
      dropDraft(draft.name);
      saveNew(context, { name: NEW_DRAFT, pristine: draft.before }, input);
    },
    remove: (page, occurrence, onClose) => confirmRemoval(context, page, occurrence, onClose),
    answer: (given) => giveAnswer(context, given),
    drag: (occurrence, times, revert) => drag(context, occurrence, times, revert),
  };
}
