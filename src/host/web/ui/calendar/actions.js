// Changes to appointments through the API. Each resolves when the host has answered; a refusal
// throws ApiError.
import * as api from '../api.js';
import { showToast } from '../components/toast.js';
import { messageOf, t } from '../i18n.js';

export const loadEvent = (id) => api.get(`/api/events/${api.segment(id)}`);

export function offerUndo(text, saved, after) {
  if (!saved?.undo) return showToast(text);
  return showToast(text, {
    label: t('action.undo'),
    action: async () => {
      try {
        await api.post(`/api/undo/${api.segment(saved.undo)}`);
        showToast(t('undo.done'));
      } catch (error) {
        showToast(error.status === 410 ? t('undo.late') : messageOf(error), { kind: 'bad' });
      }
      after();
    },
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
