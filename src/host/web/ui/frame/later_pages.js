// The pages that are not needed to show the calendar. In the bundle they are one file, loaded when
// one of them is first opened.
import '../strings/later.js';

export { PluginsPage } from '../pages/plugins.js';
export { CardPage } from '../records/card.js';
export { RecordsPage } from '../records/list.js';
export { SettingsPage } from '../settings/page.js';
