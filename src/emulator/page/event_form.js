// The form of an event, new or existing.
import { button, buttons, open } from './dialog.js';
import { element } from './element.js';
import { dateText, day, dayMonth, midnight, minute, parse, timeText, weekdayLong } from './time.js';
import { t } from './texts.js';

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const ADDRESS = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

// [rule, text] of the offered recurrences for an event that starts at `at`.
function presetRules(at) {
  const date = new Date(at);
  return [
    ['', t('never')],
    ['RRULE:FREQ=DAILY', t('daily')],
    ['RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', t('weekdays')],
    [`RRULE:FREQ=WEEKLY;BYDAY=${WEEKDAYS[date.getUTCDay()]}`, t('weekly', weekdayLong(at))],
    ['RRULE:FREQ=MONTHLY', t('monthly', String(date.getUTCDate()))],
    ['RRULE:FREQ=YEARLY', t('yearly', dayMonth(at))],
  ];
}

const input = (attributes) => element('input', attributes);
const checkbox = (checked) => input({ type: 'checkbox', checked });
const option = (value, selected, text) => element('option', { value, selected }, text);

// The controls by name.
function createControls(event, { calendars, colors, isNew }) {
  const at = (hour) => midnight(event.start) + hour * 60 * minute;
  const date = (value, label) =>
    input({ 'type': 'date', 'value': dateText(value), 'required': true, 'aria-label': label });
  const time = (value, label) =>
    input({ 'type': 'time', 'value': timeText(value), 'aria-label': label });
  const presets = presetRules(event.start);
  const known = presets.some(([rule]) => rule === (event.rule ?? ''));
  return {
    summary: input({
      'name': 'summary',
      'class': 'title',
      'value': event.summary ?? '',
      'placeholder': t('summary'),
      'aria-label': t('summary'),
      'autofocus': true,
    }),
    allDay: checkbox(event.allDay),
    startDate: date(event.start, t('start')),
    startTime: time(event.allDay ? at(9) : event.start, t('start')),
    endDate: date(event.allDay ? event.end - day : event.end, t('end')),
    endTime: time(event.allDay ? at(10) : event.end, t('end')),
    calendar: element(
      'select',
      { disabled: !isNew },
      calendars.map(({ id, name }) => option(id, id === event.calendar, name)),
    ),
    rule: element(
      'select',
      {},
      presets.map(([value, text]) => option(value, value === (event.rule ?? ''), text)),
      option('own', !known, t('ownRule')),
    ),
    ownRule: element('textarea', {
      'rows': '2',
      'value': known ? '' : event.rule,
      'aria-label': t('rule'),
      'class': 'rule',
    }),
    location: input({ value: event.location ?? '' }),
    description: element('textarea', { rows: '3', value: event.description ?? '' }),
    guests: input({
      value: event.guests ?? '',
      placeholder: t('guestsHint'),
      inputmode: 'email',
    }),
    notify: checkbox(true),
    color: element(
      'select',
      {},
      element('option', { value: '' }, t('likeCalendar')),
      Object.entries(colors).map(([id, { background }]) =>
        option(id, id === event.colorId, `${id} ${background}`),
      ),
    ),
    isPrivate: checkbox(event.private),
    free: checkbox(event.free),
    swatch: element('i', { class: 'dot' }),
    problem: element('p', { class: 'fault', role: 'alert', hidden: true }),
  };
}

// Hides what does not apply, and colours the dot beside the calendar.
function keepVisibility(controls, { calendars, colors }) {
  const { allDay, startTime, endTime, rule, ownRule, color, calendar, swatch } = controls;
  const update = () => {
    startTime.hidden = endTime.hidden = allDay.checked;
    ownRule.hidden = rule.value !== 'own';
    const chosen = calendars.find((item) => item.id === calendar.value);
    swatch.style.background = colors[color.value]?.background ?? chosen?.color ?? '';
  };
  for (const control of [allDay, rule, color, calendar]) control.addEventListener('change', update);
  update();
}

// A new start moves the end, so that the length stays.
function keepLength({ allDay, startDate, startTime, endDate, endTime }, start) {
  let before = start;
  const shift = () => {
    if (!startDate.value || !endDate.value) return;
    const at = (date, time) =>
      parse(allDay.checked ? date.value : `${date.value}T${time.value || '00:00'}`);
    const now = at(startDate, startTime);
    const end = at(endDate, endTime) + now - before;
    endDate.value = dateText(end);
    if (!allDay.checked) endTime.value = timeText(end);
    before = now;
  };
  startDate.addEventListener('change', shift);
  startTime.addEventListener('change', shift);
}

function valuesOf(controls) {
  const { allDay, startDate, startTime, endDate, endTime, rule, ownRule } = controls;
  const isAllDay = allDay.checked;
  const start = parse(isAllDay ? startDate.value : `${startDate.value}T${startTime.value}`);
  const end = isAllDay ? parse(endDate.value) + day : parse(`${endDate.value}T${endTime.value}`);
  return {
    summary: controls.summary.value.trim(),
    allDay: isAllDay,
    start,
    end,
    calendar: controls.calendar.value,
    rule: rule.value === 'own' ? ownRule.value.trim() : rule.value,
    location: controls.location.value.trim(),
    description: controls.description.value,
    guests: controls.guests.value.split(/[,;\s]+/).filter(Boolean),
    notify: controls.notify.checked,
    colorId: controls.color.value,
    private: controls.isPrivate.checked,
    free: controls.free.checked,
  };
}

function problemWith(values) {
  const { start, end, allDay, guests } = values;
  if (end < start || (allDay && end === start)) return t('badEnd');
  const wrong = guests.find((address) => !ADDRESS.test(address));
  return wrong ? t('badGuest', wrong) : '';
}

const answerButtons = (answer, close) =>
  element(
    'fieldset',
    { class: 'answers' },
    element('legend', {}, t('answer')),
    ['accepted', 'tentative', 'declined'].map((value) =>
      element(
        'button',
        {
          'type': 'button',
          'class': answer === value ? 'chosen' : 'quiet',
          'aria-pressed': String(answer === value),
          'onclick': () => close({ action: 'answer', answer: value }),
        },
        t(value),
      ),
    ),
  );

const guestList = (attendees) =>
  element(
    'ul',
    { class: 'guests' },
    attendees.map((guest) =>
      element(
        'li',
        {},
        guest.displayName ?? guest.email,
        element(
          'small',
          {},
          guest.organizer ? t('owner') : t(guest.responseStatus ?? 'needsAction'),
        ),
      ),
    ),
  );

const field = (label, control) =>
  element('label', { class: 'field' }, element('span', {}, label), control);
const check = (control, text, className = 'check') =>
  element('label', { class: className }, control, text);

function layOut(event, controls, { isNew, close, onSubmit }) {
  const { startDate, startTime, endDate, endTime, allDay, notify, problem } = controls;
  const remove = () => close({ action: 'delete', notify: notify.checked });
  return element(
    'form',
    { class: 'event-form', onsubmit: onSubmit },
    element('h2', { class: 'hidden' }, t(isNew ? 'newEvent' : 'editEvent')),
    controls.summary,
    event.organizer ? element('p', { class: 'hint' }, t('organizer', event.organizer)) : '',
    event.answer ? answerButtons(event.answer, close) : '',
    element(
      'div',
      { class: 'times' },
      startDate,
      startTime,
      element('span', {}, '–'),
      endDate,
      endTime,
      check(allDay, t('allDay')),
    ),
    field(t('repeats'), controls.rule),
    controls.ownRule,
    field(
      t('calendar'),
      element('span', { class: 'with-dot' }, controls.swatch, controls.calendar),
    ),
    field(t('location'), controls.location),
    field(t('guests'), controls.guests),
    event.attendees?.length ? guestList(event.attendees) : '',
    check(notify, t('notify'), 'check inset'),
    field(t('description'), controls.description),
    field(t('eventColor'), controls.color),
    element(
      'div',
      { class: 'checks' },
      check(controls.isPrivate, t('private')),
      check(controls.free, t('free')),
    ),
    problem,
    buttons(
      isNew || !event.writable ? '' : button('danger left', t('delete'), remove),
      button('quiet', t('cancel'), () => close(undefined)),
      event.writable ? element('button', { class: 'primary' }, t('save')) : '',
    ),
  );
}

// `event`: the initial values {summary, start, end, allDay, calendar, rule, location, description,
// attendees, guests, colorId, private, free, answer, organizer, writable}. Resolves with
// {action: 'save', values}, {action: 'delete', notify}, {action: 'answer', answer} or undefined.
export function eventForm(event, options) {
  return open((close) => {
    const controls = createControls(event, options);
    keepVisibility(controls, options);
    keepLength(controls, event.start);
    const onSubmit = (submitted) => {
      submitted.preventDefault();
      const values = valuesOf(controls);
      const { problem } = controls;
      problem.textContent = problemWith(values);
      problem.hidden = problem.textContent === '';
      if (problem.hidden) close({ action: 'save', values });
    };
    const form = layOut(event, controls, { isNew: options.isNew, close, onSubmit });
    if (!event.writable)
      for (const control of form.querySelectorAll('input, select, textarea'))
        control.disabled = true;
    return form;
  });
}
