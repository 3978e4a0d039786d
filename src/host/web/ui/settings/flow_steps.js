// One component for each kind of step in a settings flow.
import * as api from '../api.js';
import { Button, Icon, Notice, ProgressBar } from '../components/basics.js';
import { focusFirstError } from '../components/field.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { messageOf, number, t } from '../i18n.js';
import { href } from '../router.js';
import { SchemaField } from './form_fields.js';
import { initialValues, inputOf, missing, withValue } from './options_from.js';

const KEEP_AFTER_MS = 500;

// Keeps what is typed, half a second after the last key and when the step is left.
function useKept(step, values, onKeep) {
  const initial = useRef(JSON.stringify(values));
  const latest = useRef(null);
  latest.current = () => {
    const typed = JSON.stringify(values);
    if (typed === initial.current) return;
    initial.current = typed;
    onKeep(step.step, inputOf(step.schema, values));
  };
  useEffect(() => {
    const timer = setTimeout(() => latest.current(), KEEP_AFTER_MS);
    return () => clearTimeout(timer);
  }, [values]);
  useEffect(() => {
    const now = () => latest.current();
    addEventListener('pagehide', now);
    return () => {
      removeEventListener('pagehide', now);
      now();
    };
  }, []);
  return () => {
    initial.current = JSON.stringify(values); // submitted: nothing is left to keep
  };
}

function BackButton({ onBack, busy }) {
  if (!onBack) return null;
  return html`
    <${Button} icon="arrow-left" onClick=${onBack} disabled=${busy}>${t('flow.back')}<//>
    <span class="grow"></span>
  `;
}

function FormStep({ step, busy, onSubmit, onKeep, onBack, onCancel, refusal }) {
  const args = step.args || {};
  const [values, setValues] = useState(() => initialValues(step.schema, step.values));
  const submitted = useKept(step, values, onKeep);
  const [errors, setErrors] = useState(step.errors || {});
  const form = useRef(null);
  useEffect(() => {
    setErrors(step.errors || {});
    if (Object.keys(step.errors || {}).length) focusFirstError(form.current);
  }, [step]);
  const set = (name, value) => {
    setValues((old) => withValue(step.schema, old, name, value));
    setErrors(({ [name]: _, ...rest }) => rest);
  };
  const submit = (event) => {
    event.preventDefault();
    const found = missing(step.schema, values);
    setErrors(found);
    if (Object.keys(found).length) return focusFirstError(form.current);
    submitted();
    return onSubmit(step.step, inputOf(step.schema, values));
  };
  const goBack = () => {
    submitted();
    onBack();
  };
  return html`<form class="stack flow-form" ref=${form} onSubmit=${submit} novalidate>
    ${step.description && html`<p class="lead" dir="auto">${t(step.description, args)}</p>`}
    ${
      step.notes?.length > 0 &&
      html`<ul class="flow-notes">
        ${step.notes.map((note) => html`<li dir="auto">${t(note.key, note.args)}</li>`)}
      </ul>`
    }
    ${refusal && html`<${Notice} kind="bad">${messageOf(refusal)}<//>`}
    ${Object.entries(step.schema.properties || {}).map(
      ([name, property]) => html`<${SchemaField}
        key=${name}
        id=${`flow-${name}`}
        name=${name}
        property=${property}
        values=${values}
        args=${args}
        required=${(step.schema.required || []).includes(name)}
        error=${errors[name]}
        onChange=${(value) => set(name, value)}
      />`,
    )}
    <div class="flow-actions">
      <${BackButton} onBack=${onBack && goBack} busy=${busy} />
      <${Button} onClick=${onCancel}>${t('action.cancel')}<//>
      <${Button} kind=${step.danger ? 'danger' : 'primary'} type="submit" busy=${busy}>
        ${step.submit ? t(step.submit, args) : t('action.next')}
      <//>
    </div>
  </form>`;
}

function MenuStep({ step, busy, onSubmit, onCancel, refusal }) {
  return html`<div class="stack">
    ${refusal && html`<${Notice} kind="bad">${messageOf(refusal)}<//>`}
    <ul class="menu-step">
      ${step.options.map(
        (option) => html`<li key=${option.step}>
          <button type="button" disabled=${busy} onClick=${() => onSubmit(option.step, {})}>
            <span dir="auto">${t(option.label, step.args || {})}</span>
            <${Icon} name="chevron-right" />
          </button>
        </li>`,
      )}
    </ul>
    <div class="flow-actions"><${Button} onClick=${onCancel}>${t('action.cancel')}<//></div>
  </div>`;
}

const isWeb = (url) => /^https?:\/\//.test(url || '');

function ExternalStep({ step, onCancel }) {
  return html`<div class="stack">
    <p class="lead" dir="auto">
      ${step.description ? t(step.description, step.args || {}) : t('flow.external')}
    </p>
    <div class="flow-actions">
      <${Button} onClick=${onCancel}>${t('action.cancel')}<//>
      ${
        isWeb(step.url) &&
        html`<a class="button primary" href=${step.url} rel="noreferrer">
          <span>${t(step.label || 'flow.open', step.args || {})}</span>
          <${Icon} name="external-link" />
        </a>`
      }
    </div>
  </div>`;
}

// The remaining seconds, estimated from the progress so far; 0 when unknown.
function useRemaining(done, total) {
  const first = useRef(null);
  if (!first.current && done > 0) first.current = { done, at: Date.now() };
  const gone = first.current ? Date.now() - first.current.at : 0;
  const made = first.current ? done - first.current.done : 0;
  return made > 0 && total > done && gone > 500
    ? Math.max(1, Math.round(((total - done) / made) * (gone / 1000)))
    : 0;
}

function ProgressStep({ step, onSubmit, onBack, refusal, onLeave }) {
  useEffect(() => {
    const timer = setTimeout(() => onSubmit(step.step, {}), Math.max(100, step.poll_ms || 500));
    return () => clearTimeout(timer);
  }, [step]);
  const remaining = useRemaining(step.done, step.total);
  return html`<div class="stack" aria-live="polite">
    <p class="lead" dir="auto">${t(step.action, step.args || {})}</p>
    ${refusal && html`<${Notice} kind="bad">${messageOf(refusal)}<//>`}
    <${ProgressBar} done=${step.done} total=${step.total} />
    <p class="muted">
      ${
        step.total > 0
          ? t('progress.of', { done: number(step.done), total: number(step.total) })
          : step.done > 0
            ? t('progress.done', { count: step.done })
            : ' '
      }
      ${remaining > 0 && `, ${t('progress.remaining', { count: remaining })}`}
    </p>
    <div class="flow-actions">
      <${BackButton} onBack=${onBack} />
      <span class="muted">${t('flow.may_leave')}</span>
      <${Button} onClick=${onLeave}>${t('flow.later')}<//>
    </div>
  </div>`;
}

const COUNT_MS = 700;

// How many appointments of the new account are in the CRM, and whether more are coming; null until
// that is known.
function useResult(account) {
  const [result, setResult] = useState(null);
  useEffect(() => {
    let timer = 0;
    const ask = async () => {
      try {
        const status = await api.get(`/api/accounts/${api.segment(account)}/status`);
        const count = status.calendars.reduce((sum, item) => sum + item.appointments, 0);
        const isDone = status.calendars.every((item) => item.synced_at > 0);
        setResult({ count, isDone });
        if (isDone) return;
      } catch {
        // Without the numbers the page says what it always says.
      }
      timer = setTimeout(ask, COUNT_MS);
    };
    if (account) ask();
    return () => clearTimeout(timer);
  }, [account]);
  return result;
}

function FinishStep({ step, isSetup }) {
  const result = useResult(isSetup ? step.account : ''); // other flows may end the account
  return html`<div class="stack finish">
    <span class="big-mark good"><${Icon} name="check" /></span>
    <h3 dir="auto">${t('flow.finished')}</h3>
    <p class="lead">${t('flow.finished_text')}</p>
    <p class="muted num" role="status">
      ${
        result?.count > 0 &&
        t(result.isDone ? 'flow.imported' : 'flow.importing', { count: result.count })
      }
    </p>
    <div class="flow-actions center">
      <a class="button quiet" href=${href('settings', 'calendars')}>${t('flow.to_accounts')}</a>
      <a class="button primary" href=${href('calendar')} data-autofocus>${t('flow.to_calendar')}</a>
    </div>
  </div>`;
}

function AbortStep({ step, isSetup, onAgain }) {
  return html`<div class="stack finish">
    <span class="big-mark bad"><${Icon} name="x" /></span>
    <h3>${t(isSetup ? 'flow.aborted' : 'flow.not_changed')}</h3>
    <p class="lead" dir="auto">${t(step.reason, step.args || {})}</p>
    <div class="flow-actions center">
      <a class="button quiet" href=${href('settings', 'calendars')}>${t('flow.to_accounts')}</a>
      ${
        onAgain &&
        html`<${Button} kind="primary" icon="rotate-ccw" onClick=${onAgain}>${t('flow.again')}<//>`
      }
    </div>
  </div>`;
}

export const STEPS = {
  form: FormStep,
  menu: MenuStep,
  external: ExternalStep,
  progress: ProgressStep,
  finish: FinishStep,
  abort: AbortStep,
};
