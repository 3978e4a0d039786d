// A connected account: name, address, state, default calendar, visible calendars as switches, time
// of the last change, invitations and their logo, menu.
import * as api from '../api.js';
import { Button, Dot, Icon, ProgressBar, Switch, useNow } from '../components/basics.js';
import { Confirm } from '../components/dialog.js';
import { Menu } from '../components/menu.js';
import { showToast } from '../components/toast.js';
import { html, useEffect, useState } from '../html.js';
import { currentLanguage, hasText, messageOf, number, t } from '../i18n.js';
import { calendarName } from '../calendar/calendars.js';
import { formatAgo, formatIn } from '../calendar/format.js';
import { attentionText, isCarried, pluginText } from '../frame/health_line.js';
import { beginFlow } from './begin_flow.js';
import { InvitationsCard } from './invitations_card.js';

const STATE_BADGE = {
  ok: ['good', 'circle-check'],
  working: ['info', 'refresh-cw'],
  waiting: ['warn', 'cloud-off'],
  needs_auth: ['bad', 'unplug'],
  attention: ['warn', 'triangle-alert'],
  off: ['info', 'circle-pause'],
};

// A time of the health report, RFC 3339 or milliseconds, as milliseconds; 0 for never.
function timeOf(value) {
  if (typeof value === 'number') return value;
  return value ? Date.parse(value) || 0 : 0;
}

function stateOf(account, defaultCalendar, hasDefault) {
  if (!isCarried(account)) return { state: 'attention', text: pluginText(account) };
  if (account.state === 'paused')
    return { state: 'off', text: t('health.off', {}, account.plugin) };
  const state = STATE_BADGE[account.health?.state] ? account.health.state : 'ok';
  const { reason, args } = account.health || {};
  // The default was changed on the calendar page, and the plugin has not looked since.
  if (state === 'ok' && !hasDefault && reason === 'health.ok' && defaultCalendar)
    return { state, text: t('account.no_default', { name: calendarName(defaultCalendar) }) };
  return {
    state,
    text:
      reason && hasText(reason, account.plugin)
        ? t(reason, args || {}, account.plugin)
        : t(`account.state.${state}`),
  };
}

// As in the form: the default, then those that can be written, by name.
function inOrder(calendars, defaultCalendar) {
  const rank = ({ id, role }) =>
    id === defaultCalendar?.id ? 0 : ['owner', 'writer'].includes(role) ? 1 : 2;
  return [...calendars].sort(
    (a, b) =>
      rank(a) - rank(b) || calendarName(a).localeCompare(calendarName(b), currentLanguage()),
  );
}

function Calendars({ account, status, defaultCalendar, reload }) {
  const countOf = (calendar) =>
    status?.calendars.find((item) => item.calendar === calendar.id)?.appointments;
  const [shown, setShown] = useState({});
  const toggle = async (calendar, visible) => {
    setShown((old) => ({ ...old, [calendar.id]: visible }));
    try {
      await api.patch(`/api/calendars/${api.segment(calendar.id)}`, { visible });
      await reload();
    } catch (error) {
      showToast(messageOf(error), { kind: 'bad' });
    }
    setShown((old) => ({ ...old, [calendar.id]: undefined }));
  };
  return html`<ul class="account-calendars" aria-label=${t('account.calendars')}>
    ${inOrder(account.calendars, defaultCalendar).map(
      (calendar) => html`<li key=${calendar.id}>
        <${Dot} color=${calendar.color} />
        <span class="clip" dir="auto" title=${calendarName(calendar)}>
          ${calendarName(calendar)}
        </span>
        ${
          calendar.id === defaultCalendar?.id &&
          html`<span class="chip accent">${t('calendar.default')}</span>`
        }
        ${
          calendar.state === 'gone'
            ? html`<span class="chip warn">${t('calendar.gone')}</span>`
            : calendar.mode === 'view_only' &&
              html`<span class="chip">${t('calendar.view_only')}</span>`
        }
        <span class="grow"></span>
        ${
          countOf(calendar) > 0 &&
          html`<span class="muted num calendar-count">
            ${t('account.appointments', { count: countOf(calendar) })}
          </span>`
        }
        <${Switch}
          checked=${shown[calendar.id] ?? calendar.visible}
          label=${t('calendar.visible', { name: calendarName(calendar) })}
          onChange=${(visible) => toggle(calendar, visible)}
        />
      </li>`,
    )}
  </ul>`;
}

// The plugin's numbers of the account (host_api/schema/calendar_status.json), fetched again when
// the account changes; null until then.
function useStatus(account) {
  const [status, setStatus] = useState(null);
  const next = status?.next_poll_at || 0;
  const now = useNow(5000);
  const isDue = next > 0 && next < now;
  const changed = JSON.stringify([account.state, account.plugin_state, account.health, isDue]);
  useEffect(() => {
    let ended = false;
    api
      .get(`/api/accounts/${api.segment(account.id)}/status`)
      .then((found) => !ended && setStatus(found))
      .catch(() => !ended && setStatus(null)); // the numbers are left out
    return () => {
      ended = true;
    };
  }, [account.id, changed]);
  return status;
}

const SLOW_MS = 5000;

// "Synchronise now": whether it runs, and whether Google takes long.
function useSync(run) {
  const [since, setSince] = useState(0);
  const now = useNow(since ? 1000 : 5000);
  const start = async () => {
    setSince(Date.now());
    await run();
    setSince(0);
  };
  return { start, now, isRunning: since > 0, isSlow: since > 0 && now - since > SLOW_MS };
}

function Facts({ account, status, isDefaultHere, defaultCalendar, now }) {
  const synced = timeOf(account.health?.synced_at);
  const next = status?.next_poll_at || 0;
  const push = Math.max(0, ...(status?.calendars || []).map((item) => item.push_until));
  const fact = (label, value) =>
    html`<div><dt>${t(label)}</dt><dd class="clip" dir="auto">${value}</dd></div>`;
  return html`<dl class="facts account-facts">
    ${
      !isDefaultHere &&
      fact('accounts.default', defaultCalendar ? calendarName(defaultCalendar) : '–')
    }
    ${fact('accounts.last_change', synced ? formatAgo(synced, now) : t('accounts.never'))}
    ${
      account.state === 'active' &&
      next > 0 &&
      fact('accounts.next_look', next > now ? formatIn(next, now) : t('accounts.now'))
    }
    ${push > now && fact('accounts.push', t('accounts.push_until', { when: formatIn(push, now) }))}
  </dl>`;
}

export function AccountCard({ account, plugin, calendars, reload }) {
  const [confirm, setConfirm] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [busy, setBusy] = useState(false);
  const status = useStatus(account);
  const defaultCalendar = calendars.find((item) => item.is_default);
  // An account without the default calendar works, but is not shown as "good".
  const hasDefault = defaultCalendar?.account === account.id;
  const health = account.health || {};
  const carried = isCarried(account);
  // What the plugin said before it stopped is no longer known to be true.
  const attention = carried
    ? (health.attention || []).filter((item) => item.key !== health.reason)
    : [];

  const act = async (path, done) => {
    try {
      await api.post(`/api/accounts/${api.segment(account.id)}/${path}`);
      if (done) showToast(t(done));
    } catch (error) {
      showToast(messageOf(error), { kind: 'bad' });
    }
    reload();
  };
  // POST /sync answers when the cycle has ended, which may take a while.
  const sync = useSync(() => act('sync', 'account.synced'));
  const { now } = sync;
  const found = stateOf(account, defaultCalendar, hasDefault);
  const state = sync.isRunning ? 'working' : found.state;
  const text = sync.isRunning
    ? t(sync.isSlow ? 'account.sync_slow' : 'account.state.working')
    : found.text;
  const [kind, icon] = state === 'ok' && !hasDefault ? ['info', 'info'] : STATE_BADGE[state];
  const flow = async (name, wanted) => {
    setBusy(true);
    try {
      await beginFlow(account.plugin, name, account.id, wanted);
    } catch (error) {
      setBusy(false);
      showToast(messageOf(error), { kind: 'bad' });
    }
  };
  // By the host: the plugin, which would revoke its access first, does not run.
  const remove = async () => {
    setRemoving(false);
    try {
      await api.del(`/api/accounts/${api.segment(account.id)}`);
      showToast(t('account.removed'));
    } catch (error) {
      showToast(messageOf(error), { kind: 'bad' });
    }
    reload();
  };
  const paused = account.state === 'paused';
  return html`<li class=${`card account ${kind}`}>
    <header class="account-head">
      <span class="account-icon"><${Icon} name="calendar-days" /></span>
      <div class="account-name">
        <h3 class="clip" dir="auto" title=${account.title}>${account.title || plugin}</h3>
        <p class="muted clip">
          ${plugin}
          ${
            account.identity !== account.title &&
            html` · <span dir="ltr">${account.identity}</span>`
          }
        </p>
      </div>
      ${
        state === 'needs_auth' &&
        html`<${Button} kind="primary" class="small" busy=${busy} onClick=${() => flow('reauth')}>
          ${t('account.reconnect')}
        <//>`
      }
      ${
        !paused &&
        carried &&
        state !== 'needs_auth' &&
        html`<${Button}
          class="small"
          icon="refresh-cw"
          busy=${sync.isRunning}
          onClick=${sync.start}
        >
          ${t('account.sync')}
        <//>`
      }
      <${Menu}
        label=${t('account.menu', { name: account.title })}
        items=${[
          carried && {
            label: t('account.options'),
            icon: 'sliders-horizontal',
            action: () => flow('options', 'calendars'),
          },
          paused
            ? {
                label: t('account.resume'),
                icon: 'play',
                action: () => act('resume', 'account.resumed'),
              }
            : { label: t('account.pause'), icon: 'pause', action: () => setConfirm(true) },
          {
            label: t(carried ? 'account.disconnect' : 'account.remove'),
            icon: 'unplug',
            danger: true,
            action: () => (carried ? flow('options', 'disconnect') : setRemoving(true)),
          },
        ].filter(Boolean)}
      />
    </header>
    <div class="account-state">
      <p class=${`state ${kind}`} dir="auto" role="status">
        <${Icon} name=${state === 'working' ? 'loader-circle' : icon} />
        <span>${text}</span>
      </p>
      ${
        carried &&
        state === 'ok' &&
        health.reason === 'health.not_synchronised' &&
        html`<div>
          <${Button}
            class="small"
            icon="sliders-horizontal"
            busy=${busy}
            onClick=${() => flow('options', 'calendars')}
          >
            ${t('account.options')}
          <//>
        </div>`
      }
      ${
        carried &&
        health.progress?.total > 0 &&
        html`<div class="account-progress">
          <${ProgressBar} done=${health.progress.done} total=${health.progress.total} />
          <span class="muted">
            ${t('progress.of', {
              done: number(health.progress.done),
              total: number(health.progress.total),
            })}
          </span>
        </div>`
      }
      ${attention.map(
        (item) => html`<div class="attention">
          <${Icon} name=${item.action ? 'triangle-alert' : 'info'} />
          <span dir="auto">${attentionText(item, account.plugin)}</span>
          ${
            item.action === 'options' &&
            html`<${Button}
              class="small"
              busy=${busy}
              onClick=${() => flow('options', item.key.split('.').pop())}
            >
              ${t('account.decide')}
            <//>`
          }
        </div>`,
      )}
    </div>
    <${Facts}
      account=${account}
      status=${status}
      isDefaultHere=${hasDefault}
      defaultCalendar=${defaultCalendar}
      now=${now}
    />
    ${
      account.calendars.length > 0 &&
      html`<${Calendars} ...${{ account, status, defaultCalendar, reload }} />`
    }
    <${InvitationsCard}
      account=${account}
      invitations=${status?.invitations}
      onChoose=${() => flow('options', 'calendars')}
    />
    ${
      confirm &&
      html`<${Confirm}
        title=${t('account.pause_title')}
        action=${t('account.pause')}
        onClose=${() => setConfirm(false)}
        onConfirm=${() => {
          setConfirm(false);
          act('pause', 'account.paused');
        }}
      >
        <p>${t('account.pause_text')}</p>
      <//>`
    }
    ${
      removing &&
      html`<${Confirm}
        title=${t('account.remove_title')}
        action=${t('account.remove')}
        onClose=${() => setRemoving(false)}
        onConfirm=${remove}
      >
        <p>${t('account.remove_text')}</p>
      <//>`
    }
  </li>`;
}
