// Settings > Integrations > Calendars: the connected accounts as cards, unfinished set-ups, and
// always a button to add an account.
import * as api from '../api.js';
import { Button, Empty, Icon, LoadError, Notice, Skeleton } from '../components/basics.js';
import { Dialog } from '../components/dialog.js';
import { showToast } from '../components/toast.js';
import { html, useEffect, useMemo, useState } from '../html.js';
import { hasText, hasTextsOf, loadPluginTexts, messageOf, t } from '../i18n.js';
import { coalesced } from '../coalesce.js';
import { onLive } from '../live.js';
import { formatAgo } from '../calendar/format.js';
import { href, route, replaceRoute } from '../router.js';
import { createStore, useStore } from '../store.js';
import { AccountCard } from './account_card.js';
import { beginFlow } from './begin_flow.js';

function createAccountsStore() {
  const store = createStore({
    accounts: null,
    connectors: null,
    drafts: [],
    calendars: [],
    error: null,
  });
  async function load() {
    // Connectors are fetched separately: an account can be added whatever else fails (S-09).
    api
      .get('/api/connectors')
      .then(async (connectors) => {
        // A plugin may have started after the page was opened.
        if (!connectors.every((item) => hasTextsOf(item.plugin))) await loadPluginTexts();
        store.set({ connectors });
      })
      .catch((error) => store.set({ error }));
    try {
      const [accounts, drafts, calendars] = await Promise.all([
        api.get('/api/accounts'),
        api.get('/api/flows'),
        api.get('/api/calendars'),
      ]);
      store.set({ accounts, drafts, calendars, error: null });
    } catch (error) {
      store.set({ error });
    }
  }
  return { ...store, load };
}

// Asks what to do with an unfinished set-up before another one is begun.
function DraftQuestion({ draft, name, onNew, onClose }) {
  return html`<${Dialog}
    title=${t('draft.title', { name })}
    class="small"
    onClose=${onClose}
    footer=${html`
      <${Button} kind="quiet danger-text" onClick=${onNew}>${t('draft.restart')}<//>
      <span class="grow"></span>
      <a
        class="button primary"
        href=${href('settings', 'calendars', 'flow', draft.flow)}
        data-autofocus
      >
        ${t('draft.resume')}
      </a>
    `}
  >
    <p>${t('draft.question', { ago: formatAgo(Date.parse(draft.updated)) })}</p>
  <//>`;
}

function AddButtons({ connectors, drafts, kind = 'primary' }) {
  const [busy, setBusy] = useState('');
  const [asking, setAsking] = useState(null);
  useEffect(() => {
    // The browser may show this page again as it was left for the other side's page.
    const shown = () => setBusy('');
    addEventListener('pageshow', shown);
    return () => removeEventListener('pageshow', shown);
  }, []);
  const add = async (plugin, replaced) => {
    setAsking(null);
    setBusy(plugin);
    try {
      if (replaced) await api.del(`/api/flows/${api.segment(replaced)}`);
      await beginFlow(plugin, 'setup');
    } catch (error) {
      showToast(messageOf(error), { kind: 'bad' });
      setBusy('');
    }
  };
  const begin = (item) => {
    const draft = drafts.find((one) => one.plugin === item.plugin);
    if (draft) setAsking({ item, draft });
    else add(item.plugin);
  };
  return html`
    ${connectors.map(
      (item) =>
        html`<${Button}
          key=${item.plugin}
          kind=${kind}
          busy=${busy === item.plugin}
          onClick=${() => begin(item)}
        >
          + ${t(item.add_key, {}, item.plugin)}
        <//>`,
    )}
    ${
      asking &&
      html`<${DraftQuestion}
        draft=${asking.draft}
        name=${t(asking.item.name_key, {}, asking.item.plugin)}
        onNew=${() => add(asking.item.plugin, asking.draft.flow)}
        onClose=${() => setAsking(null)}
      />`
    }
  `;
}

function Draft({ draft, name, reload }) {
  const drop = async () => {
    try {
      await api.del(`/api/flows/${api.segment(draft.flow)}`);
      showToast(t('draft.dropped'));
    } catch (error) {
      showToast(messageOf(error), { kind: 'bad' });
    }
    reload();
  };
  return html`<li class="card draft">
    <${Icon} name="pencil" />
    <div class="draft-text">
      <strong>${t('draft.title', { name })}</strong>
      <span class="muted">${t('draft.text', { ago: formatAgo(Date.parse(draft.updated)) })}</span>
    </div>
    <${Button} class="small" onClick=${drop}>${t('draft.drop')}<//>
    <a class="button primary small" href=${href('settings', 'calendars', 'flow', draft.flow)}>
      ${t('draft.resume')}
    </a>
  </li>`;
}

export function CalendarAccounts() {
  const store = useMemo(createAccountsStore, []);
  const { accounts, connectors, drafts, calendars, error } = useStore(store);
  const { query } = useStore(route);
  const [linkError, setLinkError] = useState('');
  useEffect(() => {
    store.load();
    const again = coalesced(store.load);
    const stops = ['accounts', 'calendars', 'flow'].map((type) => onLive(type, again));
    return () => stops.forEach((stop) => stop());
  }, [store]);
  useEffect(() => {
    if (!query.error) return;
    setLinkError(hasText(query.error) ? query.error : 'flow.failed');
    replaceRoute(href('settings', 'calendars'));
  }, [query.error]);

  const nameOf = (plugin) => {
    const found = connectors?.find((item) => item.plugin === plugin);
    return found ? t(found.name_key, {}, plugin) : plugin;
  };
  const setups = drafts.filter((draft) => draft.kind === 'setup');
  const add = html`<${AddButtons} connectors=${connectors || []} drafts=${setups} />`;
  // Then the button is below the sentence that says what it is for.
  const isEmpty = accounts?.length === 0 && connectors?.length > 0;
  const head = html`<header class="page-head">
    <div>
      <p class="crumbs">
        ${t('settings.integrations')} <${Icon} name="chevron-right" /> ${t('settings.calendars')}
      </p>
      <h2>${t('accounts.title')}</h2>
    </div>
    ${!isEmpty && html`<div class="head-actions">${add}</div>`}
  </header>`;
  if (error && !accounts)
    return html`${head}<${LoadError} text=${messageOf(error)} retry=${store.load} />`;
  if (!accounts) return html`${head}<${Skeleton} />`;
  return html`
    ${head}
    ${
      linkError &&
      html`<${Notice}
        kind="bad"
        action=${html`<${Button} class="small" onClick=${() => setLinkError('')}>
          ${t('action.close')}
        <//>`}
      >
        ${t(linkError)}
      <//>`
    }
    ${connectors?.length === 0 && html`<${Notice} kind="warn">${t('accounts.no_connector')}<//>`}
    ${
      setups.length > 0 &&
      html`<ul class="plain-list drafts">
        ${setups.map(
          (draft) => html`<${Draft}
            key=${draft.flow}
            draft=${draft}
            name=${nameOf(draft.plugin)}
            reload=${store.load}
          />`,
        )}
      </ul>`
    }
    ${
      accounts.length
        ? html`<ul class="plain-list">
          ${accounts.map(
            (account) => html`<${AccountCard}
              key=${account.id}
              account=${account}
              plugin=${nameOf(account.plugin)}
              calendars=${calendars}
              reload=${store.load}
            />`,
          )}
        </ul>`
        : html`<${Empty}
          icon="calendar-sync"
          title=${t('accounts.none')}
          text=${t('accounts.none_text')}
        >
          ${isEmpty && add}
        <//>`
    }
    <p class="muted below">${t('accounts.other')}</p>
  `;
}
