// One line above the page, shown only when an account needs an action by the user, or when changes
// have waited for the other side for more than a minute.
import { formatIn } from '../calendar/format.js';
import { Icon, useNow } from '../components/basics.js';
import { html } from '../html.js';
import { hasText, t } from '../i18n.js';
import { live } from '../live.js';
import { href } from '../router.js';
import { useStore } from '../store.js';

const LONG_WAIT_MS = 60000;

const decisions = (account) => (account.health?.attention || []).filter((item) => item.action);

// Does the plugin of the account work, or is it about to?
export const isCarried = ({ plugin_state: state }) =>
  state === undefined || ['running', 'starting'].includes(state);

export const pluginText = ({ plugin_state: state }) =>
  t(hasText(`account.plugin.${state}`) ? `account.plugin.${state}` : 'account.plugin.off');

export const needsPerson = (account) =>
  account.state === 'active' &&
  (!isCarried(account) ||
    ['needs_auth', 'attention'].includes(account.health?.state) ||
    decisions(account).length > 0);

// Longer than a moment: changes wait for the other side.
export const waitsLong = ({ state, health }, now) =>
  state === 'active' &&
  health?.state === 'waiting' &&
  (health.waiting_since || 0) > 0 &&
  now - health.waiting_since > LONG_WAIT_MS;

function waitingText({ health, plugin }, now) {
  const what = attentionText({ key: health.reason, args: health.args }, plugin);
  return health.until > now
    ? `${what} ${t('health.next', { when: formatIn(health.until, now) })}`
    : what;
}

export const attentionText = (item, plugin) =>
  item?.key && hasText(item.key, plugin)
    ? t(item.key, item.args || {}, plugin)
    : t('account.attention');

function healthText(account) {
  if (!isCarried(account)) return pluginText(account);
  const { state, reason, args } = account.health;
  return attentionText(
    ['needs_auth', 'attention'].includes(state) ? { key: reason, args } : decisions(account)[0],
    account.plugin,
  );
}

export function HealthLine({ accounts }) {
  const { lost } = useStore(live);
  const now = useNow(5000);
  if (lost)
    return html`<div class="health-line" role="status">
      <${Icon} name="cloud-off" />
      <span>${t('live.lost')}</span>
    </div>`;
  const affected = accounts.filter(needsPerson);
  const waiting = accounts.find((account) => waitsLong(account, now));
  if (!affected.length && waiting)
    return html`<div class="health-line" role="status">
      <${Icon} name="cloud-upload" />
      <span dir="auto">${waitingText(waiting, now)}</span>
      <a class="button quiet small" href=${href('settings', 'calendars')}>${t('account.look')}</a>
    </div>`;
  if (!affected.length) return null;
  const [first] = affected;
  return html`<div class="health-line" role="status">
    <${Icon} name="triangle-alert" />
    <span dir="auto">
      ${
        affected.length === 1
          ? healthText(first)
          : t('account.attention_n', { count: affected.length })
      }
    </span>
    <a class="button quiet small" href=${href('settings', 'calendars')}>${t('account.look')}</a>
  </div>`;
}
