// Runs the settings flow of any plugin: shows the current step, sends the input, shows the next
// step. A set-up shows a stepper of four stages.
import { Button, Icon, LoadError, Notice, Skeleton } from '../components/basics.js';
import { Dialog } from '../components/dialog.js';
import { html, useLayoutEffect, useRef, useState } from '../html.js';
import { hasText, messageOf, setSpeaker, t } from '../i18n.js';
import { href, route } from '../router.js';
import { useStore } from '../store.js';
import { ConfirmPassword } from './confirm_password.js';
import { STEPS } from './flow_steps.js';
import { stageOf } from './options_from.js';
import { isGone, useFlow } from './use_flow.js';

const STAGES = ['account', 'settings', 'preview', 'done'];

// The stage before the current one is a button where the step has a way back.
function Stage({ name, at, stage, onBack }) {
  const isDone = at < stage || (at === stage && name === 'done');
  const label = html`
    <span class="step-mark">${isDone ? html`<${Icon} name="check" />` : at + 1}</span>
    <span>${t(`flow.stage.${name}`)}</span>
  `;
  return html`<li
    class=${at < stage ? 'past' : at === stage ? 'now' : ''}
    aria-current=${at === stage ? 'step' : undefined}
  >
    ${
      onBack && at === stage - 1
        ? html`<button type="button" onClick=${onBack}>${label}</button>`
        : label
    }
  </li>`;
}

function Stepper({ stage, onBack }) {
  return html`<ol class="stepper" aria-label=${t('flow.steps')}>
    ${STAGES.map(
      (name, at) => html`<${Stage}
        key=${name}
        name=${name}
        at=${at}
        stage=${stage}
        onBack=${onBack}
      />`,
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
    onKeep=${flow.keep}
    onBack=${flow.back}
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
  return html`<${Dialog}
    title=${t('flow.cancel_title')}
    class="small"
    onClose=${onClose}
    footer=${html`
      <${Button} kind="quiet danger-text" onClick=${drop}>${t('draft.drop')}<//>
      <span class="grow"></span>
      <${Button} onClick=${flow.leave}>${t('flow.later_short')}<//>
      <${Button} kind="primary" onClick=${onClose} data-autofocus>${t('flow.go_on')}<//>
    `}
  >
    <p>${t('flow.cancel_text')}</p>
  <//>`;
}

export function FlowPage({ id }) {
  const flow = useFlow(id);
  const { step, info, isSetup, error } = flow;
  const [asking, setAsking] = useState(false);
  setSpeaker(info?.plugin);
  useLayoutEffect(() => () => setSpeaker(''), []);
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
      ${isSetup && html`<${Stepper} stage=${stageOf(step)} onBack=${flow.back} />`}
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
    ${
      flow.unconfirmed &&
      html`<${ConfirmPassword} onConfirmed=${flow.unconfirmed} onClose=${flow.dropUnconfirmed} />`
    }
    ${asking && html`<${CancelQuestion} flow=${flow} onClose=${() => setAsking(false)} />`}
  </section>`;
}
