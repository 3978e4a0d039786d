// The user's own answer to an invitation: the buttons, and giving the answer. Of a series the user
// chooses for which dates it is.
import { showToast } from '../components/toast.js';
import { Icon } from '../components/basics.js';
import { html } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { answer as send, loadEvent, offerUndo } from './actions.js';
import { contentOf } from './form_model.js';
import { shortTitle, titleOf } from './format.js';
import { ANSWER_ICONS } from './guests.js';
import { keyOf, scopesOf } from './occurrences.js';

const ANSWERS = ['accepted', 'tentative', 'declined'];

export function ownAnswer(page, occurrence) {
  const { attendees = [] } = contentOf(page.event, occurrence.original_start);
  return attendees.find((guest) => guest.self)?.partstat || 'needs_action';
}

// `given`: the present answer, whose button is pressed.
export function AnswerButtons({ given, onAnswer, class: extra = '' }) {
  return html`<div class=${`answers ${extra}`} role="group" aria-label=${t('answer.question')}>
    ${ANSWERS.map(
      (value) => html`<button
        type="button"
        key=${value}
        class=${`answer-button ${value}`}
        aria-pressed=${String(given === value)}
        onClick=${() => given !== value && onAnswer(value)}
      >
        <${Icon} name=${ANSWER_ICONS[value]} />
        <span>${t(`answer.give.${value}`)}</span>
      </button>`,
    )}
  </div>`;
}

async function save({ close, show, reload }, page, occurrence, scope, answer) {
  close();
  const release = show(keyOf(occurrence), { ...occurrence, answer, pending: true });
  try {
    const saved = await send(page, scope, occurrence.recurring ? occurrence.original_start : '', {
      answer,
    });
    const title = shortTitle(occurrence);
    offerUndo({ text: t(`answered.${answer}`, { title }), title }, saved, reload);
  } catch (error) {
    showToast(messageOf(error), { kind: 'bad' });
  }
  await reload();
  release();
}

// `page`: the loaded appointment; null: it is loaded first. `onClose`: after the question was left.
export async function giveAnswer(context, { page, occurrence, answer, onClose }) {
  let loaded = page;
  try {
    loaded ??= await loadEvent(occurrence.event);
  } catch (error) {
    return showToast(messageOf(error), { kind: 'bad' });
  }
  const scopes = scopesOf(loaded, occurrence);
  if (scopes.length < 2) return save(context, loaded, occurrence, scopes[0], answer);
  return context.confirm({
    kind: 'answer',
    heading: t(`answer.give.${answer}`),
    action: t(`answer.give.${answer}`),
    title: titleOf(occurrence),
    scopes,
    mails: null,
    onConfirm: (scope) => save(context, loaded, occurrence, scope, answer),
    onClose: onClose || context.close,
  });
}
