/** Days of an account as text (`2026-11-22`), and the spans of them that reports are about. */
import { DAY_MS, offsetAt } from '../schedule/zone.ts';

/** A local date, `2026-11-22`; sorts as text. */
export type Day = string;

/** The local date of an instant. Throws RangeError for an unknown zone. */
export function dayOf(at: number, timeZone: string): Day {
  return fromNumber(Math.floor((at + offsetAt(timeZone, at)) / DAY_MS));
}

/** The first instant of a local date (epoch ms): midnight, or what the clocks show instead of it on the day they skip it. */
export function startOfDay(day: Day, timeZone: string): number {
  const midnight = toNumber(day) * DAY_MS;
  // Two guesses are enough: the offset before the change and the one after it.
  const before = midnight - offsetAt(timeZone, midnight - DAY_MS);
  if (dayOf(before, timeZone) === day && dayOf(before - 1, timeZone) < day) return before;
  const after = midnight - offsetAt(timeZone, midnight + DAY_MS);
  if (dayOf(after, timeZone) === day && dayOf(after - 1, timeZone) < day) return after;
  // Midnight itself is skipped: the day begins where the clocks jump to.
  return Math.max(before, after);
}

export function addDays(day: Day, days: number): Day {
  return fromNumber(toNumber(day) + days);
}

/** How many days from one to the other, both counted. */
export function daysIn(from: Day, to: Day): number {
  return toNumber(to) - toNumber(from) + 1;
}

/** Every day of a span, in order. */
export function daysOf(from: Day, to: Day): Day[] {
  return Array.from({ length: Math.max(0, daysIn(from, to)) }, (_, index) => addDays(from, index));
}

/** The Monday of a day's week. */
export function weekOf(day: Day): Day {
  // 1970-01-01 was a Thursday.
  return addDays(day, -((toNumber(day) + 3) % 7));
}

export type Grain = 'day' | 'month';

/** Days that are summed day by day, or whole months by their firsts; both ends belong to it. */
export interface Span {
  grain: Grain;
  from: Day;
  to: Day;
}

/** The same days in as few sums as there can be: whole months, and the days that are left on both sides. */
export function spansOf(from: Day, to: Day): Span[] {
  if (to < from) return [];
  const begin = monthOf(from) === from ? from : nextMonth(from);
  const end = monthOf(addDays(to, 1));
  if (end <= begin) return [{ grain: 'day', from, to }];
  const spans: Span[] = [
    { grain: 'day', from, to: addDays(begin, -1) },
    { grain: 'month', from: begin, to: monthOf(addDays(end, -1)) },
    { grain: 'day', from: end, to },
  ];
  return spans.filter((span) => span.from <= span.to);
}

const monthOf = (day: Day): Day => `${day.slice(0, 7)}-01`;
const nextMonth = (day: Day): Day => monthOf(addDays(monthOf(day), 31));

export const periodNames = ['today', 'week', 'month', 'quarter', 'custom'] as const;
export type PeriodName = (typeof periodNames)[number];
const lengths = { today: 1, week: 7, month: 30, quarter: 91 } as const;

/** Longest span of a report, in days. */
export const MAX_DAYS = 400;

export interface Period {
  from: Day;
  to: Day;
  /** As many days right before. */
  previousFrom: Day;
  previousTo: Day;
}

/** The span a name means today, or the one given; both ends belong to it. */
export function periodOf(name: PeriodName, today: Day, given?: { from: Day; to: Day }): Period {
  const [from, to] =
    name === 'custom' ? [given?.from ?? today, given?.to ?? given?.from ?? today] : [addDays(today, 1 - lengths[name]), today];
  const days = daysIn(from, to);
  return { from, to, previousFrom: addDays(from, -days), previousTo: addDays(from, -1) };
}

/** True for a real date in our writing. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && fromNumber(toNumber(text)) === text;
}

const toNumber = (day: Day) => Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
const fromNumber = (number: number): Day => new Date(number * DAY_MS).toISOString().slice(0, 10);
