// Language, theme and time zone of the person. Each choice is saved at once.
import { Notice } from '../components/basics.js';
import { SelectField } from '../components/field.js';
import { toast } from '../components/toast.js';
import { formatOffset } from '../calendar/format.js';
import { html, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { session, updateMe, zone } from '../session.js';
import { useStore } from '../store.js';

export function Profile() {
  const { user } = useStore(session);
  const [error, setError] = useState(null);
  const save = async (changes) => {
    setError(null);
    try {
      await updateMe(changes);
      toast(t('settings.saved'));
    } catch (failure) {
      setError(failure);
    }
  };
  if (!user) return null;
  const now = Date.now();
  const all =
    typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];
  const zones = [...new Set([zone(), user.time_zone, 'UTC', ...all].filter(Boolean))];
  return html`<section class="profile">
    <header class="page-head">
      <div><p class="crumbs">${t('settings.personal')}</p><h2>${t('settings.profile')}</h2></div>
    </header>
    ${error && html`<${Notice} kind="bad">${messageOf(error)}<//>`}
    <div class="card form-card">
      <dl class="facts">
        <div><dt>${t('settings.name')}</dt><dd dir="auto">${user.name}</dd></div>
        <div><dt>${t('login.email')}</dt><dd dir="ltr">${user.email}</dd></div>
      </dl>
      <${SelectField}
        id="me-locale"
        label=${t('settings.language')}
        value=${user.locale}
        onChange=${(locale) => save({ locale })}
        options=${[
          { value: '', label: t('settings.language.browser') },
          { value: 'de', label: 'Deutsch' },
          { value: 'en', label: 'English' },
        ]}
      />
      <${SelectField}
        id="me-theme"
        label=${t('settings.theme')}
        value=${user.theme}
        onChange=${(theme) => save({ theme })}
        options=${['', 'light', 'dark'].map((value) => ({
          value,
          label: t(`settings.theme.${value || 'system'}`),
        }))}
      />
      <${SelectField}
        id="me-zone"
        label=${t('settings.zone')}
        value=${user.time_zone || zone()}
        onChange=${(time_zone) => save({ time_zone })}
        hint=${t('settings.zone_hint')}
        options=${zones.map((value) => ({
          value,
          label: `${value.replaceAll('_', ' ')} (${formatOffset(now, value)})`,
        }))}
      />
    </div>
  </section>`;
}
