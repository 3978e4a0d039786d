// The list of leads or contacts, with search. The search text is part of the URL, so that "back"
// restores it.
import * as api from '../api.js';
import { Button, Empty, Icon, LoadError, Skeleton } from '../components/basics.js';
import { coalesced } from '../coalesce.js';
import { useKeys } from '../focus.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { messageOf, number, t } from '../i18n.js';
import { onLive } from '../live.js';
import { navigate, href, route, replaceRoute } from '../router.js';
import { useStore } from '../store.js';
import { initials } from './initials.js';
import { RecordForm } from './form.js';

const PAGE_SIZE = 50;

function Row({ record, kind }) {
  return html`<li>
    <a class="record-row" href=${href(kind, record.id)}>
      <span class="avatar small" aria-hidden="true">${initials(record.name)}</span>
      <span class="record-name">
        <span class="clip" dir="auto">${record.name}</span>
        <span class="muted clip" dir="auto">
          ${[record.title, record.company].filter(Boolean).join(' · ')}
        </span>
      </span>
      <span class="record-company clip" dir="auto">${record.company}</span>
      <span class="record-email clip" dir="ltr">
        ${record.emails?.[0] || ''}
        ${
          record.emails?.length > 1
            ? html` <span class="muted">+${record.emails.length - 1}</span>`
            : ''
        }
      </span>
      <span class="record-phone clip" dir="ltr">${record.phone}</span>
    </a>
  </li>`;
}

function List({ kind, items, total, busy, onMore }) {
  return html`
    <p class="muted count" aria-live="polite">${t(`${kind}.count`, { count: total })}</p>
    <div class="record-head" aria-hidden="true">
      <span></span>
      <span>${t('field.name')}</span>
      <span>${t('field.company')}</span>
      <span>${t('field.emails')}</span>
      <span>${t('field.phone')}</span>
    </div>
    <ul class="record-list">
      ${items.map((record) => html`<${Row} key=${record.id} record=${record} kind=${kind} />`)}
    </ul>
    ${
      items.length < total &&
      html`<div class="more">
        <${Button} busy=${busy} onClick=${onMore}>
          ${t('records.more', { count: number(total - items.length) })}
        <//>
      </div>`
    }
  `;
}

export function RecordsPage({ kind }) {
  const { query } = useStore(route);
  const [text, setText] = useState(query.search || '');
  const [state, setState] = useState({ items: null, total: 0, error: null, search: '' });
  const [creating, setCreating] = useState(false);
  const [more, setMore] = useState(false);
  const input = useRef(null);
  const ticket = useRef(0);

  useEffect(() => query.focus && input.current?.focus(), []);
  const load = async (search, offset = 0, limit = PAGE_SIZE) => {
    const mine = ++ticket.current;
    try {
      const answer = await api.get(api.query(`/api/${kind}`, { search, limit, offset }));
      if (mine !== ticket.current) return;
      setState((old) => ({
        items: offset ? [...old.items, ...answer.items] : answer.items,
        total: answer.total,
        error: null,
        search,
      }));
    } catch (error) {
      if (mine === ticket.current) setState((old) => ({ ...old, error }));
    }
    setMore(false);
  };
  useEffect(() => {
    const search = text.trim();
    const timer = setTimeout(
      () => {
        const wanted = `${href(kind)}${search ? `?${new URLSearchParams({ search })}` : ''}`;
        if (location.hash !== wanted && location.hash.startsWith(href(kind))) replaceRoute(wanted);
        load(search);
      },
      state.items ? 150 : 0,
    );
    return () => clearTimeout(timer);
  }, [text, kind]);
  useEffect(
    () =>
      onLive(
        'records',
        coalesced(() => load(text.trim(), 0, Math.max(PAGE_SIZE, state.items?.length || 0))),
      ),
    [text, kind, state.items?.length],
  );
  useKeys({
    '/': () => {
      input.current?.focus();
      input.current?.select();
    },
    'c': () => setCreating(true),
  });

  const { items, total, error, search } = state;
  const add = html`<${Button}
    kind="primary"
    icon="plus"
    onClick=${() => setCreating(true)}
    aria-keyshortcuts="c"
  >
    ${t(`${kind}.new`)}
  <//>`;
  const body = () => {
    if (error && !items)
      return html`<${LoadError} text=${messageOf(error)} retry=${() => load(text.trim())} />`;
    if (!items) return html`<${Skeleton} rows=${8} />`;
    if (items.length) {
      const onMore = () => {
        setMore(true);
        load(search, items.length);
      };
      return html`<${List}
        kind=${kind}
        items=${items}
        total=${total}
        busy=${more}
        onMore=${onMore}
      />`;
    }
    if (search)
      return html`<${Empty}
        icon="search"
        title=${t('records.not_found', { search })}
        text=${t('records.not_found_text')}
      />`;
    return html`<${Empty}
      icon=${kind === 'leads' ? 'target' : 'contact'}
      title=${t(`${kind}.none`)}
      text=${t(`${kind}.none_text`)}
    >
      ${add}
    <//>`;
  };
  return html`<div class="content records">
    <header class="page-head">
      <h1>${t(`nav.${kind}`)}</h1>
      <div class="head-actions">${add}</div>
    </header>
    <div class="search">
      <${Icon} name="search" />
      <input
        class="input"
        type="search"
        ref=${input}
        aria-label=${t(`${kind}.search`)}
        aria-keyshortcuts="/"
        placeholder=${t(`${kind}.search`)}
        dir="auto"
        value=${text}
        onInput=${(event) => setText(event.target.value)}
        onKeyDown=${(event) => {
          if (event.key === 'Escape' && text) {
            event.preventDefault();
            setText('');
          }
        }}
      />
    </div>
    ${body()}
    ${
      creating &&
      html`<${RecordForm}
        kind=${kind}
        onClose=${() => setCreating(false)}
        onSaved=${(record) => {
          setCreating(false);
          navigate(kind, record.id);
        }}
      />`
    }
  </div>`;
}
