// The user's own mails: whom, what, when, what became of each and why; and what can still be
// decided about it.
import { Button, Empty, Icon, LoadError, Skeleton, useNow } from '../components/basics.js';
import { Confirm } from '../components/dialog.js';
import { Menu } from '../components/menu.js';
import { showToast } from '../components/toast.js';
import { formatAgo, formatIn } from '../calendar/format.js';
import { coalesced } from '../coalesce.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { hasText, locale, messageOf, t } from '../i18n.js';
import { onLive } from '../live.js';
import { href, replaceRoute, route } from '../router.js';
import { zone } from '../session.js';
import { useStore } from '../store.js';
import { act, loadMessages } from './mail_api.js';
import { MessagePreview } from './preview.js';
import { useRepeated } from './repeated.js';
import { actionsOf, FILTERS, isOnItsWay, serverWords, stateOf } from './states.js';

const PAGE_SIZE = 50;

const ACTIONS = {
  send: { icon: 'mail', done: 'mail.done.send' },
  again: { icon: 'rotate-ccw', done: 'mail.done.send', call: 'send' },
  hold: { icon: 'circle-pause', done: 'mail.done.hold' },
  drop: { icon: 'trash-2', done: 'mail.done.drop', asks: true, danger: true },
};
// These are buttons; the others are in the menu.
const BUTTONS = ['send', 'again', 'hold'];

const timeOf = (ms) =>
  new Intl.DateTimeFormat(locale(), {
    ...{ day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' },
    timeZone: zone(),
  }).format(ms);

function whenOf(state, now) {
  if (!state.at) return '';
  if (!state.isNext) return timeOf(state.at);
  return state.at > now ? formatIn(state.at, now) : t('mail.any_moment');
}

function State({ item, now }) {
  const state = stateOf(item);
  const words = serverWords(item);
  const text = t(state.key, {
    time: whenOf(state, now),
    reason: state.reason && t(state.reason),
  });
  return html`<div class="mail-state">
    <span class=${`state ${state.kind}`}>
      <${Icon} name=${state.icon} />
      <span>${text}</span>
    </span>
    ${
      state.reason &&
      html`<p class="muted">
        ${!state.key.endsWith('failed') && html`${t(state.reason)} `}
        ${t('mail.attempts', { count: item.attempts })}
        ${words && html` ${t('mail.server_said')} <q lang="en" dir="auto">${words}</q>`}
      </p>`
    }
  </div>`;
}

function Actions({ item, busy, onAct }) {
  const offered = actionsOf(item).filter((name) => ACTIONS[name]);
  const buttons = offered.filter((name) => BUTTONS.includes(name));
  const rest = offered.filter((name) => !BUTTONS.includes(name));
  const address = item.to;
  return html`<div class="mail-actions">
    ${buttons.map(
      (name) => html`<${Button}
        key=${name}
        class="small"
        icon=${ACTIONS[name].icon}
        busy=${busy}
        aria-label=${t('mail.action_for', { action: t(`mail.action.${name}`), address })}
        onClick=${() => onAct(name)}
      >
        ${t(`mail.action.${name}`)}
      <//>`,
    )}
    ${
      rest.length > 0 &&
      html`<${Menu}
        label=${t('mail.menu', { address })}
        items=${rest.map((name) => ({
          label: t(`mail.action.${name}`),
          icon: ACTIONS[name].icon,
          danger: ACTIONS[name].danger,
          disabled: busy,
          action: () => onAct(name),
        }))}
      />`
    }
  </div>`;
}

function Row({ item, now, reload, onOpen }) {
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState('');
  const run = async (name) => {
    setAsked('');
    setBusy(true);
    try {
      await act(item.id, ACTIONS[name].call || name);
      showToast(t(ACTIONS[name].done));
    } catch (error) {
      const text = error.code === 'conflict' ? t('mail.too_late') : messageOf(error);
      showToast(text, { kind: 'bad' });
    }
    setBusy(false);
    reload();
  };
  const kind = `mail.kind.${item.kind}`;
  return html`<li class="card mail-row">
    <div class="mail-what">
      <p class="mail-to clip" dir="auto" title=${item.to}>${item.to}</p>
      <p class="mail-subject">
        <button type="button" class="link" dir="auto" onClick=${onOpen}>
          ${item.subject || t('mail.no_subject')}
        </button>
      </p>
      <p class="muted mail-facts">
        ${hasText(kind) && html`<span class="chip">${t(kind)}</span>`}
        <time datetime=${new Date(item.at).toISOString()} title=${timeOf(item.at)}>
          ${t('mail.made', { ago: formatAgo(item.at, now) })}
        </time>
      </p>
      <${State} item=${item} now=${now} />
    </div>
    <${Actions}
      item=${item}
      busy=${busy}
      onAct=${(name) => (ACTIONS[name].asks ? setAsked(name) : run(name))}
    />
    ${
      asked &&
      html`<${Confirm}
        title=${t(`mail.ask.${asked}`)}
        action=${t(`mail.action.${asked}`)}
        danger=${ACTIONS[asked].danger}
        onClose=${() => setAsked('')}
        onConfirm=${() => run(asked)}
      >
        <p>${t(`mail.ask.${asked}_text`)}</p>
      <//>`
    }
  </li>`;
}

function Filter({ state, query }) {
  const to = (name) => {
    const { state: _, ...rest } = query;
    const wanted = new URLSearchParams({ ...rest, ...(name === 'all' ? {} : { state: name }) });
    replaceRoute(`${href('mail')}${String(wanted) && `?${wanted}`}`);
  };
  return html`<div class="segments mail-filter" role="group" aria-label=${t('mail.filter')}>
    ${FILTERS.map(
      (name) => html`<button
        type="button"
        key=${name}
        aria-pressed=${String(state === name)}
        onClick=${() => to(name)}
      >
        ${t(`mail.filter.${name}`)}
      </button>`,
    )}
  </div>`;
}

// The messages of a filter, newest first, as many as were asked for.
function useMessages({ state, event }) {
  const [list, setList] = useState({ items: null, more: '', error: null });
  const wanted = useRef(PAGE_SIZE);
  const ticket = useRef(0);
  const load = async (count = wanted.current) => {
    wanted.current = count;
    const mine = ++ticket.current;
    try {
      const items = [];
      let more = '';
      do {
        const page = await loadMessages({
          ...{ event, after: more, limit: PAGE_SIZE },
          state: state === 'all' ? undefined : state,
        });
        items.push(...page.items);
        more = page.more;
      } while (more && items.length < count);
      if (mine === ticket.current) setList({ items, more, error: null });
    } catch (error) {
      if (mine === ticket.current) setList((old) => ({ ...old, error }));
    }
  };
  useEffect(() => {
    load(PAGE_SIZE);
    return onLive(
      'mail',
      coalesced(() => load()),
    );
  }, [state, event]);
  useRepeated(Boolean(list.items?.some(isOnItsWay)), () => load());
  return { ...list, load, loadMore: () => load(wanted.current + PAGE_SIZE) };
}

export function SentMails() {
  const { query } = useStore(route);
  const state = FILTERS.includes(query.state) ? query.state : 'all';
  const { event } = query;
  const { items, more, error, load, loadMore } = useMessages({ state, event });
  const [open, setOpen] = useState(null);
  const now = useNow(1000);
  const body = () => {
    if (error && !items)
      return html`<${LoadError} text=${messageOf(error)} retry=${() => load()} />`;
    if (!items) return html`<${Skeleton} />`;
    if (!items.length)
      return html`<${Empty}
        icon="mail"
        title=${t(state === 'all' ? 'mail.none' : 'mail.none_here')}
        text=${state === 'all' ? t('mail.none_text') : ''}
      />`;
    return html`<ul class="plain-list">
        ${items.map(
          (item) => html`<${Row}
            key=${item.id}
            item=${item}
            now=${now}
            reload=${load}
            onOpen=${() => setOpen(item)}
          />`,
        )}
      </ul>
      ${
        more && html`<div class="more"><${Button} onClick=${loadMore}>${t('mail.more')}<//></div>`
      }`;
  };
  return html`<section class="sent-mails">
    <header class="page-head">
      <div>
        <p class="crumbs">
          ${t('settings.integrations')} <${Icon} name="chevron-right" /> ${t('settings.sent')}
        </p>
        <h2>${t('settings.sent')}</h2>
      </div>
    </header>
    <div class="row between wrap mail-tools">
      <${Filter} state=${state} query=${query} />
      ${
        event &&
        html`<a class="link" href=${href('mail')}><${Icon} name="x" />${t('mail.of_event')}</a>`
      }
    </div>
    ${body()}
    <p class="muted below">${t('mail.kept')}</p>
    ${
      open &&
      html`<${MessagePreview}
        id=${open.id}
        subject=${open.subject || t('mail.no_subject')}
        onClose=${() => setOpen(null)}
      />`
    }
  </section>`;
}
