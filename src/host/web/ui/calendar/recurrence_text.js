// Describes a recurrence in words, including rules that the editor does not offer. Pure functions:
// `t(key, args)` supplies the texts, `locale` the names of days and months.

import { WEEKDAYS, partsOf, weekdayCode } from './recurrence.js';

const A_MONDAY = Date.UTC(2024, 0, 1);

export function weekdayName(code, locale, width = 'long') {
  return new Intl.DateTimeFormat(locale, { weekday: width, timeZone: 'UTC' }).format(
    A_MONDAY + WEEKDAYS.indexOf(code) * 86400000,
  );
}

const monthName = (month, locale) =>
  new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2024, month - 1, 1),
  );
const dayText = (day, locale) =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    Date.parse(`${day}T00:00:00Z`),
  );
const list = (texts, locale) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(texts);

function endText(end, locale, t) {
  if (end.type === 'until') return t('recurrence.words.until', { day: dayText(end.until, locale) });
  if (end.type === 'count') return t('recurrence.words.count', { count: end.count });
  return '';
}

const joined = (...texts) => texts.filter(Boolean).join(', ');

function everyText(kind, interval, t) {
  return interval === 1
    ? t(`recurrence.words.${kind}`)
    : t(`recurrence.words.${kind}_n`, { count: interval });
}

export function nthWeekdayText(nth, code, locale, t) {
  return t(`recurrence.words.nth.${nth}`, { day: weekdayName(code, locale) });
}

// BYDAY of a monthly or yearly rule: "2TU", "-1FR", "MO" (every one).
function byDayText(value, locale, t) {
  return list(
    value.split(',').map((text) => {
      const match = /^([+-]?\d+)?([A-Z]{2})$/.exec(text);
      if (!match || !WEEKDAYS.includes(match[2])) return text;
      if (!match[1]) return weekdayName(match[2], locale);
      const nth = Number(match[1]);
      return nth >= -1 && nth <= 5 && nth !== 0
        ? nthWeekdayText(nth, match[2], locale, t)
        : t('recurrence.words.nth.other', { nth, day: weekdayName(match[2], locale) });
    }),
    locale,
  );
}

function customText(choice, locale, t) {
  const line = choice.rule.split('\n')[0] || '';
  const parts = line ? partsOf(line.slice(line.indexOf(':') + 1)) : null;
  const kind = parts?.get('FREQ')?.toLowerCase();
  if (!['daily', 'weekly', 'monthly', 'yearly'].includes(kind) || choice.rule.includes('\n'))
    return t('recurrence.words.custom');
  const words = [everyText(kind, Number(parts.get('INTERVAL') || 1), t)];
  if (parts.has('BYMONTH'))
    words.push(
      t('recurrence.words.in_months', {
        months: list(
          parts
            .get('BYMONTH')
            .split(',')
            .map((m) => monthName(Number(m), locale)),
          locale,
        ),
      }),
    );
  if (parts.has('BYDAY'))
    words.push(t('recurrence.words.on_days', { days: byDayText(parts.get('BYDAY'), locale, t) }));
  if (parts.has('BYMONTHDAY')) {
    const days = parts
      .get('BYMONTHDAY')
      .split(',')
      .map((d) =>
        Number(d) === -1
          ? t('recurrence.words.last_day')
          : Number(d) < 0
            ? t('recurrence.words.before_end', { days: -Number(d) })
            : t('recurrence.words.nth_day', { day: Number(d) }),
      );
    words.push(t('recurrence.words.on_days', { days: list(days, locale) }));
  }
  if (parts.has('BYSETPOS'))
    words.push(
      parts.get('BYSETPOS') === '-1'
        ? t('recurrence.words.only_last')
        : t('recurrence.words.only_nth', { nth: parts.get('BYSETPOS') }),
    );
  const known = [
    'FREQ',
    'INTERVAL',
    'BYMONTH',
    'BYDAY',
    'BYMONTHDAY',
    'BYSETPOS',
    'COUNT',
    'UNTIL',
    'WKST',
  ];
  if ([...parts.keys()].some((name) => !known.includes(name)))
    words.push(t('recurrence.words.and_more'));
  if (parts.has('COUNT'))
    words.push(endText({ type: 'count', count: Number(parts.get('COUNT')) }, locale, t));
  const until = /^(\d{4})(\d{2})(\d{2})/.exec(parts.get('UNTIL') || '');
  if (until) words.push(endText({ type: 'until', until: until.slice(1).join('-') }, locale, t));
  return joined(...words);
}

export function describeRecurrence(choice, start, locale, t) {
  const every = () => everyText(choice.kind, choice.interval, t);
  const end = endText(choice.end, locale, t);
  switch (choice.kind) {
    case 'none':
      return t('recurrence.none');
    case 'daily':
      return joined(every(), end);
    case 'weekly':
      return joined(
        choice.days.length === 7
          ? every()
          : t('recurrence.words.on', {
              every: every(),
              days: list(
                choice.days.map((d) => weekdayName(d, locale)),
                locale,
              ),
            }),
        end,
      );
    case 'monthly': {
      const nth = choice.monthly === 'last' ? -1 : Math.ceil(Number(start.slice(8)) / 7);
      const on =
        choice.monthly === 'date'
          ? t('recurrence.words.nth_day', { day: Number(start.slice(8)) })
          : nthWeekdayText(nth, weekdayCode(start), locale, t);
      return joined(t('recurrence.words.on', { every: every(), days: on }), end);
    }
    case 'yearly':
      return joined(
        t('recurrence.words.on', {
          every: every(),
          days: new Intl.DateTimeFormat(locale, {
            day: 'numeric',
            month: 'long',
            timeZone: 'UTC',
          }).format(Date.parse(`${start}T00:00:00Z`)),
        }),
        end,
      );
    default:
      return customText(choice, locale, t);
  }
}
