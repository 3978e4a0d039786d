// What the page shows: the account, its calendars and events, and the visible days.
import { day } from './time.js';

export const state = {
  accounts: [],
  email: '',
  calendars: [],
  colors: {},
  hidden: new Set(), // ids of calendars
  from: 0, // the first visible day, 0 before anything is loaded
  view: 'week',
  zone: 'UTC',
  now: 0,
  events: [],
  version: -1, // of the emulator's data, when it was loaded
};

export const $ = (id) => document.getElementById(id);

export const visibleDays = () => (state.view === 'list' ? 28 : innerWidth < 720 ? 3 : 7);

export const visibleEnd = () => state.from + visibleDays() * day;

export const isWritable = (calendar) =>
  ['owner', 'writer', 'writerWithoutPrivateAccess'].includes(calendar.accessRole);
