/**
 * Working time by the wall clock of the account: an instant counts as working when the local clock shows a time inside a span of that local
 * date. So a span over the hour that daylight saving skips is an hour shorter that day, and one over the repeated hour an hour longer.
 */
import type { Schedule } from './model.ts';
import { DAY_MS, MINUTE_MS, type Piece, piecesOfUtcDay } from './zone.ts';

/** No working hour within this many days: nobody comes back, and there is no deadline. */
const MAX_IDLE_DAYS = 400;
/** Beyond any date a setting can mean; ends the search for absurd amounts. */
const MAX_DAYS = 40 * 366;

interface Span {
  fromMs: number;
  toMs: number;
}

/** The instant at which `ms` of working time have passed since `fromAt`; undefined when no working hours come within 400 days. */
export function addWorkingTime(schedule: Schedule, fromAt: number, ms: number): number | undefined {
  if (ms <= 0) return fromAt;
  const spans = spansOf(schedule);
  let left = ms;
  let lastWorkAt = fromAt;
  const firstDay = Math.floor(fromAt / DAY_MS);
  for (let utcDay = firstDay; utcDay - firstDay <= MAX_DAYS; utcDay += 1) {
    if (utcDay * DAY_MS - lastWorkAt > MAX_IDLE_DAYS * DAY_MS) return undefined;
    for (const work of workOfUtcDay(schedule.timeZone, spans, utcDay)) {
      const start = Math.max(work.from, fromAt);
      if (start >= work.to) continue;
      if (work.to - start >= left) return start + left;
      left -= work.to - start;
      lastWorkAt = work.to;
    }
  }
  return undefined;
}

/** Working time between two instants in ms; 0 when `to` is not after `from`. */
export function workingTimeBetween(schedule: Schedule, from: number, to: number): number {
  const spans = spansOf(schedule);
  let sum = 0;
  for (let utcDay = Math.floor(from / DAY_MS); utcDay * DAY_MS < to; utcDay += 1) {
    for (const work of workOfUtcDay(schedule.timeZone, spans, utcDay)) {
      sum += Math.max(0, Math.min(work.to, to) - Math.max(work.from, from));
    }
  }
  return sum;
}

/** Is the instant within working hours? A span includes its first minute and ends before its last. */
export function isWorking(schedule: Schedule, at: number): boolean {
  return workOfUtcDay(schedule.timeZone, spansOf(schedule), Math.floor(at / DAY_MS)).some((work) => work.from <= at && at < work.to);
}

/** The working stretches inside one UTC day, ascending, in epoch ms. */
function workOfUtcDay(timeZone: string, spans: SpansOfDay, utcDay: number): { from: number; to: number }[] {
  const work: { from: number; to: number }[] = [];
  for (const piece of piecesOfUtcDay(timeZone, utcDay)) addWorkOfPiece(work, piece, spans);
  return work;
}

function addWorkOfPiece(work: { from: number; to: number }[], piece: Piece, spans: SpansOfDay): void {
  const localFrom = piece.from + piece.offsetMs;
  const localTo = piece.to + piece.offsetMs;
  for (let localDay = Math.floor(localFrom / DAY_MS); localDay * DAY_MS < localTo; localDay += 1) {
    for (const span of spans(localDay)) {
      const from = Math.max(localDay * DAY_MS + span.fromMs, localFrom);
      const to = Math.min(localDay * DAY_MS + span.toMs, localTo);
      if (from < to) work.push({ from: from - piece.offsetMs, to: to - piece.offsetMs });
    }
  }
}

/** Spans of a local date, given as days since 1970-01-01; sorted and without overlaps. */
type SpansOfDay = (localDay: number) => readonly Span[];

const prepared = new WeakMap<Schedule, SpansOfDay>();

function spansOf(schedule: Schedule): SpansOfDay {
  const known = prepared.get(schedule);
  if (known !== undefined) return known;
  const week = Array.from({ length: 7 }, (_, weekday) => joined(schedule.week[weekday] ?? []));
  const holidays = new Map(schedule.holidays.map((holiday) => [Date.parse(holiday.date) / DAY_MS, joined(holiday.spans ?? [])]));
  // 1970-01-01 was a Thursday, and Monday is 0.
  const spansOfDay: SpansOfDay = (localDay) => holidays.get(localDay) ?? week[(((localDay + 3) % 7) + 7) % 7]!;
  prepared.set(schedule, spansOfDay);
  return spansOfDay;
}

/** Overlapping and touching spans become one, so that no minute is counted twice. */
function joined(spans: readonly { from: number; to: number }[]): Span[] {
  const result: Span[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from * MINUTE_MS <= last.toMs) last.toMs = Math.max(last.toMs, to * MINUTE_MS);
    else if (from < to) result.push({ fromMs: from * MINUTE_MS, toMs: to * MINUTE_MS });
  }
  return result;
}
