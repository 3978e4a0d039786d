// For administrators: the installed plugins, their state, and the reason of a failure.
import { get, post, segment } from '../api.js';
import { Button, Empty, Icon, LoadError, Skeleton } from '../components/basics.js';
import { showToast } from '../components/toast.js';
import { html, useEffect, useState } from '../html.js';
import { hasText, messageOf, t } from '../i18n.js';
import { PluginAccounts } from './plugin_accounts.js';

const STATE_BADGE = {
  running: ['good', 'circle-check'],
  starting: ['info', 'loader-circle'],
  stopped: ['warn', 'circle-pause'],
  stuck: ['bad', 'circle-alert'],
  refused: ['bad', 'circle-x'],
  failed: ['bad', 'circle-x'],
};

// The version ended the host and is left out until it is allowed.
function Crashed({ plugin, reload }) {
  const [busy, setBusy] = useState(false);
  const allow = async () => {
    setBusy(true);
    try {
      await post(`/api/plugins/${segment(plugin.id)}/allow`);
    } catch (error) {
      showToast(messageOf(error), { kind: 'bad' });
    }
    setBusy(false);
    reload();
  };
  const { call, how } = plugin.crash;
  return html`<p class="plugin-reason">
      ${t('plugins.crashed', { version: plugin.version, call, how })}
    </p>
    <${Button} class="small" busy=${busy} onClick=${allow}>${t('plugins.allow')}<//>`;
}

const ORIGIN_ICON = {
  valid: 'circle-check',
  unsigned: 'circle-help',
  altered: 'circle-x',
  refused: 'circle-x',
};

// Who made the package, as far as its signature says.
function Origin({ plugin }) {
  const key = `plugins.origin.${plugin.origin}`;
  if (!plugin.origin || !hasText(key)) return null;
  return html`<p class=${`plugin-origin ${plugin.origin}`}>
    <${Icon} name=${ORIGIN_ICON[plugin.origin]} />
    ${t(key, { name: plugin.signed_by || '–' })}
  </p>`;
}

// How the last exchange of the version came out, and why it failed.
function LastReload({ reload }) {
  if (!reload) return null;
  const { from, to, reason, mapping, origin } = reload;
  return html`<p class="muted">
      ${t(`plugins.reload.${reload.result}`, { from: from || '–', to: to || '–' })}
      ${mapping === 'pinned' && html` ${t('plugins.reload.pinned', { from })}`}
    </p>
    ${
      reason &&
      html`<p class="plugin-reason" dir="auto">
        ${origin === 'altered' && html`${t('plugins.origin.altered')} `}${reason}
      </p>`
    }`;
}

function ReloadButton({ plugin, reload }) {
  const [busy, setBusy] = useState(false);
  const exchange = async () => {
    setBusy(true);
    try {
      await post(`/api/plugins/${segment(plugin.id)}/reload`);
    } catch (error) {
      showToast(messageOf(error), { kind: 'bad' });
    }
    setBusy(false);
    reload();
  };
  return html`<${Button} class="small" icon="refresh-cw" busy=${busy} onClick=${exchange}>
    ${t('plugins.reload')}
  <//>`;
}

function PluginRow({ plugin, name, reload }) {
  const [kind, icon] = STATE_BADGE[plugin.state] || ['info', 'info'];
  const stateKey = `plugins.state.${plugin.state}`;
  return html`<li class="card plugin">
    <span class="plugin-icon"><${Icon} name="puzzle" /></span>
    <div class="plugin-text">
      <h2 dir="auto">${name || plugin.id}</h2>
      <p class="muted">
        ${name && html`${plugin.id} · `}
        ${t('plugins.version', { version: plugin.version || '–' })}
      </p>
      ${
        plugin.crash
          ? html`<${Crashed} plugin=${plugin} reload=${reload} />`
          : plugin.reason && html`<p class="plugin-reason" dir="auto">${plugin.reason}</p>`
      }
      <${Origin} plugin=${plugin} />
      <${LastReload} reload=${plugin.last_reload} />
      <${PluginAccounts} plugin=${plugin} />
      ${plugin.state !== 'starting' && html`<${ReloadButton} plugin=${plugin} reload=${reload} />`}
    </div>
    <span class=${`state ${kind}`}>
      <${Icon} name=${icon} />
      ${hasText(stateKey) ? t(stateKey) : plugin.state}
    </span>
  </li>`;
}

export function PluginsPage() {
  const [list, setList] = useState(null);
  const [names, setNames] = useState({});
  const [error, setError] = useState(null);
  const load = () => {
    setError(null);
    get('/api/plugins').then(setList).catch(setError);
    get('/api/connectors')
      .then((all) =>
        setNames(
          Object.fromEntries(all.map((item) => [item.plugin, t(item.name_key, {}, item.plugin)])),
        ),
      )
      .catch(setError);
  };
  useEffect(load, []);
  const body = () => {
    if (error) return html`<${LoadError} text=${messageOf(error)} retry=${load} />`;
    if (!list) return html`<${Skeleton} />`;
    if (!list.length)
      return html`<${Empty}
        icon="puzzle"
        title=${t('plugins.none')}
        text=${t('plugins.none_text')}
      />`;
    return html`<ul class="plain-list">
      ${list.map(
        (plugin) =>
          html`<${PluginRow}
            key=${plugin.id}
            plugin=${plugin}
            name=${names[plugin.id]}
            reload=${load}
          />`,
      )}
    </ul>`;
  };
  return html`<div class="content">
    <header class="page-head"><h1>${t('nav.plugins')}</h1></header>
    ${body()}
  </div>`;
}
