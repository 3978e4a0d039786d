// The editor of a recurrence rule; the logic is in recurrence.js. A rule that it cannot express is
// described in words and kept unless another is chosen.
import { described, Field, SelectField, TextField } from '../components/field.js';
import { html } from '../html.js';
import { locale, t } from '../i18n.js';
import { DayField } from './date_field.js';
import { isLastOfMonth, WEEKDAYS, none, weekdayCode } from './recurrence.js';
import { describeRecurrence, nthWeekdayText, weekdayName } from './recurrence_text.js';
import { addDays, isDay } from './times.js';

function Days({ value, onChange, error }) {
  return html`<${Field} id="rec-days" label=${t('recurrence.on')} error=${error}>
    <div class="weekdays" role="group" aria-label=${t('recurrence.on')}>
      ${WEEKDAYS.map(
        (day) => html`<button
          type="button"
          class="weekday"
          aria-pressed=${String(value.includes(day))}
          onClick=${() =>
            onChange(
              value.includes(day)
                ? value.filter((other) => other !== day)
                : WEEKDAYS.filter((other) => other === day || value.includes(other)),
            )}
        >
          <span aria-hidden="true">${weekdayName(day, locale(), 'short').slice(0, 2)}</span>
          <span class="sr">${weekdayName(day, locale())}</span>
        </button>`,
      )}
    </div>
  <//>`;
}

function monthlyOptions(start) {
  const code = weekdayCode(start);
  const nth = Math.ceil(Number(start.slice(8)) / 7);
  const options = [
    { value: 'date', label: t('recurrence.words.nth_day', { day: Number(start.slice(8)) }) },
  ];
  if (nth < 5) options.push({ value: 'weekday', label: nthWeekdayText(nth, code, locale(), t) });
  if (isLastOfMonth(start))
    options.push({ value: 'last', label: nthWeekdayText(-1, code, locale(), t) });
  return options;
}

const whole = (text) => (text.trim() === '' ? 0 : Number(text));

function End({ value, start, set, errors }) {
  const end = (change) => set({ ...value, end: { ...value.end, ...change } });
  return html`<div class="row wrap">
    <${SelectField}
      id="rec-end"
      label=${t('recurrence.end')}
      value=${value.end.type}
      onChange=${(type) => end({ type, until: value.end.until || addDays(start, 90) })}
      options=${['never', 'until', 'count'].map((type) => ({
        value: type,
        label: t(`recurrence.end.${type}`),
      }))}
    />
    ${
      value.end.type === 'until' &&
      html`<${Field}
        id="rec-until"
        label=${t('recurrence.until')}
        error=${errors.until && t(errors.until)}
      >
        <${DayField}
          id="rec-until"
          label=${t('recurrence.until')}
          value=${value.end.until}
          near=${start}
          today=${start}
          onValue=${(until) => end({ until })}
          error=${errors.until}
        />
      <//>`
    }
    ${
      value.end.type === 'count' &&
      html`<${TextField}
        id="rec-count"
        type="number"
        min="1"
        max="9999"
        class="narrow"
        label=${t('recurrence.count')}
        value=${value.end.count || ''}
        onInput=${(text) => end({ count: whole(text) })}
        error=${errors.count && t(errors.count)}
      />`
    }
  </div>`;
}

export function RecurrenceEditor({ value, original, start, onChange, errors, disabled }) {
  if (!isDay(start)) return null;
  const kinds = ['none', 'daily', 'weekly', 'monthly', 'yearly'].map((kind) => ({
    value: kind,
    label: t(`recurrence.${kind}`),
  }));
  if (original?.kind === 'custom') kinds.push({ value: 'custom', label: t('recurrence.custom') });
  const choose = (kind) => {
    if (kind === 'custom') return onChange(original);
    if (kind === 'none') return onChange({ ...none(), rest: [] });
    return onChange({
      ...none(),
      ...(value.kind === 'custom' || value.kind === 'none' ? {} : { end: value.end }),
      kind,
      days: [weekdayCode(start)],
      rest: original?.kind === kind ? original.rest : [],
    });
  };
  const open = value.kind !== 'none' && value.kind !== 'custom';
  return html`<div class="recurrence">
    <${SelectField}
      id="rec-kind"
      label=${t('field.recurrence')}
      value=${value.kind}
      options=${kinds}
      onChange=${choose}
      disabled=${disabled}
    />
    ${
      value.kind === 'custom' &&
      html`<p class="hint recurrence-words" dir="auto">
        ${describeRecurrence(value, start, locale(), t)} · ${t('recurrence.custom_kept')}
      </p>`
    }
    ${
      open &&
      html`<div class="subform">
        <div class="row wrap">
          <${Field}
            id="rec-interval"
            label=${t('recurrence.every')}
            error=${errors.interval && t(errors.interval)}
          >
            <div class="with-unit">
              <input
                class="input narrow"
                type="number"
                min="1"
                max="999"
                value=${value.interval || ''}
                onInput=${(event) => onChange({ ...value, interval: whole(event.target.value) })}
                ...${described('rec-interval', { error: errors.interval })}
              />
              <span>${t(`recurrence.unit.${value.kind}`, { count: value.interval || 1 })}</span>
            </div>
          <//>
          ${
            value.kind === 'monthly' &&
            html`<${SelectField}
              id="rec-monthly"
              label=${t('recurrence.on')}
              value=${value.monthly}
              options=${monthlyOptions(start)}
              onChange=${(monthly) => onChange({ ...value, monthly })}
            />`
          }
        </div>
        ${
          value.kind === 'weekly' &&
          html`<${Days}
            value=${value.days}
            onChange=${(days) => onChange({ ...value, days })}
            error=${errors.days && t(errors.days)}
          />`
        }
        <${End} value=${value} start=${start} set=${onChange} errors=${errors} />
        ${
          !Object.keys(errors).length &&
          html`<p class="hint recurrence-words">
            ${describeRecurrence(value, start, locale(), t)}
          </p>`
        }
      </div>`
    }
  </div>`;
}
