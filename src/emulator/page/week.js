// The week: an all-day row and a grid of hours. Draws once per change; drags report a new start and end and leave the deciding to the caller.
import { element } from './element.js';
import { clock, dateText, day, dayNumber, longDay, midnight, minute, weekday } from './time.js';
import { word } from './words.js';

const hour = 48; // pixels; --hour in page.css
const textLine = 15.6; // pixels; .event in page.css
const snap = 15 * minute;

// Side by side where they overlap: each event gets a column and the number of columns of its group.
function arrange(events) {
  const sorted = [...events].sort(
    (a, b) => a.start - b.start || b.end - a.end || a.key.localeCompare(b.key),
  );
  const placed = [];
  let group = [],
    until = -Infinity;
  const close = () => {
    const columns = Math.max(0, ...group.map((one) => one.column + 1));
    for (const one of group) one.columns = columns;
    group = [];
  };
  for (const event of sorted) {
    if (event.start >= until) {
      close();
      until = -Infinity;
    }
    const taken = new Set(
      group
        .filter((one) => Math.max(one.event.end, one.event.start + 24 * minute) > event.start)
        .map((one) => one.column),
    );
    let column = 0;
    while (taken.has(column)) ++column;
    const one = { event, column, columns: 1 };
    group.push(one);
    placed.push(one);
    until = Math.max(until, event.end, event.start + 24 * minute);
  }
  close();
  return placed;
}

function paint(node, event) {
  node.style.setProperty('--color', event.color);
  node.classList.toggle('declined', event.answer === 'declined');
  node.classList.toggle('open', event.answer === 'needsAction' || event.answer === 'tentative');
  node.classList.toggle('fixed', !event.writable);
}

const title = (event) => event.summary || (event.masked ? word('busy') : word('noTitle'));

function label(event) {
  const time = event.allDay ? word('allDay') : `${clock(event.start)}–${clock(event.end)}`;
  return `${title(event)}, ${longDay(event.start)}, ${time}, ${event.calendarName}`;
}

function marks(event) {
  const out = [];
  if (event.raw.recurringEventId)
    out.push(
      element(
        'span',
        { class: 'mark', title: event.moved ? word('exception') : word('series') },
        event.moved ? '↻*' : '↻',
      ),
    );
  if (event.raw.attendees?.length)
    out.push(element('span', { class: 'mark', title: word('guests') }, '☺'));
  if (event.raw.visibility === 'private')
    out.push(element('span', { class: 'mark', title: word('private') }, '⚿'));
  return out;
}

// Follows the pointer until it is let go; `moved` gets the distance in days and minutes, `done` the last one. A press without a move is a click.
function drag(start, { columnWidth, moved, done, click }) {
  if (start.button !== 0 || start.pointerType === 'touch') return;
  start.preventDefault();
  const node = start.currentTarget;
  node.setPointerCapture(start.pointerId);
  let days = 0,
    minutes = 0,
    far = false;
  const move = (event) => {
    const x = event.clientX - start.clientX,
      y = event.clientY - start.clientY;
    if (!far && Math.hypot(x, y) < 5) return;
    far = true;
    days = Math.round(x / columnWidth);
    minutes = Math.round(((y / hour) * 60) / 15) * 15;
    moved(days, minutes);
  };
  const end = (event) => {
    node.removeEventListener('pointermove', move);
    node.removeEventListener('pointerup', end);
    node.removeEventListener('pointercancel', end);
    if (event.type === 'pointercancel') return moved(0, 0);
    if (!far) return click?.();
    done(days, minutes);
  };
  node.addEventListener('pointermove', move);
  node.addEventListener('pointerup', end);
  node.addEventListener('pointercancel', end);
}

function allDayRow({ from, days, events, actions }) {
  const row = element('div', { class: 'allday' });
  row.style.setProperty('--days', days);
  for (let i = 0; i < days; ++i) {
    const cell = element('button', {
      'type': 'button',
      'class': 'allday-cell',
      'tabindex': '-1',
      'aria-label': `${word('create')}, ${longDay(from + i * day)}, ${word('allDay')}`,
      'onclick': () =>
        actions.create({ start: from + i * day, end: from + (i + 1) * day, allDay: true }),
    });
    cell.style.gridColumn = String(i + 1);
    row.append(cell);
  }
  const lanes = [];
  for (const event of [...events].sort(
    (a, b) => a.start - b.start || b.end - a.end || a.key.localeCompare(b.key),
  )) {
    const first = Math.max(0, Math.round((event.start - from) / day)),
      last = Math.min(days, Math.round((event.end - from) / day));
    let lane = lanes.findIndex((end) => end <= first);
    if (lane < 0) lane = lanes.push(0) - 1;
    lanes[lane] = last;
    const bar = element(
      'button',
      {
        'type': 'button',
        'class': 'event bar-event',
        'aria-label': label(event),
        'data-event': event.id,
        'title': label(event),
      },
      element('b', {}, title(event)),
      marks(event),
    );
    paint(bar, event);
    bar.style.gridColumn = `${first + 1} / ${last + 1}`;
    bar.style.gridRow = String(lane + 1);
    bar.addEventListener('keydown', (key) => {
      if (key.key === 'Enter' || key.key === ' ') {
        key.preventDefault();
        actions.open(event);
      }
    });
    bar.addEventListener('pointerdown', (pointer) => {
      const columnWidth = row.clientWidth / days;
      if (!event.writable || pointer.pointerType === 'touch') return;
      drag(pointer, {
        columnWidth,
        click: () => actions.open(event),
        moved: (by) => {
          bar.style.transform = by ? `translateX(${by * columnWidth}px)` : '';
          bar.classList.toggle('dragged', by !== 0);
        },
        done: (by) =>
          by === 0 ? undefined : actions.move(event, event.start + by * day, event.end + by * day),
      });
    });
    bar.addEventListener('click', (pointer) => {
      if (!event.writable || pointer.pointerType === 'touch') actions.open(event);
    });
    row.append(bar);
  }
  return row;
}

function timedEvent({ event, column, columns, top, bottom, actions, columnWidth, part }) {
  const block = element('button', {
    'type': 'button',
    'class': 'event block',
    'aria-label': label(event),
    'data-event': event.id,
    'title': label(event),
  });
  const short = bottom - top < 40 * minute;
  const time = element(
    'span',
    { class: 'when' },
    short ? clock(event.start) : `${clock(event.start)} – ${clock(event.end)}`,
  );
  block.append(
    element(
      'span',
      { class: short ? 'line' : 'text' },
      element('b', {}, title(event)),
      short ? [', ', time] : time,
      !short && event.raw.location ? element('span', { class: 'where' }, event.raw.location) : '',
      marks(event),
    ),
  );
  paint(block, event);
  const at = (ms) => `${(ms / 3_600_000) * hour}px`;
  block.style.top = at(top);
  block.style.height = `calc(${at(Math.max(bottom - top, 24 * minute))} - 2px)`;
  block.style.setProperty(
    '--lines',
    Math.max(1, Math.floor((((bottom - top) / 3_600_000) * hour - 8) / textLine)),
  );
  block.style.left = `calc(${(column / columns) * 100}% + 1px)`;
  block.style.width = `calc(${100 / columns}% - 3px)`;
  block.addEventListener('keydown', (key) => {
    if (key.key === 'Enter' || key.key === ' ') {
      key.preventDefault();
      actions.open(event);
    }
  });
  block.addEventListener('click', (pointer) => {
    if (!event.writable || pointer.pointerType === 'touch') actions.open(event);
  });
  block.addEventListener('pointerdown', (pointer) => {
    pointer.stopPropagation();
    if (!event.writable || pointer.pointerType === 'touch') return;
    drag(pointer, {
      columnWidth: columnWidth(),
      click: () => actions.open(event),
      moved: (days, minutes) => {
        block.style.transform =
          days || minutes ? `translate(${days * columnWidth()}px, ${(minutes / 60) * hour}px)` : '';
        block.classList.toggle('dragged', days !== 0 || minutes !== 0);
        time.textContent = `${clock(event.start + minutes * minute)} – ${clock(event.end + minutes * minute)}`;
      },
      done: (days, minutes) => {
        const by = days * day + minutes * minute;
        return by === 0 ? undefined : actions.move(event, event.start + by, event.end + by);
      },
    });
  });
  if (event.writable && part.last) {
    const grip = element('span', { class: 'grip' });
    grip.addEventListener('pointerdown', (pointer) => {
      pointer.stopPropagation();
      const bounded = (minutes) => Math.max(event.start + snap, event.end + minutes * minute);
      drag(pointer, {
        columnWidth: columnWidth(),
        click: () => actions.open(event),
        moved: (days, minutes) => {
          block.style.height = `calc(${at(bottom + bounded(minutes) - event.end - top)} - 2px)`;
          time.textContent = `${clock(event.start)} – ${clock(bounded(minutes))}`;
        },
        done: (days, minutes) =>
          bounded(minutes) === event.end
            ? undefined
            : actions.move(event, event.start, bounded(minutes)),
      });
    });
    block.append(grip);
  }
  return block;
}

// Pressing on an empty place and pulling down makes an event.
function makeCreator(column, dayStart, actions) {
  column.addEventListener('pointerdown', (pointer) => {
    if (pointer.target !== column || pointer.button !== 0 || pointer.pointerType === 'touch')
      return;
    const begin =
      Math.floor((((pointer.clientY - column.getBoundingClientRect().top) / hour) * 60) / 30) * 30;
    const ghost = element('div', { class: 'ghost' });
    let length = 60;
    const draw = () => {
      ghost.style.top = `${(begin / 60) * hour}px`;
      ghost.style.height = `${(length / 60) * hour}px`;
      ghost.textContent = `${clock(dayStart + begin * minute)} – ${clock(dayStart + (begin + length) * minute)}`;
    };
    draw();
    column.append(ghost);
    drag(pointer, {
      columnWidth: column.clientWidth,
      moved: (days, minutes) => {
        length = Math.max(15, Math.min(1_440 - begin, minutes));
        draw();
      },
      done: () => {
        ghost.remove();
        actions.create({
          start: dayStart + begin * minute,
          end: dayStart + (begin + length) * minute,
          allDay: false,
        });
      },
      click: () => {
        ghost.remove();
        actions.create({
          start: dayStart + begin * minute,
          end: dayStart + (begin + 60) * minute,
          allDay: false,
        });
      },
    });
  });
}

export function drawWeek(main, { from, days, events, now, actions }) {
  const scroller = main.querySelector('.scroller');
  const scroll = scroller ? scroller.scrollTop : 7.5 * hour;
  const head = element(
    'div',
    { class: 'week-head' },
    element('div', { class: 'zone', title: actions.zone }, word('week_n', String(actions.week))),
  );
  for (let i = 0; i < days; ++i) {
    const at = from + i * day;
    head.append(
      element(
        'div',
        { 'class': midnight(now) === at ? 'day-name now' : 'day-name', 'aria-label': longDay(at) },
        element('span', {}, weekday(at)),
        element('b', {}, dayNumber(at)),
      ),
    );
  }
  const long = events.filter((event) => event.allDay || event.end - event.start >= day);
  const timed = events.filter((event) => !long.includes(event));
  const top = element(
    'div',
    { class: 'week-top' },
    element('div', { class: 'gutter' }, element('small', {}, word('allDay'))),
    allDayRow({ from, days, events: long, actions }),
  );
  const hours = element('div', { 'class': 'hours', 'aria-hidden': 'true' });
  for (let i = 1; i < 24; ++i) {
    const line = element('span', {}, clock(i * 60 * minute));
    line.style.top = `${i * hour}px`;
    hours.append(line);
  }
  const grid = element('div', { class: 'grid' });
  const columnWidth = () => grid.clientWidth / days;
  for (let i = 0; i < days; ++i) {
    const dayStart = from + i * day,
      dayEnd = dayStart + day;
    const column = element('div', { 'class': 'column', 'data-day': dateText(dayStart) });
    makeCreator(column, dayStart, actions);
    const here = timed.filter(
      (event) => event.start < dayEnd && Math.max(event.end, event.start + 1) > dayStart,
    );
    for (const { event, column: lane, columns } of arrange(here))
      column.append(
        timedEvent({
          event,
          column: lane,
          columns,
          top: Math.max(event.start, dayStart) - dayStart,
          bottom: Math.min(event.end, dayEnd) - dayStart,
          actions,
          columnWidth,
          part: { last: event.end <= dayEnd },
        }),
      );
    if (midnight(now) === dayStart) {
      const line = element('div', { class: 'now-line' });
      line.style.top = `${((now - dayStart) / 3_600_000) * hour}px`;
      column.append(line);
    }
    grid.append(column);
  }
  for (const part of [head, top, grid]) part.style.setProperty('--days', days);
  const next = element('div', { class: 'scroller', tabindex: '-1' }, hours, grid);
  main.replaceChildren(element('div', { class: 'week' }, head, top, next));
  next.scrollTop = scroll;
}

export function drawList(main, { events, now, actions }) {
  const list = element('div', { class: 'list' });
  const byDay = Map.groupBy
    ? Map.groupBy(events, (event) => midnight(event.start))
    : events.reduce(
        (map, event) =>
          map.set(midnight(event.start), [...(map.get(midnight(event.start)) ?? []), event]),
        new Map(),
      );
  for (const [at, here] of [...byDay].sort((a, b) => a[0] - b[0])) {
    const section = element(
      'section',
      {},
      element('h2', { class: midnight(now) === at ? 'now' : undefined }, longDay(at)),
    );
    for (const event of here.sort((a, b) => b.allDay - a.allDay || a.start - b.start)) {
      const line = element(
        'button',
        {
          'type': 'button',
          'class': 'event list-event',
          'data-event': event.id,
          'onclick': () => actions.open(event),
        },
        element('i', { class: 'dot' }),
        element(
          'span',
          { class: 'when' },
          event.allDay ? word('allDay') : `${clock(event.start)} – ${clock(event.end)}`,
        ),
        element('b', {}, title(event)),
        marks(event),
        element('small', {}, event.raw.location ?? ''),
        element('small', { class: 'cal' }, event.calendarName),
      );
      paint(line, event);
      section.append(line);
    }
    list.append(section);
  }
  if (byDay.size === 0) list.append(element('p', { class: 'empty' }, word('noEvents')));
  main.replaceChildren(list);
}
