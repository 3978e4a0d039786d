// For administrators: which plugins are loaded, in which state, and why not.
import { get } from '../api.js';
import { Empty, Icon, LoadError, Skeleton } from '../components/basics.js';
import { html, useEffect, useState } from '../html.js';
import { hasText, messageOf, t } from '../i18n.js';

const kLook = {
  running: ['good', 'circle-check'],
  starting: ['info', 'loader-circle'],
  stopped: ['warn', 'circle-pause'],
  stuck: ['bad', 'circle-alert'],
  refused: ['bad', 'circle-x'],
  failed: ['bad', 'circle-x'],
};

function PluginRow({ plugin, name }) {
  const [kind, icon] = kLook[plugin.state] || ['info', 'info'];
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
      ${
        hasText(`plugins.state.${plugin.state}`) ? t(`plugins.state.${plugin.state}`) : plugin.state
      }
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
  return html`<div class="content">
    <header class="page-head"><h1>${t('nav.plugins')}</h1></header>
    ${
      error
        ? html`<${LoadError} text=${messageOf(error)} retry=${load} />`
        : !list
          ? html`<${Skeleton} /> `
          : !list.length
            ? html`<${Empty}
              icon="puzzle"
              title=${t('plugins.none')}
              text=${t('plugins.none_text')}
            />`
            : html`<ul class="plain-list">
              ${list.map((plugin) => html`<${PluginRow} key=${plugin.id} plugin=${plugin} name=${names[plugin.id]} />`)}
            </ul>`
    }
  </div>`;
}
