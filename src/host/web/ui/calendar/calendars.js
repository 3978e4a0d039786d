// Calendars as the pages name and offer them.
import { t } from '../i18n.js';

export const calendarName = (calendar) => calendar.name || t('calendar.own');

// A calendar that is only shown becomes editable when it becomes the default.
// While its plugin does not work, nothing would carry its appointments to the other side.
export const canBeDefault = ({ own, state, role, is_carried: isCarried }) =>
  own || (isCarried !== false && state !== 'gone' && ['owner', 'writer'].includes(role));

export const isWritable = (calendar) =>
  calendar.own ||
  calendar.state === 'gone' ||
  (calendar.mode === 'two_way' && ['owner', 'writer'].includes(calendar.role));
