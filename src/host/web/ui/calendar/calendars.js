// Calendars as the pages name and offer them.
import { t } from '../i18n.js';

export const calendarName = (calendar) => calendar.name || t('calendar.own');

export const isWritable = (calendar) =>
  calendar.own ||
  calendar.state === 'gone' ||
  (calendar.mode === 'two_way' && ['owner', 'writer'].includes(calendar.role));
