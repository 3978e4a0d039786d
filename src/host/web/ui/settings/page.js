// Settings: Integrations > Calendars, sent mails; the user's language, theme and time zone;
// password and sessions; for administrators the mail server.
import { html } from '../html.js';
import { t } from '../i18n.js';
import { SentMails } from '../mail/sent_page.js';
import { href } from '../router.js';
import { session } from '../session.js';
import { useStore } from '../store.js';
import { CalendarAccounts } from './calendars.js';
import { FlowPage } from './flow.js';
import { MailServer } from './mail_server.js';
import { Profile } from './profile.js';
import { Security } from './security.js';

export function SettingsPage({ parts }) {
  const [section = 'calendars', sub, id] = parts;
  const isAdministrator = useStore(session).user?.role === 'admin';
  const link = (name, ...path) =>
    html`<a
      href=${href(...(path.length ? path : ['settings', name]))}
      aria-current=${section === name ? 'page' : undefined}
    >
      ${t(`settings.${name}`)}
    </a>`;
  const main = () => {
    if (section === 'sent') return html`<${SentMails} />`;
    if (section === 'email' && isAdministrator) return html`<${MailServer} />`;
    if (section === 'profile') return html`<${Profile} />`;
    if (section === 'security') return html`<${Security} />`;
    if (sub === 'flow' && id) return html`<${FlowPage} key=${id} id=${id} />`;
    return html`<${CalendarAccounts} />`;
  };
  return html`<div class="content settings-page">
    <nav class="settings-nav" aria-label=${t('nav.settings')}>
      <h1>${t('nav.settings')}</h1>
      <h2>${t('settings.integrations')}</h2>
      ${link('calendars')} ${link('sent', 'mail')}
      <h2>${t('settings.personal')}</h2>
      ${link('profile')} ${link('security')}
      ${isAdministrator && html`<h2>${t('settings.administration')}</h2>${link('email')}`}
    </nav>
    <div class="settings-main">${main()}</div>
  </div>`;
}
