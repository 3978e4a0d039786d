// The week: an all-day row above a grid of hours. A drag reports the new times to `actions.move`;
// the events stay as they are until they are rendered again.
import { allDayRow } from './all_day_row.js';
import { dayColumn } from './day_column.js';
import { element } from './element.js';
import { HOUR_PX } from './event_node.js';
import { clock, day, dayNumber, longDay, midnight, minute, weekday } from './time.js';
import { t } from './texts.js';

const FIRST_HOUR = 7.5; // the upper edge before the user scrolls

function weekHead({ from, days, now, zone, week }) {
  const head = element(
    'div',
    { class: 'week-head' },
    element('div', { class: 'zone', title: zone }, t('week_n', String(week))),
  );
  for (let i = 0; i < days; ++i) {
    const start = from + i * day;
    const className = midnight(now) === start ? 'day-name now' : 'day-name';
    head.append(
      element(
        'div',
        { 'class': className, 'aria-label': longDay(start) },
        element('span', {}, weekday(start)),
        element('b', {}, dayNumber(start)),
      ),
    );
  }
  return head;
}

function hourLabels() {
  const hours = element('div', { 'class': 'hours', 'aria-hidden': 'true' });
  for (let hour = 1; hour < 24; ++hour) {
    const label = element('span', {}, clock(hour * 60 * minute));
    label.style.top = `${hour * HOUR_PX}px`;
    hours.append(label);
  }
  return hours;
}

export function renderWeek(main, view) {
  const { from, days, events, now, actions } = view;
  const old = main.querySelector('.scroller');
  const scroll = old ? old.scrollTop : FIRST_HOUR * HOUR_PX;
  const head = weekHead(view);
  const long = events.filter((event) => event.allDay || event.end - event.start >= day);
  const timed = events.filter((event) => !long.includes(event));
  const top = element(
    'div',
    { class: 'week-top' },
    element('div', { class: 'gutter' }, element('small', {}, t('allDay'))),
    allDayRow({ from, days, events: long, actions }),
  );
  const grid = element('div', { class: 'grid' });
  const columnWidth = () => grid.clientWidth / days;
  for (let i = 0; i < days; ++i)
    grid.append(dayColumn({ start: from + i * day, events: timed, now, actions, columnWidth }));
  for (const part of [head, top, grid]) part.style.setProperty('--days', days);
  const scroller = element('div', { class: 'scroller', tabindex: '-1' }, hourLabels(), grid);
  main.replaceChildren(element('div', { class: 'week' }, head, top, scroller));
  scroller.scrollTop = scroll;
}
