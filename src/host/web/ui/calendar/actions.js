// Changes to appointments through the API. Each resolves when the host has answered; a refusal
// throws ApiError.
import * as api from '../api.js';
import { showToast, showUndo } from '../components/toast.js';
import { messageOf, t } from '../i18n.js';

export const loadEvent = (id) => api.get(`/api/events/${api.segment(id)}`);

function refusalText(error, title) {
  if (error.status === 410) return t('undo.late');
  return error.code === 'conflict' ? t('undo.conflict', { title }) : messageOf(error);
}

// What was saved, with a way to take it back. `title` names the appointment; `mails`, of the kind
// "create", "change" or "delete", are the guests whom taking it back mails again.
export function offerUndo({ text, title, kind, mails }, saved, after) {
  if (!saved?.undo) return showToast(text);
  const again = mails > 0 ? ` ${t(`undo.mails.${kind}`, { count: mails })}` : '';
  return showUndo(`${text}${again}`, async () => {
    try {
      await api.post(`/api/undo/${api.segment(saved.undo)}`);
      showToast(t('undo.done', { title }));
    } catch (error) {
      showToast(refusalText(error, title), { kind: 'bad' });
    }
    after();
  });
}

export const create = (calendar, event) =>
  api.post('/api/events', calendar ? { calendar, event } : { event });

export function change(page, scope, originalStart, changes) {
  const body = { if_revision: page.revision, scope, changes };
  if (originalStart) body.original_start = originalStart;
  return api.patch(`/api/events/${api.segment(page.id)}`, body);
}

export const move = (page, calendar) =>
  api.patch(`/api/events/${api.segment(page.id)}`, {
    if_revision: page.revision,
    scope: 'all',
    calendar,
  });

export function erase(page, scope, originalStart) {
  return api.del(
    api.query(`/api/events/${api.segment(page.id)}`, {
      if_revision: page.revision,
      scope,
      original_start: originalStart,
    }),
  );
}
