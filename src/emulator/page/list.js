// The list: the events of the visible days, one line each.
import { element } from './element.js';
import { marks, paint, span, title } from './event_node.js';
import { longDay, midnight } from './time.js';
import { t } from './texts.js';

function byDay(events) {
  const days = new Map();
  for (const event of events) {
    const start = midnight(event.start);
    days.set(start, [...(days.get(start) ?? []), event]);
  }
  return [...days].sort((a, b) => a[0] - b[0]);
}

function eventLine(event, actions) {
  const line = element(
    'button',
    {
      'type': 'button',
      'class': 'event list-event',
      'data-event': event.id,
      'onclick': () => actions.open(event),
    },
    element('i', { class: 'dot' }),
    element('span', { class: 'when' }, event.allDay ? t('allDay') : span(event)),
    element('b', {}, title(event)),
    marks(event),
    element('small', {}, event.raw.location ?? ''),
    element('small', { class: 'cal' }, event.calendarName),
  );
  paint(line, event);
  return line;
}

export function renderList(main, { events, now, actions }) {
  const list = element('div', { class: 'list' });
  for (const [start, here] of byDay(events)) {
    const sorted = here.sort((a, b) => b.allDay - a.allDay || a.start - b.start);
    list.append(
      element(
        'section',
        {},
        element('h2', { class: midnight(now) === start ? 'now' : undefined }, longDay(start)),
        sorted.map((event) => eventLine(event, actions)),
      ),
    );
  }
  if (events.length === 0) list.append(element('p', { class: 'empty' }, t('noEvents')));
  main.replaceChildren(list);
}
