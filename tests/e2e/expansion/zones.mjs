// Wall clocks and instants, by the zone tables of JavaScript itself. A wall clock is milliseconds, as if it were UTC.

const kDay = 86_400_000;
const formats = new Map(), offsets = new Map();

function offsetAt(instant, zone) {
  const quarter = Math.floor(instant / 900_000);  // clocks change at full quarters only
  let known = offsets.get(zone);
  if (!known) offsets.set(zone, known = new Map());
  let offset = known.get(quarter);
  if (offset !== undefined) return offset;
  let format = formats.get(zone);
  if (!format)
    formats.set(zone, format = new Intl.DateTimeFormat('en-US', {timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric'}));
  const at = quarter * 900_000;
  const {year, month, day, hour, minute, second} = Object.fromEntries(format.formatToParts(at).map(({type, value}) => [type, Number(value)]));
  offset = Date.UTC(year, month - 1, day, hour, minute, second) - at;
  known.set(quarter, offset);
  return offset;
}

export const wallOf = (instant, zone) => instant + offsetAt(instant, zone);

/** A wall clock that comes twice is its first time; one that is left out goes on by what is left out. */
export function instantOf(wall, zone) {
  const before = offsetAt(wall - kDay, zone), after = offsetAt(wall + kDay, zone);
  if (before === after) return wall - before;
  const fits = [before, after].filter((offset) => offsetAt(wall - offset, zone) === offset);
  return fits.length === 0 ? wall - before : Math.min(...fits.map((offset) => wall - offset));
}

/** Does the wall clock come twice, or never? */
export function isOdd(wall, zone) {
  const before = offsetAt(wall - kDay, zone), after = offsetAt(wall + kDay, zone);
  return before !== after && [before, after].filter((offset) => offsetAt(wall - offset, zone) === offset).length !== 1;
}

export const isoWall = (wall) => new Date(wall).toISOString().slice(0, 19);
export const isoDate = (wall) => new Date(wall).toISOString().slice(0, 10);
export const isoInstant = (instant) => new Date(instant).toISOString().slice(0, 19) + 'Z';
export const basic = (iso) => iso.replace(/[-:]/g, '');
