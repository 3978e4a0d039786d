// Confirms a change before it is saved, when there is a choice or a consequence: which part of a
// series, and which guests will be emailed.
import { Dialog } from '../components/dialog.js';
import { html, useState } from '../html.js';
import { t } from '../i18n.js';
import { MailNote } from '../mail/mail_note.js';
import { wished } from '../mail/wish.js';

// kind: "change" | "delete"; scopes: the possible ones; mails: as mailsOf answers them, and as
// `wished` answers them to onConfirm.
// `heading` and `action`: of a kind that is neither.
export function ChangeDialog({ kind, heading, action, title, scopes, mails, onConfirm, onClose }) {
  const [scope, setScope] = useState(scopes[0]);
  const [wish, setWish] = useState(mails?.notify || '');
  return html`<${Dialog}
    title=${heading || t(`change.title.${kind}`)}
    class="small"
    onClose=${onClose}
    onSubmit=${() => onConfirm(scope, mails && wished(mails, wish))}
    footer=${html`
      <button type="button" class="button quiet" onClick=${onClose}>${t('action.cancel')}</button>
      <button
        type="submit"
        class=${`button ${kind === 'delete' ? 'danger' : 'primary'}`}
        data-autofocus=${scopes.length < 2}
      >
        ${action || t(kind === 'delete' ? 'action.delete' : 'action.save')}
      </button>
    `}
  >
    <p class="change-what" dir="auto">${title}</p>
    ${
      scopes.length > 1 &&
      html`<fieldset class="radios">
        <legend class="sr">${t('change.scope')}</legend>
        ${scopes.map(
          (value, i) => html`<label class="radio">
            <input
              type="radio"
              name="scope"
              value=${value}
              checked=${scope === value}
              data-autofocus=${i === 0}
              onChange=${() => setScope(value)}
            />
            <span>${t(`change.scope.${value}`)}</span>
          </label>`,
        )}
      </fieldset>`
    }
    ${
      mails &&
      html`<${MailNote}
        mails=${mails.usual || mails}
        text=${`change.mails.${kind}`}
        wish=${wish}
        onWish=${setWish}
      />`
    }
  <//>`;
}
