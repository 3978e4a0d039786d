// Before a change is saved: who mails whom, with names, and the choice to have it otherwise once.
import { Icon } from '../components/basics.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { senderName } from './sender.js';
import { wished, wishesFor } from './wish.js';

const NAMED = 3;

function namesText(guests) {
  const names = guests.slice(0, NAMED).map((guest) => guest.name || guest.email);
  const count = guests.length - names.length;
  const list = names.join(', ');
  return count > 0 ? t('mail.names_more', { names: list, count }) : list;
}

function Wish({ mails, wish, onWish }) {
  const textOf = (one) => (one ? t(`mail.wish.${one}`) : t(`mail.wish.usual_${mails.by}`));
  return html`<div class="select foot-wish">
    <select
      aria-label=${t('mail.wish')}
      value=${wish}
      onChange=${(event) => onWish(event.target.value)}
    >
      ${wishesFor(mails).map(
        (one) => html`<option key=${one} value=${one} selected=${one === wish}>
          ${textOf(one)}
        </option>`,
      )}
    </select>
    <${Icon} name="chevron-down" />
  </div>`;
}

// `mails`: as mailsOf answers it; `text`: a text key with {sender} and {count}; `wish`: what the
// user wants instead, as `wished` takes it; `onWish` gets another choice.
export function MailNote({ mails, text, wish, onWish }) {
  if (mails.by === 'nobody') {
    return html`<p class="foot-note"><${Icon} name="info" />${t('mail.none_sent')}</p>`;
  }
  if (!mails.guests.length) return null;
  const { by, from, guests, notify } = wished(mails, wish);
  return html`<div class="foot-note mail">
    <${Icon} name="mail" />
    <div role="status">
      ${
        notify === 'nobody'
          ? html`<span>${t('mail.none_this_time', { count: mails.guests.length })}</span>`
          : html`<span>${t(text, { sender: senderName(by), count: guests.length })}</span>`
      }
      <span class="foot-names" dir="auto">${namesText(mails.guests)}</span>
      ${from && html`<span class="foot-names">${t('mail.sent_from', { from })}</span>`}
      <${Wish} mails=${mails} wish=${notify} onWish=${onWish} />
    </div>
  </div>`;
}
