// Before a change is saved: who mails whom, with names.
import { Icon } from '../components/basics.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { senderName } from './sender.js';

const NAMED = 3;

function namesText(guests) {
  const names = guests.slice(0, NAMED).map((guest) => guest.name || guest.email);
  const count = guests.length - names.length;
  const list = names.join(', ');
  return count > 0 ? t('mail.names_more', { names: list, count }) : list;
}

// `mails`: as mailsOf answers it; `text`: a text key with {sender} and {count}.
export function MailNote({ mails, text }) {
  const { by, from, guests } = mails;
  if (by === 'nobody') {
    return html`<p class="foot-note"><${Icon} name="info" />${t('mail.none_sent')}</p>`;
  }
  if (!guests.length) return null;
  return html`<p class="foot-note mail">
    <${Icon} name="mail" />
    <span>
      <span>${t(text, { sender: senderName(by), count: guests.length })}</span>
      <span class="foot-names" dir="auto">${namesText(guests)}</span>
      ${from && html`<span class="foot-names">${t('mail.sent_from', { from })}</span>`}
    </span>
  </p>`;
}
