// Calendars as the pages name and offer them.
import { t } from '../i18n.js';

export const calendarName = (calendar) => calendar.name || t('calendar.own');

// A calendar that is only shown becomes editable when it becomes the default.
export const canBeDefault = ({ own, state, role }) =>
  own || (state !== 'gone' && ['owner', 'writer'].includes(role));

export const isWritable = (calendar) =>
  calendar.own ||
  calendar.state === 'gone' ||
  (calendar.mode === 'two_way' && ['owner', 'writer'].includes(calendar.role));
