// What is true of one appointment towards Google: in step, waiting, or not transferred and why,
// from `sync` of GET /api/events/{id}. It is asked for again while the details are open.
import { Icon, useNow } from '../components/basics.js';
import { html } from '../html.js';
import { hasText, t } from '../i18n.js';
import { href } from '../router.js';
import { formatAgo, formatIn } from './format.js';

const ICONS = { in_step: 'circle-check', waiting: 'cloud-upload', not_transferred: 'cloud-off' };
const KINDS = { in_step: 'good', waiting: 'warn', not_transferred: 'bad' };

const reasonText = ({ reason, detail }) =>
  reason && hasText(reason) ? t(reason) : reason && detail ? detail : '';

function waitingText({ since, until }, now) {
  if (until > now) return t('sync.waiting_until', { when: formatIn(until, now) });
  return t(since > 0 ? 'sync.waiting' : 'sync.waiting_new');
}

export function syncText(sync, now = Date.now()) {
  if (sync.state === 'in_step')
    return sync.since > 0
      ? t('sync.in_step_since', { ago: formatAgo(sync.since, now) })
      : t('sync.in_step');
  return sync.state === 'waiting' ? waitingText(sync, now) : t('sync.not_transferred');
}

export function SyncLine({ sync }) {
  const now = useNow(1000);
  if (!ICONS[sync?.state]) return null;
  const why = sync.state === 'in_step' ? '' : reasonText(sync);
  return html`<div class="detail-line sync-line" role="status">
    <${Icon} name=${ICONS[sync.state]} />
    <div>
      <span class=${`sync-word ${KINDS[sync.state]}`}>${syncText(sync, now)}</span>
      ${why && html`<span class="muted block" dir="auto">${why}</span>`}
      ${
        sync.state === 'not_transferred' &&
        html`<a class="link" href=${href('settings', 'calendars')}>${t('calendar.account')}</a>`
      }
    </div>
  </div>`;
}
