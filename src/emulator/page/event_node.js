// What all representations of an event share: colour, label, marks, and how it is opened.
import { element } from './element.js';
import { clock, longDay } from './time.js';
import { t } from './texts.js';

export const HOUR_PX = 48; // --hour in page.css

export const title = (event) => event.summary || t(event.masked ? 'busy' : 'noTitle');

export const span = (event) => `${clock(event.start)} – ${clock(event.end)}`;

function label(event) {
  const time = event.allDay ? t('allDay') : `${clock(event.start)}–${clock(event.end)}`;
  return `${title(event)}, ${longDay(event.start)}, ${time}, ${event.calendarName}`;
}

export const eventAttributes = (event, className) => ({
  'type': 'button',
  'class': className,
  'aria-label': label(event),
  'data-event': event.id,
  'title': label(event),
});

export function paint(node, event) {
  node.style.setProperty('--color', event.color);
  node.classList.toggle('declined', event.answer === 'declined');
  node.classList.toggle('open', event.answer === 'needsAction' || event.answer === 'tentative');
  node.classList.toggle('fixed', !event.writable);
}

export function marks(event) {
  const mark = (key, text) => element('span', { class: 'mark', title: t(key) }, text);
  const out = [];
  if (event.raw.recurringEventId)
    out.push(event.moved ? mark('exception', '↻*') : mark('series', '↻'));
  if (event.raw.attendees?.length) out.push(mark('guests', '☺'));
  if (event.raw.visibility === 'private') out.push(mark('private', '⚿'));
  return out;
}

// Enter and space open the event, and a click does where a press cannot start a drag.
export function openOnKeyAndClick(node, event, open, canDrag) {
  node.addEventListener('keydown', (key) => {
    if (key.key !== 'Enter' && key.key !== ' ') return;
    key.preventDefault();
    open(event);
  });
  node.addEventListener('click', (pointer) => {
    if (!canDrag(pointer)) open(event);
  });
}
