// Runs a settings flow of any plugin: shows the current step, sends what was typed, shows the next. A set-up is a stepper of four.
import * as api from '../api.js';
import { Button, Icon, LoadError, Notice, ProgressBar, Skeleton } from '../components/basics.js';
import { focusFirstError } from '../components/field.js';
import { Confirm } from '../components/dialog.js';
import { toast } from '../components/toast.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from '../html.js';
import { hasText, messageOf, number, t } from '../i18n.js';
import { go, href, place } from '../router.js';
import { useStore } from '../store.js';
import { beginFlow, rememberedFlow } from './begin_flow.js';
import { SchemaField } from './form_fields.js';
import { initialValues, inputOf, missing, stageOf, withValue } from './options_from.js';

const kStages = ['account', 'settings', 'preview', 'done'];

function Stepper({ stage }) {
  return html`<ol class="stepper" aria-label=${t('flow.steps')}>
    ${kStages.map(
      (name, i) => html`<li
        class=${i < stage ? 'past' : i === stage ? 'now' : ''}
        aria-current=${i === stage ? 'step' : undefined}
      >
        <span class="step-mark">
          ${i < stage || (i === stage && name === 'done') ? html`<${Icon} name="check" />` : i + 1}
        </span>
        <span>${t(`flow.stage.${name}`)}</span>
      </li>`,
    )}
  </ol>`;
}

function FormStep({ step, busy, onSubmit, onCancel, refusal }) {
  const args = step.args || {};
  const [values, setValues] = useState(() => initialValues(step.schema, step.values));
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
    if (Object.keys(found).length) focusFirstError(form.current);
    else onSubmit(step.step, inputOf(step.schema, values));
  };
  return html`<form class="stack flow-form" ref=${form} onSubmit=${submit} novalidate>
    ${step.description && html`<p class="lead" dir="auto">${t(step.description, args)}</p>`}
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
      <${Button} onClick=${onCancel}>${t('action.cancel')}<//>
      <${Button} kind="primary" type="submit" busy=${busy}>
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

// How long it will still take, from how it went so far.
function useRemaining(done, total) {
  const first = useRef(null);
  if (!first.current && done > 0) first.current = { done, at: Date.now() };
  const gone = first.current ? Date.now() - first.current.at : 0;
  const made = first.current ? done - first.current.done : 0;
  return made > 0 && total > done && gone > 500
    ? Math.max(1, Math.round(((total - done) / made) * (gone / 1000)))
    : 0;
}

function ProgressStep({ step, onSubmit, refusal, onLeave }) {
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
      <span class="muted grow">${t('flow.may_leave')}</span>
      <${Button} onClick=${onLeave}>${t('flow.later')}<//>
    </div>
  </div>`;
}

function FinishStep({ step }) {
  return html`<div class="stack finish">
    <span class="big-mark good"><${Icon} name="check" /></span>
    <h3 dir="auto">${t('flow.finished')}</h3>
    <p class="lead">${t('flow.finished_text')}</p>
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

export function FlowPage({ id }) {
  const [step, setStep] = useState(null);
  const [info, setInfo] = useState(null);
  const [error, setError] = useState(null);
  const [refusal, setRefusal] = useState(null);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const { query } = useStore(place); // ?error=: coming back from the other side's page did not end the step
  const alive = useRef(true);
  const title = useRef(null);
  const path = `/api/flows/${api.segment(id)}`;

  const show = (next) => {
    if (!alive.current) return;
    setStep(next);
    setBusy(false);
    setRefusal(null);
  };
  const load = async () => {
    setError(null);
    try {
      const drafts = await api.get('/api/flows');
      if (alive.current)
        setInfo(
          (old) =>
            drafts.find((draft) => draft.flow === id) ||
            old ||
            rememberedFlow(id) || { kind: 'setup' },
        );
      show((await api.get(path)).step);
    } catch (failure) {
      if (alive.current) setError(failure);
    }
  };
  useEffect(() => {
    load();
    return () => {
      alive.current = false;
    };
  }, [id]);

  const submit = async (name, input) => {
    setBusy(true);
    try {
      show((await api.post(path, { step: name, input })).step);
    } catch (failure) {
      if (!alive.current) return;
      setBusy(false);
      if (failure.status === 409) return load();
      setRefusal(failure);
      // A step that asks by itself goes on asking, more slowly.
      if (step?.type === 'progress')
        setStep({ ...step, poll_ms: Math.min((step.poll_ms || 500) * 2, 10000) });
    }
    return undefined;
  };
  const leave = () => go('settings', 'calendars');
  const drop = async () => {
    setAsking(false);
    try {
      await api.del(path);
      if (isSetup) toast(t('draft.dropped'));
    } catch (failure) {
      if (failure.status !== 404 && failure.status !== 410)
        toast(messageOf(failure), { kind: 'bad' });
    }
    leave();
  };
  const again = async () => {
    try {
      await beginFlow(info.plugin, info.kind, info.account);
    } catch (failure) {
      toast(messageOf(failure), { kind: 'bad' });
    }
  };
  const isSetup = info?.kind === 'setup';
  useEffect(() => {
    if (step?.type !== 'finish' || isSetup || !info) return;
    toast(t('flow.saved'));
    leave();
  }, [step, info]);
  useLayoutEffect(() => {
    if (step && step.type !== 'progress') title.current?.focus({ preventScroll: false });
  }, [step?.step, step?.type]);

  const cancel = () => (isSetup ? setAsking(true) : drop());
  if (error)
    return html`<${LoadError}
      text=${error.status === 404 || error.status === 410 ? t('flow.gone') : messageOf(error)}
      retry=${error.status === 404 || error.status === 410 ? leave : load}
    />`;
  if (!step || !info) return html`<${Skeleton} />`;
  const common = {
    step,
    isSetup,
    busy,
    refusal,
    onSubmit: submit,
    onCancel: cancel,
    onLeave: leave,
  };
  const body = {
    form: FormStep,
    menu: MenuStep,
    external: ExternalStep,
    progress: ProgressStep,
    finish: FinishStep,
    abort: AbortStep,
  }[step.type];
  return html`<section class="flow">
    <header class="flow-head">
      <a class="link" href=${href('settings', 'calendars')}>
        <${Icon} name="arrow-left" />
        ${t('accounts.title')}
      </a>
      ${isSetup && html`<${Stepper} stage=${stageOf(step)} />`}
    </header>
    <div class="card flow-card">
      ${step.title && step.type !== 'finish' && html`<h2 tabindex="-1" ref=${title} dir="auto">${t(step.title, step.args || {})}</h2>`}
      ${query.error && step.type === 'external' && html`<${Notice} kind="bad">${t(hasText(query.error) ? query.error : 'flow.failed')}<//>`}
      ${
        body
          ? html`<${body}
            key=${step.type === 'progress' ? 'progress' : `${step.type}-${step.step}`}
            ...${common}
            onAgain=${info.plugin ? again : null}
          />`
          : html`<${Notice} kind="bad">${t('flow.unknown')}<//>`
      }
    </div>
    ${
      asking &&
      html`<${Confirm}
        title=${t('flow.cancel_title')}
        action=${t('flow.cancel_drop')}
        danger
        onConfirm=${drop}
        onClose=${() => setAsking(false)}
      >
        <p>${t('flow.cancel_text')}</p>
        <p><button type="button" class="link" onClick=${leave}>${t('flow.later_link')}</button></p>
      <//>`
    }
  </section>`;
}
