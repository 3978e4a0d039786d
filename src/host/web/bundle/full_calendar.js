// FullCalendar with the parts that the pages use: no months beside each other, one locale.
import { Calendar, globalLocales, globalPlugins } from 'fullcalendar';
import dayGrid from 'fullcalendar/daygrid';
import interaction from 'fullcalendar/interaction';
import list from 'fullcalendar/list';
import de from 'fullcalendar/locales/de';
import classicTheme from 'fullcalendar/themes/classic';
import timeGrid from 'fullcalendar/timegrid';

globalPlugins.push(interaction, dayGrid, timeGrid, list, classicTheme);
globalLocales.push(de);

export { Calendar };
