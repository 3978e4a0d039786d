// Runs the settings flow of any plugin: shows the current step, sends the input, shows the next
// step. A set-up shows a stepper of four stages.
import { Icon, LoadError, Notice, Skeleton } from '../components/basics.js';
import { Confirm } from '../components/dialog.js';
import { html, useLayoutEffect, useRef, useState } from '../html.js';
import { hasText, messageOf, t } from '../i18n.js';
import { href, route } from '../router.js';
import { useStore } from '../store.js';
import { STEPS } from './flow_steps.js';
import { stageOf } from './options_from.js';
import { isGone, useFlow } from './use_flow.js';

const STAGES = ['account', 'settings', 'preview', 'done'];

function Stepper({ stage }) {
  return html`<ol class="stepper" aria-label=${t('flow.steps')}>
    ${STAGES.map(
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

function Step({ flow, onCancel }) {
  const { step, info } = flow;
  const Body = STEPS[step.type];
  if (!Body) return html`<${Notice} kind="bad">${t('flow.unknown')}<//>`;
  return html`<${Body}
    key=${step.type === 'progress' ? 'progress' : `${step.type}-${step.step}`}
    step=${step}
    isSetup=${flow.isSetup}
    busy=${flow.busy}
    refusal=${flow.refusal}
    onSubmit=${flow.submit}
    onCancel=${onCancel}
    onLeave=${flow.leave}
    onAgain=${info.plugin ? flow.restart : null}
  />`;
}

function CancelQuestion({ flow, onClose }) {
  const drop = () => {
    onClose();
    flow.drop();
  };
  return html`<${Confirm}
    title=${t('flow.cancel_title')}
    action=${t('draft.drop')}
    danger
    onConfirm=${drop}
    onClose=${onClose}
  >
    <p>${t('flow.cancel_text')}</p>
    <p><button type="button" class="link" onClick=${flow.leave}>${t('flow.later_link')}</button></p>
  <//>`;
}

export function FlowPage({ id }) {
  const flow = useFlow(id);
  const { step, info, isSetup, error } = flow;
  const [asking, setAsking] = useState(false);
  const { query } = useStore(route); // ?error=: the return from the other side's page failed
  const title = useRef(null);
  useLayoutEffect(() => {
    if (step && step.type !== 'progress') title.current?.focus({ preventScroll: false });
  }, [step?.step, step?.type]);

  if (error)
    return html`<${LoadError}
      text=${isGone(error) ? t('flow.gone') : messageOf(error)}
      retry=${isGone(error) ? flow.leave : flow.load}
    />`;
  if (!step || !info) return html`<${Skeleton} />`;
  const cancel = () => (isSetup ? setAsking(true) : flow.drop());
  return html`<section class="flow">
    <header class="flow-head">
      <a class="link" href=${href('settings', 'calendars')}>
        <${Icon} name="arrow-left" />
        ${t('accounts.title')}
      </a>
      ${isSetup && html`<${Stepper} stage=${stageOf(step)} />`}
    </header>
    <div class="card flow-card">
      ${
        step.title &&
        step.type !== 'finish' &&
        html`<h2 tabindex="-1" ref=${title} dir="auto">${t(step.title, step.args || {})}</h2>`
      }
      ${
        query.error &&
        step.type === 'external' &&
        html`<${Notice} kind="bad">${t(hasText(query.error) ? query.error : 'flow.failed')}<//>`
      }
      <${Step} flow=${flow} onCancel=${cancel} />
    </div>
    ${asking && html`<${CancelQuestion} flow=${flow} onClose=${() => setAsking(false)} />`}
  </section>`;
}
