// Asks before another calendar becomes the default, and says what follows from it.
import { Notice } from '../components/basics.js';
import { Confirm } from '../components/dialog.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { calendarName } from './calendars.js';

export function DefaultDialog({ calendar, present, onConfirm, onClose }) {
  const names = { name: calendarName(calendar), present: present ? calendarName(present) : '' };
  return html`<${Confirm}
    title=${t('default.title')}
    action=${t('default.change')}
    onConfirm=${onConfirm}
    onClose=${onClose}
  >
    <p>${t('default.new', names)}</p>
    ${
      calendar.own && present && !present.own
        ? html`<${Notice} kind="warn">${t('default.to_crm', names)}<//>`
        : present && html`<p class="muted">${t('default.stays', names)}</p>`
    }
  <//>`;
}
