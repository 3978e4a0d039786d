// The form of an appointment, new or existing. A refused save is shown above what was typed.
import {
  Check,
  described,
  Field,
  focusFirstError,
  SelectField,
  TextField,
} from '../components/field.js';
import { Dialog } from '../components/dialog.js';
import { Button, Dot, Icon, Notice } from '../components/basics.js';
import { html, useRef, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { calendarName, isWritable } from './calendars.js';
import { COLOR_IDS } from './colors.js';
import { ConflictNotice } from './conflict.js';
import { changesOf, checkValues, mailedGuests } from './form_model.js';
import { GuestsEditor } from './guests.js';
import { RecurrenceEditor } from './recurrence_editor.js';
import { Times } from './times_fields.js';

function More({ values, set }) {
  return html`<div class="row wrap">
    <${SelectField}
      id="ev-transparency"
      label=${t('appointment.shown_as')}
      value=${values.transparency}
      onChange=${(transparency) => set({ ...values, transparency })}
      options=${['opaque', 'transparent'].map((value) => ({
        value,
        label: t(`appointment.shown_as.${value}`),
      }))}
    />
    <${Field} id="ev-color" class="color-field" label=${t('appointment.color')}>
      <div class="swatches" role="radiogroup" aria-label=${t('appointment.color')}>
        ${['', ...COLOR_IDS].map(
          (id) => html`<button
            type="button"
            role="radio"
            aria-checked=${String(values.color === id)}
            class=${`swatch color-${id || 'none'}`}
            aria-label=${t(`color.${id || 'calendar'}`)}
            title=${t(`color.${id || 'calendar'}`)}
            onClick=${() => set({ ...values, color: id })}
          ></button>`,
        )}
      </div>
    <//>
  </div>`;
}

function CalendarField({ calendars, values, set }) {
  const calendar = calendars.find((item) => item.id === values.calendar);
  const offered = calendars.filter(
    (item) => isWritable(item) && (item.state !== 'gone' || item.id === values.calendar),
  );
  return html`<${Field}
    id="ev-calendar"
    label=${t('field.calendar')}
    hint=${calendar?.own ? t('appointment.calendar_own_hint') : ''}
  >
    <div class="select with-dot">
      <${Dot} color=${calendar?.color} />
      <select
        value=${values.calendar}
        onChange=${(event) => set({ ...values, calendar: event.target.value })}
        ...${described('ev-calendar', { hint: calendar?.own })}
      >
        ${offered.map(
          (item) => html`<option
            key=${item.id}
            value=${item.id}
            selected=${item.id === values.calendar}
          >
            ${calendarName(item)}
            ${item.is_default ? ` (${t('calendar.default')})` : ''}
          </option>`,
        )}
      </select>
      <${Icon} name="chevron-down" />
    </div>
  <//>`;
}

function DescriptionField({ values, before, set }) {
  const losesFormat = values.formatted && values.description !== before?.description;
  return html`<${Field}
    id="ev-description"
    label=${t('field.description')}
    hint=${losesFormat ? t('appointment.formatting_lost') : ''}
  >
    <textarea
      class="input"
      id="ev-description"
      rows="3"
      dir="auto"
      value=${values.description}
      onInput=${(event) => set({ ...values, description: event.target.value })}
    ></textarea>
  <//>`;
}

function Refusal({ draft, userZone, onReload }) {
  if (draft.conflict)
    return html`<${ConflictNotice}
      conflict=${draft.conflict}
      userZone=${userZone}
      onReload=${onReload}
    />`;
  if (!draft.refusal) return null;
  return html`<${Notice} kind="bad">
    <strong>${t('appointment.not_saved')}</strong> ${messageOf(draft.refusal)}
  <//>`;
}

// One component for both, so that the focused "Cancel" becomes "Keep editing".
function Footer({ ask, mails, isNew, onDelete, onCancel, onKeep, onDiscard }) {
  if (ask)
    return html`
      <span class="foot-note">${t('appointment.discard_question')}</span>
      <${Button} onClick=${onKeep}>${t('appointment.keep_editing')}<//>
      <${Button} kind="danger" onClick=${onDiscard}>${t('appointment.discard')}<//>
    `;
  const note = isNew ? 'appointment.mails_invite' : 'appointment.mails_change';
  return html`
    ${
      mails > 0 &&
      html`<span class="foot-note mail"><${Icon} name="mail" />${t(note, { count: mails })}</span>`
    }
    ${
      onDelete &&
      html`<${Button} kind="quiet danger-text" icon="trash-2" onClick=${onDelete}>
        ${t('action.delete')}
      <//>`
    }
    <span class="grow"></span>
    <${Button} onClick=${onCancel}>${t('action.cancel')}<//>
    <${Button} kind="primary" type="submit">${t('action.save')}<//>
  `;
}

export function AppointmentForm({
  draft,
  calendars,
  userZone,
  onSave,
  onDelete,
  onClose,
  onReload,
}) {
  const { page, before } = draft;
  const [values, setValues] = useState(draft.values);
  const [known, setKnown] = useState(draft.known || {});
  const [errors, setErrors] = useState(draft.errors || {});
  const [ask, setAsk] = useState(false);
  const box = useRef(null);
  const set = (next) => {
    setValues(next);
    if (Object.keys(errors).length) setErrors(checkValues(next));
  };
  const changes = before ? changesOf(before, values) : null;
  const moved = page && values.calendar !== page.calendar;
  const dirty = before
    ? Object.keys(changes).length > 0 || moved
    : JSON.stringify(values) !== JSON.stringify(draft.pristine || draft.values);
  const close = () => (dirty && !ask ? setAsk(true) : onClose());
  const calendar = calendars.find((item) => item.id === values.calendar);
  const mails =
    moved || !before || dirty
      ? mailedGuests(
          calendar,
          before?.guests || [],
          values.guests,
          before && !moved ? changes : null,
        )
      : 0;

  const submit = () => {
    const found = checkValues(values);
    setErrors(found);
    if (Object.keys(found).length) return focusFirstError(box.current);
    if (page && !dirty) return onClose();
    return onSave({ values, known, changes, moved, mails });
  };
  const footer = html`<${Footer}
    ask=${ask}
    mails=${mails}
    isNew=${!before}
    onDelete=${page && onDelete}
    onCancel=${close}
    onKeep=${() => setAsk(false)}
    onDiscard=${onClose}
  />`;
  return html`<${Dialog}
    title=${t(page ? 'appointment.edit' : 'appointment.new')}
    onClose=${close}
    onSubmit=${submit}
    class="appointment-dialog"
    footer=${footer}
  >
    <div class="stack" ref=${box}>
      <${Refusal} draft=${draft} userZone=${userZone} onReload=${onReload} />
      <${TextField}
        id="ev-summary"
        label=${t('field.summary')}
        value=${values.summary}
        class="title-field"
        data-autofocus
        placeholder=${t('appointment.summary_placeholder')}
        onInput=${(summary) => set({ ...values, summary })}
        error=${errors.summary && t(errors.summary)}
      />
      <${Times} values=${values} set=${set} errors=${errors} userZone=${userZone} />
      <${RecurrenceEditor}
        value=${values.recurrence}
        original=${before?.recurrence}
        start=${values.series_start || values.start_day}
        onChange=${(recurrence) => set({ ...values, recurrence })}
        errors=${errors}
      />
      <${CalendarField} calendars=${calendars} values=${values} set=${set} />
      <${GuestsEditor}
        guests=${values.guests}
        known=${known}
        onChange=${(guests) => set({ ...values, guests })}
        onKnown=${(email, entry) => setKnown((old) => ({ ...old, [email]: entry }))}
      />
      <${TextField}
        id="ev-location"
        label=${t('field.location')}
        value=${values.location}
        onInput=${(location) => set({ ...values, location })}
        error=${errors.location && t(errors.location)}
      />
      <${DescriptionField} values=${values} before=${before} set=${set} />
      <${Check}
        checked=${values.visibility === 'private' || values.visibility === 'confidential'}
        onChange=${(on) => set({ ...values, visibility: on ? 'private' : 'default' })}
      >
        ${t('appointment.private')} <span class="muted">${t('appointment.private_hint')}</span>
      <//>
      <${More} values=${values} set=${set} />
    </div>
  <//>`;
}
