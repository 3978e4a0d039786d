// The left side: create an event, the account's calendars with their colours, what can be done to each, and a new one.
import { element } from './element.js';
import { word } from './words.js';

export function calendarActions(calendar) {
  if (calendar.primary) return ['clearCalendar', 'shareCalendar'];
  if (calendar.accessRole === 'owner') return ['renameCalendar', 'shareCalendar', 'deleteCalendar'];
  return ['removeFromList'];
}

export function drawSide(side, { calendars, hidden, actions }) {
  const line = (calendar) => {
    const box = element('input', {
      type: 'checkbox',
      checked: !hidden.has(calendar.id),
      onchange: (event) => actions.toggle(calendar, event.target.checked),
    });
    box.style.setProperty('--color', calendar.color);
    const menu = element('div', { class: 'menu', role: 'menu', hidden: true });
    const more = element(
      'button',
      {
        'type': 'button',
        'class': 'more',
        'aria-label': word('actionsFor', calendar.name),
        'aria-haspopup': 'menu',
        'onclick': () => {
          const show = menu.hidden;
          for (const other of document.querySelectorAll('.menu')) other.hidden = true;
          menu.hidden = !show;
          menu.querySelector('button')?.focus();
        },
      },
      '⋯',
    );
    menu.append(
      ...calendarActions(calendar).map((key) =>
        element(
          'button',
          {
            type: 'button',
            role: 'menuitem',
            class: key === 'deleteCalendar' || key === 'clearCalendar' ? 'danger' : '',
            onclick: () => {
              menu.hidden = true;
              actions[key](calendar);
            },
          },
          word(key),
        ),
      ),
    );
    return element(
      'li',
      { 'data-calendar': calendar.id },
      element('label', { title: calendar.id }, box, element('span', {}, calendar.name)),
      ['reader', 'freeBusyReader'].includes(calendar.accessRole)
        ? element('small', {}, word('readOnly'))
        : '',
      more,
      menu,
    );
  };
  side.replaceChildren(
    element(
      'button',
      { type: 'button', class: 'primary create', onclick: actions.create },
      element('span', { 'aria-hidden': 'true' }, '+'),
      word('create'),
    ),
    element('h2', {}, word('calendars')),
    element('ul', {}, calendars.map(line)),
    element(
      'button',
      { type: 'button', class: 'quiet new', onclick: actions.newCalendar },
      '+ ',
      word('newCalendar'),
    ),
  );
}
