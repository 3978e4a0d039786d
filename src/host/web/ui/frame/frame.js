// The frame of every page: rail (a bottom bar on narrow screens), health line, page, toasts,
// keyboard help.
import { get } from '../api.js';
import { CalendarPage } from '../calendar/page.js';
import { Icon } from '../components/basics.js';
import { coalesced } from '../coalesce.js';
import { later } from '../components/later.js';
import { Menu } from '../components/menu.js';
import { showToast, Toasts, undoLast } from '../components/toast.js';
import { useKeys, useUndoKey } from '../focus.js';
import { html, useEffect, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { onLive } from '../live.js';
import { initials } from '../records/initials.js';
import { navigate, href, route } from '../router.js';
import { logOut, session, updateMe } from '../session.js';
import { useStore } from '../store.js';
import { HealthLine } from './health_line.js';
import { KeyboardHelp } from './keyboard_help.js';

const laterPage = (name) => later(() => import('./later_pages.js').then((pages) => pages[name]));
const CardPage = laterPage('CardPage');
const PluginsPage = laterPage('PluginsPage');
const RecordsPage = laterPage('RecordsPage');
const SettingsPage = laterPage('SettingsPage');

const RAIL_PAGES = [
  { name: 'calendar', icon: 'calendar-days' },
  { name: 'leads', icon: 'target' },
  { name: 'contacts', icon: 'contact' },
];

function UserMenu({ user }) {
  const change = (changes) =>
    updateMe(changes).catch((error) => showToast(messageOf(error), { kind: 'bad' }));
  const items = [
    { heading: user.name },
    {
      label: t('settings.profile'),
      icon: 'sliders-horizontal',
      action: () => navigate('settings', 'profile'),
    },
    {
      label: t('help.keyboard'),
      icon: 'keyboard',
      action: () => dispatchEvent(new CustomEvent('crm-help')),
    },
    { heading: t('settings.theme') },
    ...['', 'light', 'dark'].map((theme) => ({
      label: t(`settings.theme.${theme || 'system'}`),
      checked: user.theme === theme,
      action: () => change({ theme }),
    })),
    { divider: true },
    { label: t('action.log_out'), icon: 'log-out', action: () => logOut() },
  ];
  return html`<${Menu}
    label=${t('nav.user')}
    items=${items}
    trigger=${({ open, toggle }) => html`<button
      type="button"
      class="rail-item user"
      aria-haspopup="menu"
      aria-expanded=${String(open)}
      aria-label=${t('nav.user')}
      title=${user.name}
      onClick=${toggle}
    >
      <span class="avatar" data-initials=${initials(user.name)}></span>
    </button>`}
  />`;
}

function Rail({ current, user }) {
  const item = (name, icon, ...path) =>
    html`<a
      class="rail-item"
      href=${href(...path)}
      aria-current=${current === name ? 'page' : undefined}
    >
      <${Icon} name=${icon} />
      <span>${t(`nav.${name}`)}</span>
    </a>`;
  return html`<nav class="rail" aria-label=${t('nav.label')}>
    <a class="rail-logo" href=${href('calendar')} aria-label="CRM" tabindex="-1">
      <img src="/ui/icon.svg" alt="" width="28" height="28" />
    </a>
    ${RAIL_PAGES.map(({ name, icon }) => item(name, icon, name))}
    ${user.role === 'admin' && item('plugins', 'puzzle', 'plugins')}
    <div class="rail-space"></div>
    ${item('settings', 'settings', 'settings', 'calendars')}
    <${UserMenu} user=${user} />
  </nav>`;
}

function Page({ parts, user }) {
  const [name, id] = parts;
  if (name === 'leads' || name === 'contacts')
    return id
      ? html`<${CardPage} key=${`${name}/${id}`} kind=${name} id=${id} />`
      : html`<${RecordsPage} key=${name} kind=${name} />`;
  if (name === 'settings') return html`<${SettingsPage} parts=${parts.slice(1)} />`;
  if (name === 'mail') return html`<${SettingsPage} parts=${['sent']} />`;
  if (name === 'plugins' && user.role === 'admin') return html`<${PluginsPage} />`;
  return html`<${CalendarPage} />`;
}

export function Frame() {
  const { parts } = useStore(route);
  const { user } = useStore(session);
  const [accounts, setAccounts] = useState([]);
  const [help, setHelp] = useState(false);
  useEffect(() => {
    let ended = false;
    const load = () =>
      get('/api/accounts')
        .then((list) => !ended && setAccounts(list))
        .catch(() => {}); // the page itself reports that the host is unreachable
    load();
    const stop = onLive('accounts', coalesced(load));
    const showHelp = () => setHelp(true);
    addEventListener('crm-help', showHelp);
    return () => {
      ended = true;
      stop();
      removeEventListener('crm-help', showHelp);
    };
  }, []);
  useKeys({ '?': () => setHelp(true) });
  useUndoKey(undoLast);
  const isSettings = ['settings', 'mail'].includes(parts[0]);
  const isNamed = ['leads', 'contacts', 'plugins'].includes(parts[0]);
  const current = isSettings ? 'settings' : isNamed ? parts[0] : 'calendar';
  useEffect(() => {
    document.title = `${t(`nav.${current}`)} – CRM`;
  }, [current]);
  if (!user) return null;
  return html`<div class="frame">
    <a
      class="skip"
      href="#main"
      onClick=${(event) => {
        event.preventDefault();
        document.getElementById('main')?.focus();
      }}
    >
      ${t('nav.skip')}
    </a>
    <${Rail} current=${current} user=${user} />
    <div class="stage">
      <${HealthLine} accounts=${accounts} />
      <main id="main" tabindex="-1" class=${`page ${current}`}>
        <${Page} parts=${parts} user=${user} />
      </main>
    </div>
    <${Toasts} />
    ${help && html`<${KeyboardHelp} onClose=${() => setHelp(false)} />`}
  </div>`;
}
