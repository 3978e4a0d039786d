// The fields of a day and of a time, in the user's own notation whatever the browser's language is.
// What is typed is understood in several forms (typed.js). A day has a small month to choose from,
// a time a list; both are reached by the arrow keys.
import { Combobox } from '../components/combobox.js';
import { Icon } from '../components/basics.js';
import { described } from '../components/field.js';
import { useEscape } from '../focus.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from '../html.js';
import { locale, t } from '../i18n.js';
import { formatClock, formatDay, formatLength } from './format.js';
import { isDay, isTime, weekStart } from './times.js';
import { minutesBetween, parseDay, parseTime, quarters } from './typed.js';

const MONTH_FORMAT = { month: 'long', year: 'numeric' };
const DAY_FORMAT = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' };

// What is typed and not yet understood, or null while the field shows its value.
function useTyped({ value, shown, parse, isWhole, onValue }) {
  const [typed, setTyped] = useState(null);
  const settle = () => {
    if (typed === null) return;
    const found = parse(typed);
    if (found || !typed.trim()) setTyped(null);
    if (found !== value) onValue(found);
  };
  return {
    text: typed ?? shown,
    settle,
    type: (text) => {
      setTyped(text);
      const found = parse(text);
      if (found && isWhole(text) && found !== value) onValue(found);
    },
    choose: (chosen) => {
      setTyped(null);
      onValue(chosen);
    },
  };
}

// The small month. It is loaded when it is first opened; while that fails the field is typed into.
function Month({ value, focused, onChoose, close }) {
  const ref = useRef(null);
  const [ready, setReady] = useState(Boolean(customElements.get('calendar-date')));
  const [shown, setShown] = useState(value);
  useEscape(close);
  useEffect(() => {
    let ended = false;
    import('/npm/cally/dist/cally.js').then(() => !ended && setReady(true)).catch(close);
    return () => {
      ended = true;
    };
  }, []);
  useLayoutEffect(() => {
    if (!ready) return () => {};
    const calendar = ref.current;
    const chosen = () => calendar.value && onChoose(calendar.value);
    const moved = () => setShown(calendar.focusedDate || value);
    calendar.addEventListener('change', chosen);
    calendar.addEventListener('focusday', moved);
    calendar.parentElement.scrollIntoView({ block: 'nearest' });
    return () => {
      calendar.removeEventListener('change', chosen);
      calendar.removeEventListener('focusday', moved);
    };
  }, [ready, onChoose]);
  useEffect(() => {
    if (ready && focused) requestAnimationFrame(() => ref.current?.focus({ target: 'day' }));
  }, [ready, focused]);
  return html`<div
    class="small-month"
    role="dialog"
    aria-label=${t('date.choose')}
    onMouseDown=${(event) => event.preventDefault()}
  >
    ${
      ready &&
      html`<calendar-date
        ref=${ref}
        value=${value}
        focused-date=${value}
        locale=${locale()}
        first-day-of-week=${weekStart(locale())}
      >
        <span slot="previous"><${Icon} name="chevron-left" label=${t('date.previous')} /></span>
        <span slot="heading" aria-live="polite">${formatDay(shown, MONTH_FORMAT)}</span>
        <span slot="next"><${Icon} name="chevron-right" label=${t('date.next')} /></span>
        <calendar-month></calendar-month>
      </calendar-date>`
    }
  </div>`;
}

export function DayField({ id, label, value, onValue, error, hint, near, today }) {
  const [open, setOpen] = useState(false);
  const [inMonth, setInMonth] = useState(false);
  const box = useRef(null);
  const input = useRef(null);
  const fallback = isDay(near) ? near : today;
  const field = useTyped({
    value,
    onValue,
    shown: isDay(value) ? formatDay(value, DAY_FORMAT) : '',
    parse: (text) => parseDay(text, locale(), isDay(value) ? value : fallback, today),
    // A rule follows its first day, so half a date must not move it.
    isWhole: (text) => /\d{4}/.test(text),
  });
  const close = () => {
    const had = box.current?.contains(document.activeElement);
    setOpen(false);
    setInMonth(false);
    if (had) input.current?.focus();
  };
  const onKeyDown = (event) => {
    if (event.key === 'Enter') field.settle();
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    field.settle();
    setOpen(true);
    setInMonth(true);
  };
  return html`<div
    class="combo day-field"
    ref=${box}
    onFocusOut=${(event) => {
      if (!box.current?.contains(event.relatedTarget)) setOpen(false);
    }}
  >
    <input
      class="input"
      type="text"
      ref=${input}
      autocomplete="off"
      aria-label=${label}
      aria-haspopup="dialog"
      value=${field.text}
      onInput=${(event) => field.type(event.target.value)}
      onBlur=${field.settle}
      onClick=${() => setOpen(true)}
      onKeyDown=${onKeyDown}
      ...${described(id, { error, hint })}
    />
    <${Icon} name="calendar" />
    ${
      open &&
      html`<${Month}
        value=${isDay(value) ? value : fallback}
        focused=${inMonth}
        close=${close}
        onChoose=${(day) => {
          field.choose(day);
          close();
        }}
      />`
    }
  </div>`;
}

// `after`: the time from which on the list begins, with the time between, as for an end.
export function TimeField({ id, label, value, onValue, error, hint, after }) {
  const field = useTyped({
    value,
    onValue,
    shown: isTime(value) ? formatClock(value) : '',
    parse: parseTime,
    isWhole: () => true,
  });
  const from = isTime(after) ? after : '';
  const times = quarters(from || '00:00');
  const options = () =>
    times.map((time) => ({
      value: time,
      label: formatClock(time),
      note: from ? formatLength(minutesBetween(from, time)) : '',
    }));
  const at = times.findIndex((time) => time >= (isTime(value) ? value : '08:00'));
  return html`<${Combobox}
    id=${id}
    label=${label}
    text=${field.text}
    options=${options}
    nearest=${Math.max(0, at)}
    error=${error}
    hint=${hint}
    onText=${field.type}
    onLeave=${field.settle}
    onChoose=${({ value: time }) => field.choose(time)}
  />`;
}
