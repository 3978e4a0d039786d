// The page: what is shown, which account, and what a click does. Everything a person changes goes through Google's API or, for series, through what Google's
// own page would do (POST /_emulator/series).
import { allPages, calendarPath, control, eventPath, google } from './api.js';
import { ask, askScope, askText, eventForm, open } from './dialog.js';
import { element } from './element.js';
import { drawPanel } from './panel.js';
import { drawSide } from './side.js';
import {
  dateText,
  day,
  midnight,
  minute,
  monday,
  parse,
  spanText,
  timeText,
  wallClock,
  weekNumber,
} from './time.js';
import { drawList, drawWeek } from './week.js';
import { language, word } from './words.js';

const $ = (id) => document.getElementById(id);
const state = {
  accounts: [],
  email: '',
  calendars: [],
  colors: {},
  hidden: new Set(),
  from: 0,
  view: 'week',
  zone: 'UTC',
  now: 0,
  events: [],
  version: -1,
  drawn: 0,
};

function say(text) {
  $('toast').textContent = text;
  $('toast').classList.add('shown');
  clearTimeout(say.timer);
  say.timer = setTimeout(() => $('toast').classList.remove('shown'), 4_000);
}

const attempt =
  (run) =>
  async (...values) => {
    try {
      await run(...values);
    } catch (error) {
      say(word('failed', error.message));
    }
    await refresh();
  };

const days = () => (state.view === 'list' ? 28 : innerWidth < 720 ? 3 : 7);
const writable = (calendar) =>
  ['owner', 'writer', 'writerWithoutPrivateAccess'].includes(calendar.accessRole);

function shown(raw, calendar) {
  const allDay = Boolean(raw.start?.date);
  const mine = raw.attendees?.find((one) => one.self);
  const time = (value) => parse(value.date ?? value.dateTime);
  const start = time(raw.start);
  return {
    id: raw.id,
    key: `${calendar.id}/${raw.id}`,
    raw,
    calendar,
    calendarName: calendar.name,
    summary: raw.summary,
    allDay,
    start,
    end: Math.max(time(raw.end), start),
    writable: writable(calendar),
    masked: calendar.accessRole === 'freeBusyReader',
    color: state.colors[raw.colorId]?.background ?? calendar.color,
    answer: mine && !raw.organizer?.self ? mine.responseStatus : undefined,
    moved: Boolean(raw.recurringEventId) && time(raw.originalStartTime ?? raw.start) !== start,
  };
}

async function loadCalendars() {
  const items = await allPages(state.email, '/users/me/calendarList', { maxResults: '250' });
  state.calendars = items
    .map((one) => ({
      ...one,
      name: one.summaryOverride ?? one.summary,
      color: one.backgroundColor,
    }))
    .sort(
      (a, b) =>
        Number(Boolean(b.primary)) - Number(Boolean(a.primary)) || a.name.localeCompare(b.name),
    );
  state.zone = state.calendars.find((one) => one.primary)?.timeZone ?? 'UTC';
}

async function loadEvents() {
  const from = state.from,
    to = from + days() * day;
  // A day more on each side: the window is in UTC, the wall clock is not.
  const window = {
    singleEvents: 'true',
    orderBy: 'startTime',
    maxResults: '2500',
    timeZone: state.zone,
    timeMin: `${dateText(from - day)}T00:00:00Z`,
    timeMax: `${dateText(to + day)}T00:00:00Z`,
  };
  const lists = await Promise.all(
    state.calendars
      .filter((one) => !state.hidden.has(one.id))
      .map(async (calendar) =>
        (await allPages(state.email, `${calendarPath(calendar.id)}/events`, window)).map((raw) =>
          shown(raw, calendar),
        ),
      ),
  );
  state.events = lists
    .flat()
    .filter((event) => event.start < to && Math.max(event.end, event.start + 1) > from);
}

function draw() {
  $('range').textContent = spanText(state.from, state.from + (days() - 1) * day);
  $('view-week').setAttribute('aria-pressed', String(state.view === 'week'));
  $('view-list').setAttribute('aria-pressed', String(state.view === 'list'));
  const account = state.accounts.find((one) => one.email === state.email);
  $('account').replaceChildren(
    element('span', { 'class': 'face', 'aria-hidden': 'true' }, (account?.name ?? '?').slice(0, 1)),
    element(
      'span',
      { class: 'who' },
      element('b', {}, account?.name ?? ''),
      element('small', {}, account?.email ?? ''),
    ),
  );
  drawSide($('side'), { calendars: state.calendars, hidden: state.hidden, actions });
  const view = {
    from: state.from,
    days: days(),
    events: state.events,
    now: state.now,
    actions: {
      ...actions,
      create: createEvent,
      open: openEvent,
      move: moveEvent,
      zone: state.zone,
      week: weekNumber(state.from),
    },
  };
  (state.view === 'list' ? drawList : drawWeek)($('main'), view);
}

let running = Promise.resolve();
function refresh() {
  running = running
    .then(async () => {
      const { version, now } = await control('GET', '/version');
      state.version = version;
      state.accounts = (await control('GET', '/accounts')).accounts;
      if (!state.accounts.some((one) => one.email === state.email))
        state.email = state.accounts[0]?.email ?? '';
      if (!state.email) {
        $('main').replaceChildren(element('p', { class: 'empty' }, word('noAccounts')));
        $('side').replaceChildren();
        $('account').textContent = word('accounts');
        return;
      }
      if (Object.keys(state.colors).length === 0)
        state.colors = (await google(state.email, 'GET', '/colors')).event;
      await loadCalendars();
      state.now = wallClock(new Date(now), state.zone);
      if (state.from === 0)
        state.from =
          state.view === 'week' && days() === 7 ? monday(state.now) : midnight(state.now);
      await loadEvents();
      if (!$('panel').hidden) await drawPanel($('panel'), say);
      draw();
    })
    .catch((error) => say(word('failed', error.message)));
  return running;
}

// A moment for the API: the wall clock with the account's zone.
const moment = (at, allDay) =>
  allDay
    ? { date: dateText(at), dateTime: null, timeZone: null }
    : { dateTime: `${dateText(at)}T${timeText(at)}:00`, timeZone: state.zone, date: null };
const rulesOf = (text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

function body(values, before) {
  const out = {};
  const put = (name, value, was) => {
    if (JSON.stringify(value) !== JSON.stringify(was)) out[name] = value === '' ? null : value;
  };
  put('summary', values.summary, before?.summary ?? '');
  put('location', values.location, before?.location ?? '');
  put('description', values.description, before?.description ?? '');
  put('colorId', values.colorId, before?.colorId ?? '');
  put(
    'visibility',
    values.private ? 'private' : 'default',
    before?.private ? 'private' : 'default',
  );
  put(
    'transparency',
    values.free ? 'transparent' : 'opaque',
    before?.free ? 'transparent' : 'opaque',
  );
  if (
    !before ||
    values.start !== before.start ||
    values.end !== before.end ||
    values.allDay !== before.allDay
  ) {
    out.start = moment(values.start, values.allDay);
    out.end = moment(values.end, values.allDay);
  }
  const was = (before?.attendees ?? []).map((one) => one.email);
  const guests = values.guests.map((address) => address.toLowerCase());
  if (JSON.stringify([...guests].sort()) !== JSON.stringify([...was].sort()))
    out.attendees = guests.map(
      (email) => before?.attendees?.find((one) => one.email === email) ?? { email },
    );
  if (values.rule !== (before?.rule ?? ''))
    out.recurrence = values.rule === '' ? null : rulesOf(values.rule);
  return out;
}

const clean = (made) =>
  Object.fromEntries(
    Object.entries(made)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [
        key,
        key === 'start' || key === 'end'
          ? Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null))
          : value,
      ]),
  );

async function createEvent(span) {
  const calendars = state.calendars.filter(writable);
  const chosen = await eventForm(
    { ...span, summary: '', calendar: calendars[0]?.id, writable: true },
    { calendars, colors: state.colors, isNew: true },
  );
  if (chosen?.action !== 'save') return;
  await attempt(async () => {
    await google(
      state.email,
      'POST',
      `${calendarPath(chosen.values.calendar)}/events?sendUpdates=${chosen.values.notify ? 'all' : 'none'}`,
      clean(body(chosen.values)),
    );
    say(word('saved'));
  })();
}

async function formValues(event) {
  let master;
  if (event.raw.recurringEventId)
    master = await google(
      state.email,
      'GET',
      eventPath(event.calendar.id, event.raw.recurringEventId),
    ).catch(() => undefined);
  const organizer = event.raw.organizer;
  return {
    summary: event.summary ?? '',
    start: event.start,
    end: event.end,
    allDay: event.allDay,
    calendar: event.calendar.id,
    rule: (master?.recurrence ?? event.raw.recurrence ?? []).join('\n'),
    location: event.raw.location ?? '',
    description: event.raw.description ?? '',
    attendees: event.raw.attendees ?? [],
    guests: (event.raw.attendees ?? []).map((one) => one.email).join(', '),
    colorId: event.raw.colorId ?? '',
    private: event.raw.visibility === 'private',
    free: event.raw.transparency === 'transparent',
    answer: event.answer,
    organizer: organizer && !organizer.self ? (organizer.displayName ?? organizer.email) : '',
    writable: event.writable,
  };
}

// One event through the API; "following" and "all" as Google's page does it.
async function write(event, change, scope, sendUpdates) {
  if (scope === 'this')
    return google(
      state.email,
      'PATCH',
      `${eventPath(event.calendar.id, event.id)}?sendUpdates=${sendUpdates}`,
      change,
    );
  return control('POST', '/series', {
    email: state.email,
    calendar: event.calendar.id,
    event: event.id,
    scope,
    change,
    send_updates: sendUpdates,
  });
}

async function openEvent(event) {
  const before = await formValues(event);
  const chosen = await eventForm(before, {
    calendars: state.calendars,
    colors: state.colors,
    isNew: false,
  });
  if (!chosen) return;
  const inSeries = Boolean(event.raw.recurringEventId);
  if (chosen.action === 'answer') {
    const attendees = event.raw.attendees.map((one) =>
      one.self ? { ...one, responseStatus: chosen.answer } : one,
    );
    return attempt(async () => {
      const scope = inSeries ? await askScope() : 'this';
      if (!scope) return;
      const target = scope === 'this' ? event.id : event.raw.recurringEventId; // a guest answers one instance or the series
      await google(
        state.email,
        'PATCH',
        `${eventPath(event.calendar.id, target)}?sendUpdates=all`,
        { attendees },
      );
      say(word('saved'));
    })();
  }
  if (chosen.action === 'delete') {
    const scope = inSeries ? await askScope() : 'this';
    if (!scope) return;
    return attempt(async () => {
      const sendUpdates = chosen.notify ? 'all' : 'none';
      if (scope === 'this')
        await google(
          state.email,
          'DELETE',
          `${eventPath(event.calendar.id, event.id)}?sendUpdates=${sendUpdates}`,
        );
      else
        await control('POST', '/series', {
          email: state.email,
          calendar: event.calendar.id,
          event: event.id,
          scope,
          delete: true,
          send_updates: sendUpdates,
        });
      say(word('deleted'));
    })();
  }
  const change = body(chosen.values, before);
  if (Object.keys(change).length === 0) return;
  const scope = inSeries ? await askScope({ single: !('recurrence' in change) }) : 'this';
  if (!scope) return;
  return attempt(async () => {
    await write(event, change, scope, chosen.values.notify ? 'all' : 'none');
    say(word('saved'));
  })();
}

async function moveEvent(event, start, end) {
  const scope = event.raw.recurringEventId ? await askScope() : 'this';
  if (!scope) return draw();
  return attempt(async () => {
    await write(
      event,
      { start: moment(start, event.allDay), end: moment(end, event.allDay) },
      scope,
      'all',
    );
    say(word('moved'));
  })();
}

// The rule, and for a person of this emulator also the click on the link in Google's mail that puts the calendar into the list.
async function grant(calendar, address, role) {
  await google(state.email, 'POST', `${calendarPath(calendar.id)}/acl`, {
    role,
    scope: { type: 'user', value: address },
  });
  if (state.accounts.some((one) => one.email === address))
    await google(address, 'POST', '/users/me/calendarList', { id: calendar.id });
}

async function share(calendar) {
  const path = `${calendarPath(calendar.id)}/acl`;
  const { items } = await google(state.email, 'GET', path);
  const rules = items.filter((rule) => rule.scope.type === 'user');
  await open((close) => {
    const address = element('input', {
      'type': 'email',
      'required': true,
      'placeholder': word('email'),
      'aria-label': word('email'),
      'list': 'people',
    });
    const role = element(
      'select',
      { 'aria-label': word('role') },
      ['writer', 'reader', 'freeBusyReader', 'owner'].map((value) =>
        element('option', { value }, word(value)),
      ),
    );
    return element(
      'form',
      {
        class: 'small',
        onsubmit: (event) => {
          event.preventDefault();
          close();
          void attempt(() => grant(calendar, address.value.trim().toLowerCase(), role.value))();
        },
      },
      element('h2', {}, word('shareCalendar').replace(' …', ''), ': ', calendar.name),
      element(
        'datalist',
        { id: 'people' },
        state.accounts.map((one) => element('option', { value: one.email })),
      ),
      element(
        'ul',
        { class: 'guests' },
        rules.map((rule) =>
          element(
            'li',
            {},
            rule.scope.value,
            element('small', {}, word(rule.role)),
            rule.scope.value === state.email
              ? ''
              : element(
                  'button',
                  {
                    type: 'button',
                    class: 'quiet',
                    onclick: () => {
                      close();
                      void attempt(() =>
                        google(state.email, 'DELETE', `${path}/${encodeURIComponent(rule.id)}`),
                      )();
                    },
                  },
                  word('unshare'),
                ),
          ),
        ),
      ),
      element('div', { class: 'times' }, address, role),
      element(
        'div',
        { class: 'buttons' },
        element(
          'button',
          { type: 'button', class: 'quiet', onclick: () => close() },
          word('close'),
        ),
        element('button', { class: 'primary' }, word('share')),
      ),
    );
  });
}

const actions = {
  create: () => {
    const start = Math.ceil(Math.max(state.now, state.from) / (30 * minute)) * 30 * minute;
    return createEvent({ start, end: start + 60 * minute, allDay: false });
  },
  toggle: (calendar, on) => {
    if (on) state.hidden.delete(calendar.id);
    else state.hidden.add(calendar.id);
    void refresh();
  },
  newCalendar: attempt(async () => {
    const named = await askText(word('name'));
    if (!named?.first) return;
    await google(state.email, 'POST', '/calendars', { summary: named.first, timeZone: state.zone });
    say(word('calendarAdded', named.first));
  }),
  renameCalendar: attempt(async (calendar) => {
    const named = await askText(word('rename'), calendar.name);
    if (named?.first)
      await google(state.email, 'PATCH', calendarPath(calendar.id), { summary: named.first });
  }),
  clearCalendar: attempt(async (calendar) => {
    if (!(await ask(word('clearAsk', calendar.name), word('delete')))) return;
    await google(state.email, 'POST', `${calendarPath(calendar.id)}/clear`);
    say(word('cleared', calendar.name));
  }),
  deleteCalendar: attempt(async (calendar) => {
    if (!(await ask(word('deleteAsk', calendar.name), word('delete')))) return;
    await google(state.email, 'DELETE', calendarPath(calendar.id));
    say(word('calendarDeleted', calendar.name));
  }),
  removeFromList: attempt(async (calendar) => {
    await google(
      state.email,
      'DELETE',
      `/users/me/calendarList/${encodeURIComponent(calendar.id)}`,
    );
    say(word('removed', calendar.name));
  }),
  shareCalendar: attempt(share),
};

function accountMenu() {
  const menu = $('account-menu');
  menu.hidden = !menu.hidden;
  $('account').setAttribute('aria-expanded', String(!menu.hidden));
  if (menu.hidden) return;
  const close = (run) => () => {
    menu.hidden = true;
    $('account').setAttribute('aria-expanded', 'false');
    return run();
  };
  menu.replaceChildren(
    ...state.accounts.map((one) =>
      element(
        'button',
        {
          'type': 'button',
          'role': 'menuitemradio',
          'aria-checked': String(one.email === state.email),
          'onclick': close(() => choose(one.email)),
        },
        element('span', { 'class': 'face', 'aria-hidden': 'true' }, one.name.slice(0, 1)),
        element(
          'span',
          { class: 'who' },
          element('b', {}, one.name),
          element('small', {}, one.email),
        ),
      ),
    ),
    element('hr'),
    element(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        onclick: close(
          attempt(async () => {
            const made = await askText(word('email'), '', { second: word('name'), type: 'email' });
            if (!made?.first) return;
            await control('POST', '/accounts', { email: made.first, name: made.second });
            choose(made.first.toLowerCase());
          }),
        ),
      },
      word('addAccount'),
    ),
    element(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        class: 'danger',
        onclick: close(
          attempt(async () => {
            if (!(await ask(word('revokeAsk', state.email), word('revoke')))) return;
            await control('POST', '/tokens/revoke', { email: state.email });
            say(word('revoked'));
          }),
        ),
      },
      word('revoke'),
    ),
  );
}

function remember() {
  const query = new URLSearchParams({
    account: state.email,
    ...(state.view === 'list' ? { view: 'list' } : {}),
    ...($('panel').hidden ? {} : { panel: '1' }),
  });
  history.replaceState(null, '', `?${query}`);
}

function choose(email) {
  state.email = email;
  state.hidden.clear();
  remember();
  void refresh();
}
function show(view) {
  state.view = view;
  if (view === 'week') state.from = days() === 7 ? monday(state.from) : state.from;
  remember();
  void refresh();
}
function go(by) {
  state.from += by * days() * day;
  void refresh();
}
function today() {
  state.from = state.view === 'week' && days() === 7 ? monday(state.now) : midnight(state.now);
  void refresh();
}

function start() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll('[data-word]'))
    node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll('[data-label]'))
    node.setAttribute('aria-label', word(node.dataset.label));
  document.title = `${word('title')} – ${word('emulator')}`;
  const query = new URLSearchParams(location.search);
  state.email = query.get('account') ?? '';
  state.view = query.get('view') === 'list' ? 'list' : 'week';
  if (query.get('date')) state.from = monday(parse(query.get('date')));
  $('panel').hidden = query.get('panel') !== '1';
  $('today').addEventListener('click', today);
  $('back').addEventListener('click', () => go(-1));
  $('forth').addEventListener('click', () => go(1));
  $('view-week').addEventListener('click', () => show('week'));
  $('view-list').addEventListener('click', () => show('list'));
  $('account').addEventListener('click', accountMenu);
  $('toggle-panel').addEventListener('click', () => {
    $('panel').hidden = !$('panel').hidden;
    $('toggle-panel').setAttribute('aria-pressed', String(!$('panel').hidden));
    remember();
    void refresh();
  });
  document.addEventListener('click', (event) => {
    if (!event.target.closest('.account, .more, .menu'))
      for (const menu of document.querySelectorAll('.menu')) menu.hidden = true;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape')
      for (const menu of document.querySelectorAll('.menu')) menu.hidden = true;
    if (
      event.target.closest('input, textarea, select, dialog') ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey
    )
      return;
    if (event.key === 'c') void actions.create();
    else if (event.key === 't') today();
    else if (event.key === 'ArrowLeft') go(-1);
    else if (event.key === 'ArrowRight') go(1);
    else return;
    event.preventDefault();
  });
  addEventListener('resize', () => {
    clearTimeout(start.timer);
    start.timer = setTimeout(() => void refresh(), 200);
  });
  void refresh();
  // Whatever an app changes shows within a second; nothing is redrawn while something is dragged or asked.
  setInterval(async () => {
    if (document.hidden || document.querySelector('.dragged, .ghost, dialog, .menu:not([hidden])'))
      return;
    try {
      if ((await control('GET', '/version')).version !== state.version) await refresh();
    } catch {
      /* the emulator is restarting; the next look tells */
    }
  }, 1_000);
}

start();
