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
import { DiscardQuestion, DraftNotice, useUnsaved } from '../components/unsaved.js';
import { useAfterLogIn } from '../session.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { MailNote } from '../mail/mail_note.js';
import { mailPolicy, UNKNOWN } from '../mail/sender.js';
import { wished } from '../mail/wish.js';
import { calendarName, isWritable } from './calendars.js';
import { COLOR_IDS } from './colors.js';
import { ConflictNotice } from './conflict.js';
import {
  asNew,
  changesOf,
  checkValues,
  isOver,
  mailsOf,
  NO_MAILS,
  rebase,
  withTyped,
} from './form_model.js';
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
    ${draft.refusal.code === 'offline' && ` ${t('appointment.kept')}`}
  <//>`;
}

// One component for both, so that the focused "Cancel" becomes "Keep editing".
function Footer({ unsaved, mails, wish, onWish, isNew, isGone, onDelete }) {
  if (unsaved.asking) return html`<${DiscardQuestion} unsaved=${unsaved} />`;
  const note = isNew || isGone ? 'appointment.mails_invite' : 'appointment.mails_change';
  return html`
    <${MailNote} mails=${mails} text=${note} wish=${wish} onWish=${onWish} />
    ${
      onDelete &&
      !isGone &&
      html`<${Button} kind="quiet danger-text" icon="trash-2" onClick=${onDelete}>
        ${t('action.delete')}
      <//>`
    }
    <span class="grow"></span>
    <${Button} onClick=${unsaved.close}>${t('action.cancel')}<//>
    <${Button} kind="primary" type="submit">
      ${t(isGone ? 'appointment.save_as_new' : 'action.save')}
    <//>
  `;
}

// The draft of an earlier visit on what is saved now: only what the user had changed.
function restored({ values, before }, now) {
  return before && now ? rebase(before, values, now) : values;
}

// Who mails the guests of appointments in the calendar.
function usePolicy(calendar) {
  const [policy, setPolicy] = useState(UNKNOWN);
  useEffect(() => {
    let ended = false;
    mailPolicy(calendar).then((found) => !ended && setPolicy(found));
    return () => {
      ended = true;
    };
  }, [calendar?.account]);
  return policy;
}

// What the form holds: values, typed text of the guest field, errors, and what saving them means.
function useFormValues(draft, calendars) {
  const { page, before } = draft;
  const isGone = draft.conflict?.theirs === null;
  const [values, setValues] = useState(draft.values);
  const [guestText, setGuestText] = useState(draft.guestText || '');
  const [errors, setErrors] = useState(draft.errors || {});
  const settled = { ...values, guests: withTyped(values.guests, guestText).guests };
  const changes = before ? changesOf(before, settled) : null;
  const moved = Boolean(page) && values.calendar !== page.calendar;
  const pristine = draft.pristine || draft.values;
  const isDirty =
    guestText.trim() !== '' ||
    (before
      ? Object.keys(changes).length > 0 || moved
      : JSON.stringify(settled) !== JSON.stringify(pristine));
  const isOther = moved || !before || isGone;
  const calendar = calendars.find((item) => item.id === values.calendar);
  const policy = usePolicy(calendar);
  const mails =
    isOther || isDirty
      ? mailsOf(
          policy,
          calendar,
          isGone ? [] : before?.guests || [],
          settled.guests,
          isOther ? null : changes,
          isOver(settled),
        )
      : NO_MAILS;
  const check = () => {
    const typed = withTyped(values.guests, guestText);
    const found = {
      ...checkValues(settled),
      ...(typed.rest ? { guests: 'guest.no_address' } : {}),
    };
    setValues(settled);
    setGuestText(typed.rest);
    setErrors(found);
    return Object.keys(found).length === 0;
  };
  return {
    ...{ values, settled, guestText, errors, changes, moved, isDirty, isGone, mails, check },
    set: (next) => {
      setValues(next);
      setErrors((old) =>
        Object.keys(old).length
          ? { ...checkValues(next), ...(old.guests ? { guests: old.guests } : {}) }
          : old,
      );
    },
    setGuestText: (text) => {
      setGuestText(text);
      setErrors(({ guests: _, ...rest }) => rest);
    },
    refuseGuests: () => setErrors((old) => ({ ...old, guests: 'guest.no_address' })),
  };
}

export function AppointmentForm({
  draft,
  calendars,
  userZone,
  onSave,
  onSaveAsNew,
  onDelete,
  onClose,
  onReload,
}) {
  const { page, before } = draft;
  const form = useFormValues(draft, calendars);
  const { values, settled, guestText, errors, changes, moved, isDirty, isGone, mails, set } = form;
  const [known, setKnown] = useState(draft.known || {});
  const [wish, setWish] = useState(draft.wish || '');
  const box = useRef(null);
  const unsaved = useUnsaved({
    name: draft.name,
    isDirty,
    data: { values: settled, guestText, before, wish },
    onClose,
  });
  const submit = () => {
    if (!form.check()) return focusFirstError(box.current);
    const input = { values: settled, known, changes, moved, mails: wished(mails, wish) };
    if (isGone) return onSaveAsNew({ ...input, values: asNew(settled) });
    if (page && !isDirty) return onClose();
    return onSave(input);
  };
  useAfterLogIn(draft.refusal, submit);
  const restore = (earlier) => {
    set(restored(earlier, before));
    form.setGuestText(earlier.guestText || '');
    setWish(earlier.wish || '');
  };
  const footer = html`<${Footer}
    unsaved=${unsaved}
    mails=${mails}
    wish=${wish}
    onWish=${setWish}
    isNew=${!before}
    isGone=${isGone}
    onDelete=${page && onDelete}
  />`;
  return html`<${Dialog}
    title=${t(page ? 'appointment.edit' : 'appointment.new')}
    onClose=${unsaved.close}
    onSubmit=${submit}
    class="appointment-dialog"
    footer=${footer}
  >
    <div class="stack" ref=${box}>
      <${Refusal} draft=${draft} userZone=${userZone} onReload=${onReload} />
      ${!draft.refusal && html`<${DraftNotice} unsaved=${unsaved} onRestore=${restore} />`}
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
      <${GuestsEditor}
        guests=${values.guests}
        known=${known}
        text=${guestText}
        error=${errors.guests && t(errors.guests)}
        onText=${form.setGuestText}
        onRefused=${form.refuseGuests}
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
      <${RecurrenceEditor}
        value=${values.recurrence}
        original=${before?.recurrence}
        start=${values.series_start || values.start_day}
        onChange=${(recurrence) => set({ ...values, recurrence })}
        errors=${errors}
      />
      <${CalendarField} calendars=${calendars} values=${values} set=${set} />
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
