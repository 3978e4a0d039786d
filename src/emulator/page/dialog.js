// Dialogs: an event's form, the question which events of a series are meant, a plain question, and a question with one field.
import { element } from './element.js';
import { dateText, day, dayMonth, midnight, minute, parse, timeText, weekdayLong } from './time.js';
import { word } from './words.js';

// Resolves with what `close(value)` was called with, undefined for Escape.
export function open(build) {
  return new Promise((resolve) => {
    const dialog = element('dialog');
    let answer;
    const close = (value) => {
      answer = value;
      dialog.close();
    };
    dialog.append(build(close));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog) close(undefined);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export function ask(text, yes) {
  return open((close) =>
    element(
      'form',
      { class: 'small', method: 'dialog' },
      element('p', {}, text),
      element(
        'div',
        { class: 'buttons' },
        element(
          'button',
          { type: 'button', class: 'quiet', onclick: () => close(false) },
          word('cancel'),
        ),
        element('button', { type: 'button', class: 'danger', onclick: () => close(true) }, yes),
      ),
    ),
  );
}

export function askText(label, value, { second, type } = {}) {
  return open((close) => {
    const first = element('input', {
      name: 'first',
      value: value ?? '',
      type: type ?? 'text',
      required: true,
    });
    const other = second ? element('input', { name: 'second', value: '' }) : undefined;
    return element(
      'form',
      {
        class: 'small',
        onsubmit: (event) => {
          event.preventDefault();
          close({ first: first.value.trim(), second: other?.value.trim() });
        },
      },
      element('label', {}, element('span', {}, label), first),
      second ? element('label', {}, element('span', {}, second), other) : '',
      element(
        'div',
        { class: 'buttons' },
        element(
          'button',
          { type: 'button', class: 'quiet', onclick: () => close(undefined) },
          word('cancel'),
        ),
        element('button', { class: 'primary' }, word('ok')),
      ),
    );
  });
}

export function askScope({ single = true } = {}) {
  return open((close) => {
    const choices = [
      ...(single ? [['this', 'justThis']] : []),
      ['following', 'following'],
      ['all', 'all'],
    ];
    const radios = choices.map(([value, key], index) =>
      element(
        'label',
        { class: 'radio' },
        element('input', { type: 'radio', name: 'scope', value, checked: index === 0 }),
        word(key),
      ),
    );
    return element(
      'form',
      {
        class: 'small',
        onsubmit: (event) => {
          event.preventDefault();
          close(new FormData(event.target).get('scope'));
        },
      },
      element('h2', {}, word('which')),
      radios,
      element(
        'div',
        { class: 'buttons' },
        element(
          'button',
          { type: 'button', class: 'quiet', onclick: () => close(undefined) },
          word('cancel'),
        ),
        element('button', { class: 'primary' }, word('ok')),
      ),
    );
  });
}

const days = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

function rules(at) {
  const when = new Date(at);
  return [
    ['', word('never')],
    ['RRULE:FREQ=DAILY', word('daily')],
    ['RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', word('weekdays')],
    [`RRULE:FREQ=WEEKLY;BYDAY=${days[when.getUTCDay()]}`, word('weekly', weekdayLong(at))],
    ['RRULE:FREQ=MONTHLY', word('monthly', String(when.getUTCDate()))],
    ['RRULE:FREQ=YEARLY', word('yearly', dayMonth(at))],
  ];
}

const field = (label, ...controls) =>
  element('label', { class: 'field' }, element('span', {}, label), ...controls);

// `event`: the form's start values {summary, start, end, allDay, calendar, rule, location, description, guests, colorId, private, free, answer, organizer, writable}.
// Resolves with {action: 'save' | 'delete' | 'answer', values} or undefined.
export function eventForm(event, { calendars, colors, isNew }) {
  return open((close) => {
    const summary = element('input', {
      'name': 'summary',
      'class': 'title',
      'value': event.summary ?? '',
      'placeholder': word('summary'),
      'aria-label': word('summary'),
      'autofocus': true,
    });
    const allDay = element('input', { type: 'checkbox', checked: event.allDay });
    const lastDay = event.allDay ? event.end - day : event.end;
    const startDate = element('input', {
      'type': 'date',
      'value': dateText(event.start),
      'required': true,
      'aria-label': word('start'),
    });
    const startTime = element('input', {
      'type': 'time',
      'value': timeText(event.allDay ? midnight(event.start) + 9 * 60 * minute : event.start),
      'aria-label': word('start'),
    });
    const endDate = element('input', {
      'type': 'date',
      'value': dateText(lastDay),
      'required': true,
      'aria-label': word('end'),
    });
    const endTime = element('input', {
      'type': 'time',
      'value': timeText(event.allDay ? midnight(event.start) + 10 * 60 * minute : event.end),
      'aria-label': word('end'),
    });
    const calendar = element(
      'select',
      { disabled: !isNew },
      calendars.map((one) =>
        element('option', { value: one.id, selected: one.id === event.calendar }, one.name),
      ),
    );
    const presets = rules(event.start);
    const known = presets.some(([rule]) => rule === (event.rule ?? ''));
    const rule = element(
      'select',
      {},
      presets.map(([value, text]) =>
        element('option', { value, selected: value === (event.rule ?? '') }, text),
      ),
      element('option', { value: 'own', selected: !known }, word('ownRule')),
    );
    const own = element('textarea', {
      'rows': '2',
      'value': known ? '' : event.rule,
      'aria-label': word('rule'),
      'class': 'rule',
    });
    const location = element('input', { value: event.location ?? '' });
    const description = element('textarea', { rows: '3', value: event.description ?? '' });
    const guests = element('input', {
      value: event.guests ?? '',
      placeholder: word('guestsHint'),
      inputmode: 'email',
    });
    const notify = element('input', { type: 'checkbox', checked: true });
    const color = element(
      'select',
      {},
      element('option', { value: '' }, word('likeCalendar')),
      Object.entries(colors).map(([id, one]) =>
        element('option', { value: id, selected: id === event.colorId }, `${id} ${one.background}`),
      ),
    );
    const swatch = element('i', { class: 'dot' });
    const isPrivate = element('input', { type: 'checkbox', checked: event.private });
    const free = element('input', { type: 'checkbox', checked: event.free });
    const fault = element('p', { class: 'fault', role: 'alert', hidden: true });
    const refresh = () => {
      startTime.hidden = endTime.hidden = allDay.checked;
      own.hidden = rule.value !== 'own';
      swatch.style.background =
        colors[color.value]?.background ??
        calendars.find((one) => one.id === calendar.value)?.color ??
        '';
    };
    for (const one of [allDay, rule, color, calendar]) one.addEventListener('change', refresh);
    // The end follows the start.
    let from = event.start;
    const shift = () => {
      if (!startDate.value || !endDate.value) return;
      const next = parse(
        allDay.checked ? startDate.value : `${startDate.value}T${startTime.value || '00:00'}`,
      );
      const end =
        parse(allDay.checked ? endDate.value : `${endDate.value}T${endTime.value || '00:00'}`) +
        next -
        from;
      endDate.value = dateText(end);
      if (!allDay.checked) endTime.value = timeText(end);
      from = next;
    };
    startDate.addEventListener('change', shift);
    startTime.addEventListener('change', shift);
    refresh();

    const values = () => {
      const start = parse(
        allDay.checked ? startDate.value : `${startDate.value}T${startTime.value}`,
      );
      const end = allDay.checked
        ? parse(endDate.value) + day
        : parse(`${endDate.value}T${endTime.value}`);
      return {
        summary: summary.value.trim(),
        allDay: allDay.checked,
        start,
        end,
        calendar: calendar.value,
        rule: rule.value === 'own' ? own.value.trim() : rule.value,
        location: location.value.trim(),
        description: description.value,
        guests: guests.value.split(/[,;\s]+/).filter(Boolean),
        notify: notify.checked,
        colorId: color.value,
        private: isPrivate.checked,
        free: free.checked,
      };
    };
    const submit = (submitted) => {
      submitted.preventDefault();
      const now = values();
      const wrong = now.guests.find((address) => !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address));
      fault.textContent =
        now.end < now.start || (now.allDay && now.end === now.start)
          ? word('badEnd')
          : wrong
            ? word('badGuest', wrong)
            : '';
      fault.hidden = fault.textContent === '';
      if (fault.hidden) close({ action: 'save', values: now });
    };
    const answers = event.answer
      ? element(
          'fieldset',
          { class: 'answers' },
          element('legend', {}, word('answer')),
          ['accepted', 'tentative', 'declined'].map((value) =>
            element(
              'button',
              {
                'type': 'button',
                'class': event.answer === value ? 'chosen' : 'quiet',
                'aria-pressed': String(event.answer === value),
                'onclick': () => close({ action: 'answer', answer: value }),
              },
              word(value),
            ),
          ),
        )
      : '';
    const guestStates = (event.attendees ?? []).length
      ? element(
          'ul',
          { class: 'guests' },
          event.attendees.map((one) =>
            element(
              'li',
              {},
              one.displayName ?? one.email,
              element(
                'small',
                {},
                one.organizer ? word('owner') : word(one.responseStatus ?? 'needsAction'),
              ),
            ),
          ),
        )
      : '';
    const form = element(
      'form',
      { class: 'event-form', onsubmit: submit },
      element('h2', { class: 'hidden' }, word(isNew ? 'newEvent' : 'editEvent')),
      summary,
      event.organizer ? element('p', { class: 'hint' }, word('organizer', event.organizer)) : '',
      answers,
      element(
        'div',
        { class: 'times' },
        startDate,
        startTime,
        element('span', {}, '–'),
        endDate,
        endTime,
        element('label', { class: 'check' }, allDay, word('allDay')),
      ),
      field(word('repeats'), rule),
      own,
      field(word('calendar'), element('span', { class: 'with-dot' }, swatch, calendar)),
      field(word('location'), location),
      field(word('guests'), guests),
      guestStates,
      element('label', { class: 'check inset' }, notify, word('notify')),
      field(word('description'), description),
      field(word('eventColor'), color),
      element(
        'div',
        { class: 'checks' },
        element('label', { class: 'check' }, isPrivate, word('private')),
        element('label', { class: 'check' }, free, word('free')),
      ),
      fault,
      element(
        'div',
        { class: 'buttons' },
        isNew || !event.writable
          ? ''
          : element(
              'button',
              {
                type: 'button',
                class: 'danger left',
                onclick: () => close({ action: 'delete', notify: notify.checked }),
              },
              word('delete'),
            ),
        element(
          'button',
          { type: 'button', class: 'quiet', onclick: () => close(undefined) },
          word('cancel'),
        ),
        event.writable ? element('button', { class: 'primary' }, word('save')) : '',
      ),
    );
    if (!event.writable)
      for (const control of form.querySelectorAll('input, select, textarea'))
        control.disabled = true;
    return form;
  });
}
