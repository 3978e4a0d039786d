// One day of the week's grid: its timed events, and a press on an empty place that creates one.
import { drag, isTouch } from './drag.js';
import { element } from './element.js';
import {
  eventAttributes,
  HOUR_PX,
  marks,
  openOnKeyAndClick,
  paint,
  span,
  title,
} from './event_node.js';
import { clock, dateText, day, midnight, minute } from './time.js';

const LINE_PX = 15.6; // .event in week.css
const MIN_LENGTH = 15 * minute; // of an event that is resized
const MIN_SHOWN = 24 * minute; // shorter events are rendered as long as this

const pixels = (ms) => (ms / (60 * minute)) * HOUR_PX;

// Places overlapping events side by side: answers {event, column, columns} for each.
function arrange(events) {
  const sorted = [...events].sort(
    (a, b) => a.start - b.start || b.end - a.end || a.key.localeCompare(b.key),
  );
  const placed = [];
  let group = [];
  let until = -Infinity;
  const close = () => {
    const columns = Math.max(0, ...group.map((item) => item.column + 1));
    for (const item of group) item.columns = columns;
    group = [];
  };
  for (const event of sorted) {
    if (event.start >= until) {
      close();
      until = -Infinity;
    }
    const shownEnd = (item) => Math.max(item.event.end, item.event.start + MIN_SHOWN);
    const taken = new Set(
      group.filter((item) => shownEnd(item) > event.start).map((item) => item.column),
    );
    let column = 0;
    while (taken.has(column)) ++column;
    const item = { event, column, columns: 1 };
    group.push(item);
    placed.push(item);
    until = Math.max(until, event.end, event.start + MIN_SHOWN);
  }
  close();
  return placed;
}

// Drags the whole block to another day or time.
function makeMovable(block, time, { event, actions, columnWidth }) {
  block.addEventListener('pointerdown', (pointer) => {
    pointer.stopPropagation();
    if (!event.writable || isTouch(pointer)) return;
    drag(pointer, {
      columnWidth: columnWidth(),
      onClick: () => actions.open(event),
      onMove: (days, minutes) => {
        const moved = days !== 0 || minutes !== 0;
        const x = days * columnWidth();
        const y = pixels(minutes * minute);
        block.style.transform = moved ? `translate(${x}px, ${y}px)` : '';
        block.classList.toggle('dragged', moved);
        const by = minutes * minute;
        time.textContent = span({ start: event.start + by, end: event.end + by });
      },
      onDrop: (days, minutes) => {
        const by = days * day + minutes * minute;
        if (by !== 0) actions.move(event, event.start + by, event.end + by);
      },
    });
  });
}

// The lower edge, which changes the end.
function resizeGrip(block, time, { event, actions, columnWidth, top, bottom }) {
  const grip = element('span', { class: 'grip' });
  const endAfter = (minutes) => Math.max(event.start + MIN_LENGTH, event.end + minutes * minute);
  grip.addEventListener('pointerdown', (pointer) => {
    pointer.stopPropagation();
    drag(pointer, {
      columnWidth: columnWidth(),
      onClick: () => actions.open(event),
      onMove: (days, minutes) => {
        const end = endAfter(minutes);
        block.style.height = `calc(${pixels(bottom + end - event.end - top)}px - 2px)`;
        time.textContent = span({ start: event.start, end });
      },
      onDrop: (days, minutes) => {
        const end = endAfter(minutes);
        if (end !== event.end) actions.move(event, event.start, end);
      },
    });
  });
  return grip;
}

// `top` and `bottom`: milliseconds since midnight. `isEnd`: the event ends in this column.
function eventBlock({ event, column, columns, top, bottom, isEnd, actions, columnWidth }) {
  const block = element('button', eventAttributes(event, 'event block'));
  const isShort = bottom - top < 40 * minute;
  const time = element('span', { class: 'when' }, isShort ? clock(event.start) : span(event));
  const where =
    !isShort && event.raw.location ? element('span', { class: 'where' }, event.raw.location) : '';
  block.append(
    element(
      'span',
      { class: isShort ? 'line' : 'text' },
      element('b', {}, title(event)),
      isShort ? [', ', time] : time,
      where,
      marks(event),
    ),
  );
  paint(block, event);
  const lines = Math.max(1, Math.floor((pixels(bottom - top) - 8) / LINE_PX));
  block.style.top = `${pixels(top)}px`;
  block.style.height = `calc(${pixels(Math.max(bottom - top, MIN_SHOWN))}px - 2px)`;
  block.style.setProperty('--lines', lines);
  block.style.left = `calc(${(column / columns) * 100}% + 1px)`;
  block.style.width = `calc(${100 / columns}% - 3px)`;
  const canDrag = (pointer) => event.writable && !isTouch(pointer);
  openOnKeyAndClick(block, event, actions.open, canDrag);
  const context = { event, actions, columnWidth, top, bottom };
  makeMovable(block, time, context);
  if (event.writable && isEnd) block.append(resizeGrip(block, time, context));
  return block;
}

// Pressing on an empty place and pulling down creates an event of that length.
function createOnDrag(column, dayStart, actions) {
  column.addEventListener('pointerdown', (pointer) => {
    if (pointer.target !== column || pointer.button !== 0 || isTouch(pointer)) return;
    const y = pointer.clientY - column.getBoundingClientRect().top;
    const begin = Math.floor(((y / HOUR_PX) * 60) / 30) * 30;
    const ghost = element('div', { class: 'ghost' });
    const times = (length) => ({
      start: dayStart + begin * minute,
      end: dayStart + (begin + length) * minute,
    });
    let length = 60;
    const renderGhost = () => {
      ghost.style.top = `${pixels(begin * minute)}px`;
      ghost.style.height = `${pixels(length * minute)}px`;
      ghost.textContent = span(times(length));
    };
    const create = (minutes) => {
      ghost.remove();
      actions.create({ ...times(minutes), allDay: false });
    };
    renderGhost();
    column.append(ghost);
    drag(pointer, {
      columnWidth: column.clientWidth,
      onMove: (days, minutes) => {
        length = Math.max(15, Math.min(1_440 - begin, minutes));
        renderGhost();
      },
      onDrop: () => create(length),
      onClick: () => create(60),
    });
  });
}

function nowLine(time) {
  const line = element('div', { class: 'now-line' });
  line.style.top = `${pixels(time)}px`;
  return line;
}

export function dayColumn({ start, events, now, actions, columnWidth }) {
  const end = start + day;
  const column = element('div', { 'class': 'column', 'data-day': dateText(start) });
  createOnDrag(column, start, actions);
  const shown = events.filter(
    (event) => event.start < end && Math.max(event.end, event.start + 1) > start,
  );
  for (const placed of arrange(shown)) {
    const { event } = placed;
    column.append(
      eventBlock({
        ...placed,
        top: Math.max(event.start, start) - start,
        bottom: Math.min(event.end, end) - start,
        isEnd: event.end <= end,
        actions,
        columnWidth,
      }),
    );
  }
  if (midnight(now) === start) column.append(nowLine(now - start));
  return column;
}
