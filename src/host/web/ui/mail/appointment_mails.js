// In the details of an appointment: what became of the mails to its guests.
import { Icon } from '../components/basics.js';
import { coalesced } from '../coalesce.js';
import { html, useEffect, useState } from '../html.js';
import { t } from '../i18n.js';
import { onLive } from '../live.js';
import { href } from '../router.js';
import { loadMessages } from './mail_api.js';
import { useRepeated } from './repeated.js';
import { countStates } from './states.js';

const WORDS = ['failed', 'held', 'waiting', 'sent'];

export function AppointmentMails({ event }) {
  const [counts, setCounts] = useState(null);
  // Without an answer the details say nothing about mails.
  const load = () =>
    loadMessages({ event, limit: 200 }).then(
      ({ items }) => setCounts(countStates(items.filter((item) => item.event === event))),
      () => {},
    );
  useEffect(() => {
    load();
    return onLive('mail', coalesced(load));
  }, [event]);
  useRepeated(counts?.waiting > 0, load);
  const said = WORDS.filter((word) => counts?.[word] > 0);
  if (!said.length) return null;
  const isBad = counts.failed > 0;
  return html`<div class="detail-line mail-line" role="status">
    <${Icon} name=${isBad ? 'triangle-alert' : 'mail'} />
    <div>
      <span class=${isBad ? 'sync-word bad' : ''}>
        ${said.map((word) => t(`event.mails.${word}`, { count: counts[word] })).join(', ')}
      </span>
      <a class="link" href=${`${href('mail')}?${new URLSearchParams({ event })}`}>
        ${t('mail.look')}
      </a>
    </div>
  </div>`;
}
