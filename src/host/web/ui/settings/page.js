// Settings: Integrations > Calendars; the user's language, theme and time zone; password and
// sessions.
import { html } from '../html.js';
import { t } from '../i18n.js';
import { href } from '../router.js';
import { CalendarAccounts } from './calendars.js';
import { FlowPage } from './flow.js';
import { Profile } from './profile.js';
import { Security } from './security.js';

export function SettingsPage({ parts }) {
  const [section = 'calendars', sub, id] = parts;
  const link = (name) =>
    html`<a href=${href('settings', name)} aria-current=${section === name ? 'page' : undefined}>
      ${t(`settings.${name}`)}
    </a>`;
  const main = () => {
    if (section === 'profile') return html`<${Profile} />`;
    if (section === 'security') return html`<${Security} />`;
    if (sub === 'flow' && id) return html`<${FlowPage} key=${id} id=${id} />`;
    return html`<${CalendarAccounts} />`;
  };
  return html`<div class="content settings-page">
    <nav class="settings-nav" aria-label=${t('nav.settings')}>
      <h1>${t('nav.settings')}</h1>
      <h2>${t('settings.integrations')}</h2>
      ${link('calendars')}
      <h2>${t('settings.personal')}</h2>
      ${link('profile')} ${link('security')}
    </nav>
    <div class="settings-main">${main()}</div>
  </div>`;
}
