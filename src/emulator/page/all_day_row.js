// The row of all-day and multi-day events above the week.
import { drag, isTouch } from './drag.js';
import { element } from './element.js';
import { eventAttributes, marks, openOnKeyAndClick, paint, title } from './event_node.js';
import { day, longDay } from './time.js';
import { t } from './texts.js';

function dayCell(start, column, actions) {
  const cell = element('button', {
    'type': 'button',
    'class': 'allday-cell',
    'tabindex': '-1',
    'aria-label': `${t('create')}, ${longDay(start)}, ${t('allDay')}`,
    'onclick': () => actions.create({ start, end: start + day, allDay: true }),
  });
  cell.style.gridColumn = String(column);
  return cell;
}

function makeDraggable(bar, event, { row, days, actions }) {
  bar.addEventListener('pointerdown', (pointer) => {
    if (!event.writable || isTouch(pointer)) return;
    const columnWidth = row.clientWidth / days;
    drag(pointer, {
      columnWidth,
      onClick: () => actions.open(event),
      onMove: (by) => {
        bar.style.transform = by ? `translateX(${by * columnWidth}px)` : '';
        bar.classList.toggle('dragged', by !== 0);
      },
      onDrop: (by) => {
        if (by !== 0) actions.move(event, event.start + by * day, event.end + by * day);
      },
    });
  });
}

function eventBar(event, context) {
  const bar = element(
    'button',
    eventAttributes(event, 'event bar-event'),
    element('b', {}, title(event)),
    marks(event),
  );
  paint(bar, event);
  const canDrag = (pointer) => event.writable && !isTouch(pointer);
  openOnKeyAndClick(bar, event, context.actions.open, canDrag);
  makeDraggable(bar, event, context);
  return bar;
}

export function allDayRow({ from, days, events, actions }) {
  const row = element('div', { class: 'allday' });
  row.style.setProperty('--days', days);
  for (let i = 0; i < days; ++i) row.append(dayCell(from + i * day, i + 1, actions));
  const laneEnds = [];
  const sorted = [...events].sort(
    (a, b) => a.start - b.start || b.end - a.end || a.key.localeCompare(b.key),
  );
  for (const event of sorted) {
    const first = Math.max(0, Math.round((event.start - from) / day));
    const last = Math.min(days, Math.round((event.end - from) / day));
    let lane = laneEnds.findIndex((end) => end <= first);
    if (lane < 0) lane = laneEnds.push(0) - 1;
    laneEnds[lane] = last;
    const bar = eventBar(event, { row, days, actions });
    bar.style.gridColumn = `${first + 1} / ${last + 1}`;
    bar.style.gridRow = String(lane + 1);
    row.append(bar);
  }
  return row;
}
