// The dialog that creates or edits a lead or contact. A refused save keeps what was typed.
import * as api from '../api.js';
import { Button, IconButton, Notice } from '../components/basics.js';
import { Dialog } from '../components/dialog.js';
import { described, Field, focusFirstError, TextField } from '../components/field.js';
import { showToast } from '../components/toast.js';
import { DiscardQuestion, DraftNotice, useUnsaved } from '../components/unsaved.js';
import { dropDraft } from '../drafts.js';
import { useAfterLogIn } from '../session.js';
import { html, useRef, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { checkRecord, recordInput, recordValues } from './form_model.js';

export function RecordForm({ kind, record, onSaved, onClose }) {
  const [values, setValues] = useState(() => recordValues(record));
  const [errors, setErrors] = useState({});
  const [refusal, setRefusal] = useState(null);
  const [busy, setBusy] = useState(false);
  const box = useRef(null);
  const set = (change) => {
    const next = { ...values, ...change };
    setValues(next);
    if (Object.keys(errors).length) setErrors(checkRecord(next));
  };
  const initial = JSON.stringify(recordValues(record));
  const unsaved = useUnsaved({
    name: `${kind}.${record?.id || 'new'}`,
    isDirty: !busy && JSON.stringify(values) !== initial,
    data: { values },
    onClose,
  });
  const submit = async () => {
    const found = checkRecord(values);
    setErrors(found);
    if (Object.keys(found).length) return focusFirstError(box.current);
    setBusy(true);
    setRefusal(null);
    try {
      const saved = record
        ? await api.patch(`/api/${kind}/${api.segment(record.id)}`, recordInput(values))
        : await api.post(`/api/${kind}`, recordInput(values));
      dropDraft(`${kind}.${record?.id || 'new'}`);
      showToast(t(record ? 'saved' : `${kind}.created`));
      return onSaved(saved || record);
    } catch (error) {
      setBusy(false);
      const field = error.field?.startsWith('email') ? 'emails.0' : error.field;
      if (field && field in { 'name': 1, 'company': 1, 'title': 1, 'phone': 1, 'emails.0': 1 }) {
        setErrors({
          [field]: field === 'emails.0' ? 'record.error.email' : 'record.error.refused',
        });
        focusFirstError(box.current);
      }
      return setRefusal(error);
    }
  };
  useAfterLogIn(refusal, submit);
  const text = (name, label, extra = {}) =>
    html`<${TextField}
      id=${`record-${name}`}
      label=${label}
      value=${values[name]}
      onInput=${(value) => set({ [name]: value })}
      error=${errors[name] && t(errors[name])}
      autocomplete="off"
      ...${extra}
    />`;
  const setEmail = (i, email) =>
    set({ emails: values.emails.map((old, at) => (at === i ? email : old)) });
  return html`<${Dialog}
    title=${t(record ? 'action.edit' : `${kind}.new`)}
    onClose=${unsaved.close}
    onSubmit=${submit}
    class="record-dialog"
    footer=${
      unsaved.asking
        ? html`<${DiscardQuestion} unsaved=${unsaved} />`
        : html`
          <span class="grow"></span>
          <${Button} onClick=${unsaved.close}>${t('action.cancel')}<//>
          <${Button} kind="primary" type="submit" busy=${busy}>${t('action.save')}<//>
        `
    }
  >
    <div class="stack" ref=${box}>
      <${DraftNotice} unsaved=${unsaved} onRestore=${(earlier) => set(earlier.values)} />
      ${
        refusal &&
        html`<${Notice} kind="bad">
          <strong>${t('appointment.not_saved')}</strong> ${messageOf(refusal)}
          ${refusal.code === 'offline' && ` ${t('appointment.kept')}`}
        <//>`
      }
      ${text('name', t('field.name'), { 'data-autofocus': true })}
      <div class="row wrap">
        ${text('title', t('field.title'))}
        ${text('company', t('field.company'))}
      </div>
      ${values.emails.map((email, i) => {
        const id = `record-emails.${i}`;
        const error = errors[`emails.${i}`];
        return html`<${Field}
          key=${i}
          id=${id}
          label=${i ? t('record.email_n', { n: i + 1 }) : t('field.emails')}
          error=${error && t(error)}
        >
          <div class="with-remove">
            <input
              class="input"
              type="email"
              dir="ltr"
              value=${email}
              autocomplete="off"
              onInput=${(event) => setEmail(i, event.target.value)}
              ...${described(id, { error })}
            />
            ${
              values.emails.length > 1 &&
              html`<${IconButton}
                icon="x"
                label=${t('record.email_remove')}
                onClick=${() => set({ emails: values.emails.filter((_, at) => at !== i) })}
              />`
            }
          </div>
        <//>`;
      })}
      ${
        values.emails.length < 20 &&
        html`<div>
          <button
            type="button"
            class="link"
            onClick=${() => set({ emails: [...values.emails, ''] })}
          >
            ${t('record.email_add')}
          </button>
        </div>`
      }
      ${text('phone', t('field.phone'), { type: 'tel', dir: 'ltr' })}
    </div>
  <//>`;
}
