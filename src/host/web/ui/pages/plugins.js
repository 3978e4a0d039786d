// For administrators: the installed plugins, their state, and the reason of a failure.
import { get } from '../api.js';
import { Empty, Icon, LoadError, Skeleton } from '../components/basics.js';
import { html, useEffect, useState } from '../html.js';
import { hasText, messageOf, t } from '../i18n.js';

const STATE_BADGE = {
  running: ['good', 'circle-check'],
  starting: ['info', 'loader-circle'],
  stopped: ['warn', 'circle-pause'],
  stuck: ['bad', 'circle-alert'],
  refused: ['bad', 'circle-x'],
  failed: ['bad', 'circle-x'],
};

function PluginRow({ plugin, name }) {
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
      ${plugin.reason && html`<p class="plugin-reason" dir="auto">${plugin.reason}</p>`}
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
        setNames(Object.fromEntries(all.map((item) => [item.plugin, t(item.name_key)]))),
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
          html`<${PluginRow} key=${plugin.id} plugin=${plugin} name=${names[plugin.id]} />`,
      )}
    </ul>`;
  };
  return html`<div class="content">
    <header class="page-head"><h1>${t('nav.plugins')}</h1></header>
    ${body()}
  </div>`;
}
