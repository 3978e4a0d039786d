// Changes to appointments through the API. Each resolves when the host has answered; a refusal
// throws ApiError.
import * as api from '../api.js';
import { showToast, showUndo } from '../components/toast.js';
import { messageOf, t } from '../i18n.js';
import { senderName } from '../mail/sender.js';

export const loadEvent = (id) => api.get(`/api/events/${api.segment(id)}`);

function refusalText(error, title) {
  if (error.status === 410) return t('undo.late');
  return error.code === 'conflict' ? t('undo.conflict', { title }) : messageOf(error);
}

// Who is mailed when, and once more if that is taken back later.
function consequence({ kind, mails }) {
  const args = { count: mails.guests.length, sender: senderName(mails.by) };
  return {
    until: Date.now() + mails.waitMs,
    during: (seconds) => t(`undo.hold.${kind}`, { ...args, seconds }),
    after: t(`undo.mails.${kind}`, args),
  };
}

// What was saved, with a way to take it back. `title` names the appointment; `mails`, as mailsOf
// answers them, are of the kind "create", "change" or "delete".
export function offerUndo({ text, title, kind, mails }, saved, after) {
  if (!saved?.undo) return showToast(text);
  const hold = mails?.guests.length ? consequence({ kind, mails }) : null;
  const undo = async () => {
    const isQuiet = hold && Date.now() < hold.until;
    try {
      await api.post(`/api/undo/${api.segment(saved.undo)}`);
      showToast(t(isQuiet ? 'undo.done_quiet' : 'undo.done', { title }));
    } catch (error) {
      showToast(refusalText(error, title), { kind: 'bad' });
    }
    after();
  };
  return showUndo(text, undo, hold);
}

// `notify`: whom the act informs, as in event_document.json; "" as is usual.
export const create = (calendar, event, notify = '') =>
  api.post('/api/events', {
    ...(calendar ? { calendar } : {}),
    ...(notify ? { notify } : {}),
    event,
  });

export function change(page, scope, originalStart, changes, notify = '') {
  const body = { if_revision: page.revision, scope, changes, ...(notify ? { notify } : {}) };
  if (originalStart) body.original_start = originalStart;
  return api.patch(`/api/events/${api.segment(page.id)}`, body);
}

export const move = (page, calendar) =>
  api.patch(`/api/events/${api.segment(page.id)}`, {
    if_revision: page.revision,
    scope: 'all',
    calendar,
  });

// `given`: {answer}, the user's own answer to an invitation.
export function answer(page, scope, originalStart, given) {
  const body = { if_revision: page.revision, scope, ...given };
  if (originalStart) body.original_start = originalStart;
  return api.patch(`/api/events/${api.segment(page.id)}`, body);
}

export function erase(page, scope, originalStart, notify = '') {
  return api.del(
    api.query(`/api/events/${api.segment(page.id)}`, {
      if_revision: page.revision,
      scope,
      original_start: originalStart,
      notify: notify || undefined,
    }),
  );
}
