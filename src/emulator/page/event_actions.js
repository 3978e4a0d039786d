// Creates, edits, moves, answers and deletes events. Single events go through Google's API; changes
// to "following" and "all" of a series through POST /_emulator/series, which does what Google's
// own page does.
import { calendarPath, control, eventPath, google } from './api.js';
import { askScope } from './dialog.js';
import { apiTime, changedBody, newBody } from './event_body.js';
import { eventForm } from './event_form.js';
import { isWritable, state } from './state.js';
import { t } from './texts.js';
import { showToast } from './toast.js';

const sendUpdatesOf = (notify) => (notify ? 'all' : 'none');

// Resolves with undefined when the user cancels.
const scopeOf = (event, options) =>
  event.raw.recurringEventId ? askScope(options) : Promise.resolve('this');

async function formValues(event) {
  const { raw } = event;
  let series;
  if (raw.recurringEventId)
    series = await google(
      state.email,
      'GET',
      eventPath(event.calendar.id, raw.recurringEventId),
    ).catch(() => undefined);
  const organizer = raw.organizer?.self ? undefined : raw.organizer;
  return {
    summary: event.summary ?? '',
    start: event.start,
    end: event.end,
    allDay: event.allDay,
    calendar: event.calendar.id,
    rule: (series?.recurrence ?? raw.recurrence ?? []).join('\n'),
    location: raw.location ?? '',
    description: raw.description ?? '',
    attendees: raw.attendees ?? [],
    guests: (raw.attendees ?? []).map((guest) => guest.email).join(', '),
    colorId: raw.colorId ?? '',
    private: raw.visibility === 'private',
    free: raw.transparency === 'transparent',
    answer: event.answer,
    organizer: organizer?.displayName ?? organizer?.email ?? '',
    writable: event.writable,
  };
}

function changeSeries(event, scope, sendUpdates, change) {
  return control('POST', '/series', {
    email: state.email,
    calendar: event.calendar.id,
    event: event.id,
    scope,
    send_updates: sendUpdates,
    ...change,
  });
}

const patch = (event, id, change, sendUpdates) =>
  google(
    state.email,
    'PATCH',
    `${eventPath(event.calendar.id, id)}?sendUpdates=${sendUpdates}`,
    change,
  );

function save(event, change, scope, sendUpdates) {
  if (scope === 'this') return patch(event, event.id, change, sendUpdates);
  return changeSeries(event, scope, sendUpdates, { change });
}

function remove(event, scope, sendUpdates) {
  if (scope !== 'this') return changeSeries(event, scope, sendUpdates, { delete: true });
  const path = `${eventPath(event.calendar.id, event.id)}?sendUpdates=${sendUpdates}`;
  return google(state.email, 'DELETE', path);
}

// `attempt` wraps an action: it reports a failure and then reloads. `render` shows `state` again.
export function eventActions({ attempt, render }) {
  const create = async (span) => {
    const calendars = state.calendars.filter(isWritable);
    const chosen = await eventForm(
      { ...span, summary: '', calendar: calendars[0]?.id, writable: true },
      { calendars, colors: state.colors, isNew: true },
    );
    if (chosen?.action !== 'save') return;
    const { values } = chosen;
    const sendUpdates = sendUpdatesOf(values.notify);
    const path = `${calendarPath(values.calendar)}/events?sendUpdates=${sendUpdates}`;
    await attempt(async () => {
      await google(state.email, 'POST', path, newBody(values));
      showToast(t('saved'));
    })();
  };

  const answer = attempt(async (event, status) => {
    const scope = await scopeOf(event);
    if (!scope) return;
    const attendees = event.raw.attendees.map((guest) =>
      guest.self ? { ...guest, responseStatus: status } : guest,
    );
    // A guest answers one instance or the whole series, with its exceptions.
    await save(event, { attendees }, scope === 'this' ? scope : 'all', 'all');
    showToast(t('saved'));
  });

  const open = async (event) => {
    const before = await formValues(event);
    const options = { calendars: state.calendars, colors: state.colors, isNew: false };
    const chosen = await eventForm(before, options);
    if (!chosen) return;
    if (chosen.action === 'answer') return answer(event, chosen.answer);
    if (chosen.action === 'delete') {
      const scope = await scopeOf(event);
      if (!scope) return;
      return attempt(async () => {
        await remove(event, scope, sendUpdatesOf(chosen.notify));
        showToast(t('deleted'));
      })();
    }
    const change = changedBody(chosen.values, before);
    if (Object.keys(change).length === 0) return;
    const scope = await scopeOf(event, { single: !('recurrence' in change) });
    if (!scope) return;
    return attempt(async () => {
      await save(event, change, scope, sendUpdatesOf(chosen.values.notify));
      showToast(t('saved'));
    })();
  };

  const move = async (event, start, end) => {
    const scope = await scopeOf(event);
    if (!scope) return render();
    const change = { start: apiTime(start, event.allDay), end: apiTime(end, event.allDay) };
    return attempt(async () => {
      await save(event, change, scope, 'all');
      showToast(t('moved'));
    })();
  };

  return { create, open, move };
}
