// The entry module: renders `state`, keeps it up to date, and handles navigation and keys. What the
// user changes goes through event_actions.js, calendar_actions.js and account_menu.js.
import { renderAccount, toggleAccountMenu } from './account_menu.js';
import { control, google } from './api.js';
import { calendarActions } from './calendar_actions.js';
import { element } from './element.js';
import { eventActions } from './event_actions.js';
import { renderList } from './list.js';
import { loadCalendars, loadEvents } from './load.js';
import { renderPanel } from './panel.js';
import { renderSidebar } from './sidebar.js';
import { $, state, visibleDays, visibleEnd } from './state.js';
import { language, t } from './texts.js';
import { day, midnight, minute, monday, parse, spanText, wallClock, weekNumber } from './time.js';
import { showToast } from './toast.js';
import { renderWeek } from './week.js';

// Reports a failure of `run` and then reloads in any case.
const attempt =
  (run) =>
  async (...values) => {
    try {
      await run(...values);
    } catch (error) {
      showToast(t('failed', error.message));
    }
    await refresh();
  };

const events = eventActions({ attempt, render });

const sidebarActions = {
  ...calendarActions({ attempt }),
  create: () => {
    const start = Math.ceil(Math.max(state.now, state.from) / (30 * minute)) * 30 * minute;
    return events.create({ start, end: start + 60 * minute, allDay: false });
  },
  toggle: (calendar, on) => {
    if (on) state.hidden.delete(calendar.id);
    else state.hidden.add(calendar.id);
    void refresh();
  },
};

function render() {
  $('range').textContent = spanText(state.from, visibleEnd() - day);
  $('view-week').setAttribute('aria-pressed', String(state.view === 'week'));
  $('view-list').setAttribute('aria-pressed', String(state.view === 'list'));
  renderAccount();
  const { calendars, hidden } = state;
  renderSidebar($('side'), { calendars, hidden, actions: sidebarActions });
  const renderView = state.view === 'list' ? renderList : renderWeek;
  renderView($('main'), {
    from: state.from,
    days: visibleDays(),
    events: state.events,
    now: state.now,
    zone: state.zone,
    week: weekNumber(state.from),
    actions: events,
  });
}

function renderNoAccount() {
  $('main').replaceChildren(element('p', { class: 'empty' }, t('noAccounts')));
  $('side').replaceChildren();
  $('account').textContent = t('accounts');
}

const isWholeWeek = () => state.view === 'week' && visibleDays() === 7;
const firstDay = (at) => (isWholeWeek() ? monday(at) : midnight(at));

async function reload() {
  const { version, now } = await control('GET', '/version');
  state.version = version;
  state.accounts = (await control('GET', '/accounts')).accounts;
  if (!state.accounts.some((account) => account.email === state.email))
    state.email = state.accounts[0]?.email ?? '';
  if (!state.email) return renderNoAccount();
  if (Object.keys(state.colors).length === 0)
    state.colors = (await google(state.email, 'GET', '/colors')).event;
  await loadCalendars();
  state.now = wallClock(new Date(now), state.zone);
  if (state.from === 0) state.from = firstDay(state.now);
  await loadEvents();
  if (!$('panel').hidden) await renderPanel($('panel'));
  render();
}

// Reloads run one after another.
let running = Promise.resolve();
function refresh() {
  running = running.then(reload).catch((error) => showToast(t('failed', error.message)));
  return running;
}

// Keeps account, view and panel in the page's address.
function updateAddress() {
  const query = new URLSearchParams({
    account: state.email,
    ...(state.view === 'list' ? { view: 'list' } : {}),
    ...($('panel').hidden ? {} : { panel: '1' }),
  });
  history.replaceState(null, '', `?${query}`);
}

function chooseAccount(email) {
  state.email = email;
  state.hidden.clear();
  updateAddress();
  void refresh();
}

function showView(view) {
  state.view = view;
  if (isWholeWeek()) state.from = monday(state.from);
  updateAddress();
  void refresh();
}

function goBy(pages) {
  state.from += pages * visibleDays() * day;
  void refresh();
}

function goToday() {
  state.from = firstDay(state.now);
  void refresh();
}

function togglePanel() {
  $('panel').hidden = !$('panel').hidden;
  $('toggle-panel').setAttribute('aria-pressed', String(!$('panel').hidden));
  updateAddress();
  void refresh();
}

function closeMenus() {
  for (const menu of document.querySelectorAll('.menu')) menu.hidden = true;
}

const SHORTCUTS = {
  c: () => void sidebarActions.create(),
  t: goToday,
  ArrowLeft: () => goBy(-1),
  ArrowRight: () => goBy(1),
};

function onKeyDown(event) {
  if (event.key === 'Escape') closeMenus();
  if (event.target.closest('input, textarea, select, dialog')) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const action = Object.hasOwn(SHORTCUTS, event.key) ? SHORTCUTS[event.key] : undefined;
  if (!action) return;
  action();
  event.preventDefault();
}

function translate() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll('[data-text]'))
    node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll('[data-label]'))
    node.setAttribute('aria-label', t(node.dataset.label));
  document.title = `${t('title')} – ${t('emulator')}`;
}

function readAddress() {
  const query = new URLSearchParams(location.search);
  state.email = query.get('account') ?? '';
  state.view = query.get('view') === 'list' ? 'list' : 'week';
  if (query.get('date')) state.from = monday(parse(query.get('date')));
  $('panel').hidden = query.get('panel') !== '1';
}

function listen() {
  const onClick = (id, action) => $(id).addEventListener('click', action);
  onClick('today', goToday);
  onClick('back', () => goBy(-1));
  onClick('forward', () => goBy(1));
  onClick('view-week', () => showView('week'));
  onClick('view-list', () => showView('list'));
  onClick('account', () => toggleAccountMenu({ attempt, choose: chooseAccount }));
  onClick('toggle-panel', togglePanel);
  document.addEventListener('click', (event) => {
    if (!event.target.closest('.account, .more, .menu')) closeMenus();
  });
  document.addEventListener('keydown', onKeyDown);
  let resized = 0;
  addEventListener('resize', () => {
    clearTimeout(resized);
    resized = setTimeout(() => void refresh(), 200);
  });
}

// Changes by apps appear within a second. Nothing is rendered while something is dragged or a
// dialog or menu is open.
function poll() {
  setInterval(async () => {
    if (document.hidden || document.querySelector('.dragged, .ghost, dialog, .menu:not([hidden])'))
      return;
    try {
      if ((await control('GET', '/version')).version !== state.version) await refresh();
    } catch {
      // The emulator is restarting; the next poll finds it again.
    }
  }, 1_000);
}

translate();
readAddress();
listen();
void refresh();
poll();
