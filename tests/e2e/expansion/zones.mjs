// Wall clocks and instants, by JavaScript's own zone tables. A wall clock is in milliseconds, as if
// it were UTC.

const DAY = 86_400_000;
const formats = new Map(),
  offsets = new Map();

/** The offset of the zone at the instant, without the cache. */
function uncachedOffset(at, zone) {
  let format = formats.get(zone);
  if (!format)
    formats.set(
      zone,
      (format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      })),
    );
  const { year, month, day, hour, minute, second } = Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
  );
  return Date.UTC(year, month - 1, day, hour, minute, second) - at;
}

/**
 * Cached at quarters of an hour, the only times when clocks change. Mostly the offsets at the ends
 * of eight days are enough: no clock changes twice within them.
 */
function offsetAt(instant, zone) {
  let known = offsets.get(zone);
  if (!known) offsets.set(zone, (known = new Map()));
  const remember = (at) => {
    let offset = known.get(at);
    if (offset === undefined) known.set(at, (offset = uncachedOffset(at, zone)));
    return offset;
  };
  for (const span of [8 * DAY, DAY]) {
    const begin = Math.floor(instant / span) * span,
      offset = remember(begin);
    if (offset === remember(begin + span)) return offset;
  }
  return remember(Math.floor(instant / 900_000) * 900_000);
}

export const wallOf = (instant, zone) => instant + offsetAt(instant, zone);

/** A wall clock that comes twice is the first of the two; one in a gap is moved by its length. */
export function instantOf(wall, zone) {
  const before = offsetAt(wall - DAY, zone),
    after = offsetAt(wall + DAY, zone);
  if (before === after) return wall - before;
  const fits = [before, after].filter((offset) => offsetAt(wall - offset, zone) === offset);
  return fits.length === 0 ? wall - before : Math.min(...fits.map((offset) => wall - offset));
}

/** Does the wall clock come twice, or never? */
export function isOdd(wall, zone) {
  const before = offsetAt(wall - DAY, zone),
    after = offsetAt(wall + DAY, zone);
  return (
    before !== after &&
    [before, after].filter((offset) => offsetAt(wall - offset, zone) === offset).length !== 1
  );
}

export const isoWall = (wall) => new Date(wall).toISOString().slice(0, 19);
export const isoDate = (wall) => new Date(wall).toISOString().slice(0, 10);
export const isoInstant = (instant) => new Date(instant).toISOString().slice(0, 19) + 'Z';
export const basic = (iso) => iso.replace(/[-:]/g, '');

/** Clock changes of a zone in the years: instants with the offsets before and after, in order. */
export function transitions(zone, firstYear, lastYear) {
  const out = [];
  for (let at = Date.UTC(firstYear, 0, 1); at < Date.UTC(lastYear + 1, 0, 1); at += 4 * DAY) {
    const before = uncachedOffset(at, zone),
      after = uncachedOffset(at + 4 * DAY, zone);
    if (before === after) continue;
    let low = at,
      high = at + 4 * DAY; // the change is in (low, high]
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2000) * 1000;
      if (uncachedOffset(middle, zone) === before) low = middle;
      else high = middle;
    }
    out.push({ at: high, before, after });
  }
  return out;
}
