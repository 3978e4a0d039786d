// The calendars beside the calendar view: coloured toggles show and hide them. The default calendar
// comes first.
import { Icon } from '../components/basics.js';
import { Menu } from '../components/menu.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { navigate, href } from '../router.js';
import { isColor, isPale } from './colors.js';
import { calendarName, canBeDefault } from './calendars.js';

function Row({ calendar, onToggle, onDefault }) {
  const name = calendarName(calendar);
  const notes = [
    calendar.is_default && t('calendar.default'),
    calendar.state === 'gone' && t('calendar.gone'),
    calendar.mode === 'view_only' && !calendar.own && t('calendar.view_only'),
  ].filter(Boolean);
  return html`<li class="calendar-row">
    <button
      type="button"
      class="calendar-toggle"
      role="switch"
      aria-checked=${String(calendar.visible)}
      title=${name}
      style=${isColor(calendar.color) ? { '--dot': calendar.color } : {}}
      onClick=${() => onToggle(!calendar.visible)}
    >
      <span class=${`mark ${isPale(calendar.color) ? 'pale' : ''}`} aria-hidden="true">
        <${Icon} name="check" />
      </span>
      <span class="calendar-name">
        <span class="clip" dir="auto">${name}</span>
        ${notes.length > 0 && html`<span class="muted clip">${notes.join(' · ')}</span>`}
      </span>
    </button>
    <${Menu}
      label=${t('calendar.menu', { name })}
      items=${[
        {
          label: calendar.visible ? t('calendar.hide') : t('calendar.show'),
          icon: calendar.visible ? 'eye-off' : 'eye',
          action: () => onToggle(!calendar.visible),
        },
        !calendar.is_default &&
          canBeDefault(calendar) && {
            label: t('calendar.make_default'),
            icon: 'star',
            action: onDefault,
          },
        !calendar.own && {
          label: t('calendar.account'),
          icon: 'settings',
          action: () => navigate('settings', 'calendars'),
        },
      ]}
    />
  </li>`;
}

export function CalendarList({ calendars, onToggle, onDefault }) {
  return html`<section class="calendar-list" aria-label=${t('calendar.list')}>
    <h2>${t('calendar.list')}</h2>
    <ul>
      ${calendars.map(
        (calendar) => html`<${Row}
          key=${calendar.id}
          calendar=${calendar}
          onToggle=${(visible) => onToggle(calendar, visible)}
          onDefault=${() => onDefault(calendar)}
        />`,
      )}
    </ul>
    ${
      calendars.every((calendar) => calendar.own) &&
      html`<div class="connect-hint">
        <p>${t('calendar.connect_hint')}</p>
        <a class="button primary small" href=${href('settings', 'calendars')}>
          ${t('calendar.connect')}
        </a>
      </div>`
    }
    <a class="link" href=${href('settings', 'calendars')}>
      <${Icon} name="calendar-sync" />
      ${t('calendar.manage')}
    </a>
  </section>`;
}
