/**
 * Local time of a time zone, exact over daylight saving. Asking Intl costs microseconds, so what it said is kept per zone and UTC day;
 * a day is asked about once in the life of the process.
 */
export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** A stretch of time with one offset: local time = UTC + `offsetMs` for every instant in `[from, to)` (epoch ms). */
export interface Piece {
  from: number;
  to: number;
  offsetMs: number;
}

/** Days kept per zone; about 11 years. The cache is emptied, not trimmed: refilling is cheap. */
const MAX_CACHED_DAYS = 4_000;

interface Zone {
  format: Intl.DateTimeFormat;
  days: Map<number, readonly Piece[]>;
}
const zones = new Map<string, Zone>();

/** Does this program know the zone (IANA name)? */
export function isTimeZone(name: string): boolean {
  try {
    zoneOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Offset of local time from UTC at an instant, in ms. Throws RangeError for an unknown zone. */
export function offsetAt(timeZone: string, at: number): number {
  return piecesOfUtcDay(timeZone, Math.floor(at / DAY_MS)).find((piece) => at < piece.to)!.offsetMs;
}

/**
 * The pieces of one UTC day (`utcDay` = epoch ms / day length, floored), in order and without gaps; two where the clocks change in it.
 * At most one change a day is assumed, which holds for every zone since 1970. Throws RangeError for an unknown zone.
 */
export function piecesOfUtcDay(timeZone: string, utcDay: number): readonly Piece[] {
  const zone = zoneOf(timeZone);
  const known = zone.days.get(utcDay);
  if (known !== undefined) return known;

  const from = utcDay * DAY_MS;
  const to = from + DAY_MS;
  const first = askOffset(zone, from);
  const last = askOffset(zone, to);
  const change = first === last ? to : firstInstantWithout(first, zone, from, to);
  const pieces: Piece[] = [{ from, to: change, offsetMs: first }];
  if (change < to) pieces.push({ from: change, to, offsetMs: last });
  if (zone.days.size >= MAX_CACHED_DAYS) zone.days.clear();
  zone.days.set(utcDay, pieces);
  return pieces;
}

/** Binary search for the change of clocks in `(from, to]`; changes fall on whole seconds. */
function firstInstantWithout(offsetMs: number, zone: Zone, from: number, to: number): number {
  let before = from / 1000;
  let after = to / 1000;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (askOffset(zone, middle * 1000) === offsetMs) before = middle;
    else after = middle;
  }
  return after * 1000;
}

function askOffset(zone: Zone, at: number): number {
  // "11/22/2026, GMT+05:30"; plain "GMT" for zero.
  const match = /GMT(?:([+-])(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(zone.format.format(at));
  if (match === null) throw new RangeError(`Intl gave no offset for ${zone.format.resolvedOptions().timeZone}`);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -ms : ms;
}

function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone);
  if (known !== undefined) return known;
  const zone: Zone = { format: new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }), days: new Map() };
  zones.set(timeZone, zone);
  return zone;
}
