// Somebody else changed the appointment meanwhile: what they changed, beside what one typed oneself.
import { Button, Icon } from '../components/basics.js';
import { html } from '../html.js';
import { locale, t } from '../i18n.js';
import { changesOf } from './form_model.js';
import { formatWhen } from './format.js';
import { recurrenceWords } from './recurrence_words.js';

function whenOf(values, zone) {
  const parts = values.all_day
    ? { all_day: true, start: values.start_day, end: values.end_day }
    : null;
  if (parts)
    return formatWhen(
      {
        ...parts,
        end: new Date(Date.parse(`${values.end_day}T00:00:00Z`) + 86400000)
          .toISOString()
          .slice(0, 10),
      },
      zone,
    );
  return `${formatWhen({ all_day: true, start: values.start_day, end: values.start_day }, zone)}, ${values.start_time}–${values.end_time}`;
}

const kShown = {
  summary: (values) => values.summary,
  when: whenOf,
  location: (values) => values.location,
  description: (values) => values.description.slice(0, 200),
  visibility: (values) => t(`appointment.visibility.${values.visibility}`),
  transparency: (values) => t(`appointment.shown_as.${values.transparency}`),
  color: (values) => t(`color.${values.color || 'calendar'}`),
  attendees: (values) => values.guests.map((guest) => guest.name || guest.email).join(', '),
  recurrence: (values) =>
    recurrenceWords(values.recurrence, values.series_start || values.start_day, locale(), t),
};

const fieldsOf = (changes) =>
  [
    ...new Set(
      Object.keys(changes).map((name) => (name === 'start' || name === 'end' ? 'when' : name)),
    ),
  ].filter((name) => kShown[name]);

// One row for each field that somebody changed: what stands there now, and what one typed oneself, or null where one left it alone.
export function conflictRows({ before, theirs, mine }) {
  const own = fieldsOf(changesOf(before, mine));
  return [...new Set([...own, ...fieldsOf(changesOf(before, theirs))])].map((name) => ({
    name,
    mine: own.includes(name),
  }));
}

export function ConflictNotice({ conflict, userZone, onReload }) {
  const { theirs, mine } = conflict;
  if (!theirs)
    return html`<div class="notice bad" role="alert">
      <${Icon} name="circle-alert" />
      <div><strong>${t('conflict.gone')}</strong> ${t('conflict.gone_text')}</div>
    </div>`;
  return html`<div class="conflict" role="alert">
    <div class="conflict-head">
      <${Icon} name="triangle-alert" />
      <div><strong>${t('conflict.title')}</strong><p>${t('conflict.text')}</p></div>
    </div>
    <table class="diff">
      <thead>
        <tr>
          <td></td>
          <th scope="col">${t('conflict.theirs')}</th>
          <th scope="col">${t('conflict.mine')}</th>
        </tr>
      </thead>
      <tbody>
        ${conflictRows(conflict).map(
          (row) => html`<tr>
            <th scope="row">${t(`conflict.field.${row.name}`)}</th>
            <td dir="auto">${kShown[row.name](theirs, userZone) || '–'}</td>
            ${row.mine ? html`<td dir="auto" class="mine">${kShown[row.name](mine, userZone) || '–'}</td>` : html`<td class="muted">${t('conflict.untouched')}</td>`}
          </tr>`,
        )}
      </tbody>
    </table>
    <div class="row end">
      <${Button} class="small" icon="refresh-cw" onClick=${onReload}>
        ${t('conflict.take_theirs')}
      <//>
    </div>
  </div>`;
}
