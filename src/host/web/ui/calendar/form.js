// The form of an appointment, new or existing. Values come and go whole; a refusal is shown above what was typed.
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
import { kColorIds } from './colors.js';
import { ConflictNotice } from './conflict.js';
import {
  changesOf,
  checkValues,
  mailedGuests,
  startMs,
  withStart,
  withZone,
} from './form_model.js';
import { formatOffset, formatWhen } from './format.js';
import { GuestsEditor } from './guests.js';
import { RecurrenceEditor } from './recurrence_editor.js';
import { isDay, isTime, sameClock, zoneCity } from './times.js';

export const calendarName = (calendar) => calendar.name || t('calendar.own');
export const isWritable = (calendar) =>
  calendar.own ||
  calendar.state === 'gone' ||
  (calendar.mode === 'two_way' && ['owner', 'writer'].includes(calendar.role));

function zones(...first) {
  const all =
    typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];
  return [...new Set([...first, 'UTC', ...all])];
}

function Times({ values, set, errors, userZone }) {
  const [chooseZone, setChooseZone] = useState(values.zone !== userZone);
  const message = (name) => errors[name] && t(errors[name]);
  const input = (name, type, label, change) =>
    html`<input
      class="input"
      type=${type}
      aria-label=${label}
      value=${values[name]}
      onInput=${(event) => change(event.target.value)}
      ...${described(`ev-${name}`, { error: errors[name] })}
    />`;
  const ready = isDay(values.start_day) && isTime(values.start_time);
  const other = !values.all_day && ready && !sameClock(startMs(values), values.zone, userZone);
  return html`<div class="times">
    <div class="row wrap">
      <${Field}
        id="ev-start_day"
        label=${t('appointment.start')}
        error=${message('start_day') || message('start_time')}
      >
        <div class="date-time">
          ${input('start_day', 'date', t('appointment.start_day'), (start_day) =>
            set(withStart(values, { start_day })),
          )}
          ${
            !values.all_day &&
            input('start_time', 'time', t('appointment.start_time'), (start_time) =>
              set(withStart(values, { start_time })),
            )
          }
        </div>
      <//>
      <${Field}
        id="ev-end_day"
        label=${t('appointment.end')}
        error=${message('end_day') || message('end_time')}
      >
        <div class="date-time">
          ${input('end_day', 'date', t('appointment.end_day'), (end_day) =>
            set({ ...values, end_day }),
          )}
          ${
            !values.all_day &&
            input('end_time', 'time', t('appointment.end_time'), (end_time) =>
              set({ ...values, end_time }),
            )
          }
        </div>
      <//>
    </div>
    <div class="row wrap between">
      <${Check} checked=${values.all_day} onChange=${(all_day) => set({ ...values, all_day })}>
        ${t('appointment.all_day')}
      <//>
      ${
        !values.all_day &&
        !chooseZone &&
        html`<button type="button" class="link" onClick=${() => setChooseZone(true)}>
          <${Icon} name="globe" />
          ${zoneCity(values.zone)}
        </button>`
      }
    </div>
    ${
      !values.all_day &&
      chooseZone &&
      html`<${SelectField}
        id="ev-zone"
        label=${t('appointment.zone')}
        value=${values.zone}
        onChange=${(zone) => set(withZone(values, zone))}
        options=${zones(userZone, values.zone).map((zone) => ({
          value: zone,
          label: ready
            ? `${zone.replaceAll('_', ' ')} (${formatOffset(startMs(values), zone)})`
            : zone,
        }))}
        hint=${
          other
            ? t('appointment.your_time', {
                when: formatWhen(
                  {
                    start: new Date(startMs(values)).toISOString(),
                    end: new Date(startMs(values)).toISOString(),
                  },
                  userZone,
                ),
                zone: zoneCity(userZone),
              })
            : ''
        }
      />`
    }
  </div>`;
}

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
        ${['', ...kColorIds].map(
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
  const offered = calendars.filter(
    (item) => isWritable(item) && (item.state !== 'gone' || item.id === values.calendar),
  );

  const submit = () => {
    const found = checkValues(values);
    setErrors(found);
    if (Object.keys(found).length) return focusFirstError(box.current);
    if (page && !dirty) return onClose();
    return onSave({ values, known, changes, moved, mails });
  };
  const text = (name, label, extra = {}) =>
    html`<${TextField}
      id=${`ev-${name}`}
      label=${label}
      value=${values[name]}
      onInput=${(value) => set({ ...values, [name]: value })}
      error=${errors[name] && t(errors[name])}
      ...${extra}
    />`;

  return html`<${Dialog}
    title=${t(page ? 'appointment.edit' : 'appointment.new')}
    onClose=${close}
    onSubmit=${submit}
    class="appointment-dialog"
    footer=${
      ask
        ? html`
          <span class="foot-note">${t('appointment.discard_question')}</span>
          <${Button} onClick=${() => setAsk(false)}>${t('appointment.keep_editing')}<//>
          <${Button} kind="danger" onClick=${onClose}>${t('appointment.discard')}<//>
        `
        : html`
          ${
            mails > 0 &&
            html`<span class="foot-note mail">
              <${Icon} name="mail" />
              ${t(before ? 'appointment.mails_change' : 'appointment.mails_invite', {
                count: mails,
              })}
            </span>`
          }
          ${
            page &&
            html`<${Button} kind="quiet danger-text" icon="trash-2" onClick=${onDelete}>
              ${t('action.delete')}
            <//>`
          }
          <span class="grow"></span>
          <${Button} onClick=${close}>${t('action.cancel')}<//>
          <${Button} kind="primary" type="submit">${t('action.save')}<//>
        `
    }
  >
    <div class="stack" ref=${box}>
      ${
        draft.conflict
          ? html`<${ConflictNotice}
            conflict=${draft.conflict}
            userZone=${userZone}
            onReload=${onReload}
          />`
          : draft.refusal &&
            html`<${Notice} kind="bad">
              <strong>${t('appointment.not_saved')}</strong> ${messageOf(draft.refusal)}
            <//>`
      }
      <${TextField}
        id="ev-summary"
        label=${t('appointment.summary')}
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
      <${Field}
        id="ev-calendar"
        label=${t('appointment.calendar')}
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
      <//>
      <${GuestsEditor}
        guests=${values.guests}
        known=${known}
        onChange=${(guests) => set({ ...values, guests })}
        onKnown=${(email, entry) => setKnown((old) => ({ ...old, [email]: entry }))}
      />
      ${text('location', t('appointment.location'))}
      <${Field}
        id="ev-description"
        label=${t('appointment.description')}
        hint=${
          values.formatted && values.description !== before?.description
            ? t('appointment.formatting_lost')
            : ''
        }
      >
        <textarea
          class="input"
          id="ev-description"
          rows="3"
          dir="auto"
          value=${values.description}
          onInput=${(event) => set({ ...values, description: event.target.value })}
        ></textarea>
      <//>
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
