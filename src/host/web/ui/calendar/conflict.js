// Shows a conflict: the appointment was changed elsewhere while the user edited it. One row for
// each changed field, with the saved value and the user's own.
import { Button, Icon } from '../components/basics.js';
import { html } from '../html.js';
import { locale, t } from '../i18n.js';
import { changesOf } from './form_model.js';
import { formatWhen } from './format.js';
import { describeRecurrence } from './recurrence_text.js';
import { addDays } from './times.js';

function whenOf(values, zone) {
  if (values.all_day) {
    const day = { all_day: true, start: values.start_day, end: addDays(values.end_day, 1) };
    return formatWhen(day, zone);
  }
  const day = formatWhen({ all_day: true, start: values.start_day, end: values.start_day }, zone);
  return `${day}, ${values.start_time}–${values.end_time}`;
}

// Name of a field: [text key of its label, its value as text].
const FIELDS = {
  summary: ['field.summary', (values) => values.summary],
  when: ['conflict.field.when', whenOf],
  location: ['field.location', (values) => values.location],
  description: ['field.description', (values) => values.description.slice(0, 200)],
  visibility: [
    'conflict.field.visibility',
    (values) => t(`appointment.visibility.${values.visibility}`),
  ],
  transparency: [
    'appointment.shown_as',
    (values) => t(`appointment.shown_as.${values.transparency}`),
  ],
  color: ['appointment.color', (values) => t(`color.${values.color || 'calendar'}`)],
  attendees: [
    'field.attendees',
    (values) => values.guests.map((guest) => guest.name || guest.email).join(', '),
  ],
  recurrence: [
    'field.recurrence',
    (values) =>
      describeRecurrence(values.recurrence, values.series_start || values.start_day, locale(), t),
  ],
};

const fieldOf = (member) => (member === 'start' || member === 'end' ? 'when' : member);
const fieldsOf = (changes) =>
  [...new Set(Object.keys(changes).map(fieldOf))].filter((name) => FIELDS[name]);

// One row for each changed field; `mine` is true where the user changed it.
export function conflictRows({ before, theirs, mine }) {
  const own = fieldsOf(changesOf(before, mine));
  return [...new Set([...own, ...fieldsOf(changesOf(before, theirs))])].map((name) => ({
    name,
    mine: own.includes(name),
  }));
}

function Row({ row, theirs, mine, zone }) {
  const [label, textOf] = FIELDS[row.name];
  return html`<tr>
    <th scope="row">${t(label)}</th>
    <td dir="auto">${textOf(theirs, zone) || '–'}</td>
    ${
      row.mine
        ? html`<td dir="auto" class="mine">${textOf(mine, zone) || '–'}</td>`
        : html`<td class="muted">${t('conflict.untouched')}</td>`
    }
  </tr>`;
}

export function ConflictNotice({ conflict, userZone, onReload }) {
  const { theirs, mine } = conflict;
  if (!theirs)
    return html`<div class="notice bad" role="alert">
      <${Icon} name="circle-alert" />
      <div><strong>${t('appointment.not_found')}</strong> ${t('conflict.gone_text')}</div>
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
          (row) => html`<${Row} row=${row} theirs=${theirs} mine=${mine} zone=${userZone} />`,
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
