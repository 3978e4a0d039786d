// The user's language, theme and time zone. Each choice is saved immediately.
import { Notice } from '../components/basics.js';
import { SelectField } from '../components/field.js';
import { showToast } from '../components/toast.js';
import { formatOffset } from '../calendar/format.js';
import { knownZones } from '../calendar/times.js';
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
      showToast(t('saved'));
    } catch (failure) {
      setError(failure);
    }
  };
  if (!user) return null;
  const now = Date.now();
  const zones = knownZones(zone(), user.time_zone);
  return html`<section class="profile">
    <header class="page-head">
      <div><p class="crumbs">${t('settings.personal')}</p><h2>${t('settings.profile')}</h2></div>
    </header>
    ${error && html`<${Notice} kind="bad">${messageOf(error)}<//>`}
    <div class="card form-card">
      <dl class="facts">
        <div><dt>${t('field.name')}</dt><dd dir="auto">${user.name}</dd></div>
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
        label=${t('field.time_zone')}
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
