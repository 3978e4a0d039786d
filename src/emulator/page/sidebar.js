// The sidebar: a button to create an event, and the account's calendars with a menu each.
import { element } from './element.js';
import { t } from './texts.js';

// The keys of the texts and of the actions.
function menuOf(calendar) {
  if (calendar.primary) return ['clearCalendar', 'shareCalendar'];
  if (calendar.accessRole === 'owner') return ['renameCalendar', 'shareCalendar', 'deleteCalendar'];
  return ['removeFromList'];
}

export function renderSidebar(side, { calendars, hidden, actions }) {
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
        'aria-label': t('actionsFor', calendar.name),
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
      ...menuOf(calendar).map((key) =>
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
          t(key),
        ),
      ),
    );
    return element(
      'li',
      { 'data-calendar': calendar.id },
      element('label', { title: calendar.id }, box, element('span', {}, calendar.name)),
      ['reader', 'freeBusyReader'].includes(calendar.accessRole)
        ? element('small', {}, t('readOnly'))
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
      t('create'),
    ),
    element('h2', {}, t('calendars')),
    element('ul', {}, calendars.map(line)),
    element(
      'button',
      { type: 'button', class: 'quiet new', onclick: actions.newCalendar },
      '+ ',
      t('newCalendar'),
    ),
  );
}
