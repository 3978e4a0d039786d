// One line under the top, only when something needs a person.
import { Icon } from '../components/basics.js';
import { html } from '../html.js';
import { hasText, t } from '../i18n.js';
import { href } from '../router.js';

export const needsPerson = (account) => ['needs_auth', 'attention'].includes(account.health?.state) && account.state !== 'disconnected';

export function healthText(account) {
  const { reason, args } = account.health || {};
  return reason && hasText(reason) ? t(reason, args || {}) : t('account.attention');
}

export function HealthLine({ accounts }) {
  const affected = accounts.filter(needsPerson);
  if (!affected.length) return null;
  const [first] = affected;
  return html`<div class="health-line" role="status"><${Icon} name="triangle-alert" />
    <span dir="auto">${affected.length === 1 ? healthText(first) : t('account.attention_n', { count: affected.length })}</span>
    <a class="button quiet small" href=${href('settings', 'calendars')}>${t('account.look')}</a>
  </div>`;
}
