import type { Schedule } from './model.ts';
import { isTimeZone } from './zone.ts';

/** What is wrong with a schedule: `path` names the field (`week[2][0].to`), the message says what to put there. */
export interface ScheduleProblem {
  path: string;
  message: { ru: string; en: string };
}

const WEEKDAYS = 7;
const MINUTES_A_DAY = 1440;
const MAX_SPANS_A_DAY = 12;
const MAX_HOLIDAYS = 1000;

/** Checks a schedule that came from outside. All problems at once, so that a page can mark every field. */
export function parseSchedule(input: unknown): { schedule: Schedule } | { problems: ScheduleProblem[] } {
  const problems: ScheduleProblem[] = [];
  if (!isRecord(input)) {
    return {
      problems: [
        problem('', 'Расписание: нужен объект { timeZone, week, holidays }', 'A schedule is an object { timeZone, week, holidays }'),
      ],
    };
  }
  const schedule: Schedule = {
    timeZone: parseTimeZone(input.timeZone, problems),
    week: parseWeek(input.week, problems),
    holidays: parseHolidays(input.holidays ?? [], problems),
  };
  return problems.length > 0 ? { problems } : { schedule };
}

function parseTimeZone(input: unknown, problems: ScheduleProblem[]): string {
  if (typeof input === 'string' && input !== '' && isTimeZone(input)) return input;
  problems.push(
    problem(
      'timeZone',
      'Укажите часовой пояс из базы IANA, например Europe/Moscow',
      'Give a time zone by its IANA name, such as Europe/Moscow',
    ),
  );
  return 'UTC';
}

function parseWeek(input: unknown, problems: ScheduleProblem[]): Schedule['week'] {
  if (Array.isArray(input) && input.length === WEEKDAYS) return input.map((day, index) => parseSpans(day, `week[${index}]`, problems));
  problems.push(
    problem(
      'week',
      'Нужны семь дней, начиная с понедельника; выходной — пустой список',
      'Give seven days, Monday first; a day off is an empty list',
    ),
  );
  return [];
}

function parseSpans(input: unknown, path: string, problems: ScheduleProblem[]): Schedule['week'][number] {
  if (!Array.isArray(input) || input.length > MAX_SPANS_A_DAY) {
    problems.push(
      problem(
        path,
        `День — список промежутков { from, to } в минутах от полуночи, не больше ${MAX_SPANS_A_DAY}`,
        `A day is a list of at most ${MAX_SPANS_A_DAY} spans { from, to } in minutes since midnight`,
      ),
    );
    return [];
  }
  const spans = input.map((span, index) => parseSpan(span, `${path}[${index}]`, problems)).filter((span) => span !== undefined);
  const sorted = [...spans].sort((a, b) => a.from - b.from);
  if (sorted.some((span, index) => index > 0 && span.from < sorted[index - 1]!.to)) {
    problems.push(problem(path, 'Промежутки одного дня пересекаются: раздвиньте их', 'Spans of one day overlap: move them apart'));
  }
  return sorted;
}

function parseSpan(input: unknown, path: string, problems: ScheduleProblem[]): { from: number; to: number } | undefined {
  const { from, to } = isRecord(input) ? input : {};
  for (const [field, value] of Object.entries({ from, to })) {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MINUTES_A_DAY) continue;
    problems.push(
      problem(`${path}.${field}`, 'Нужно целое число минут от полуночи, от 0 до 1440', 'Give whole minutes since midnight, from 0 to 1440'),
    );
    return undefined;
  }
  if ((from as number) < (to as number)) return { from: from as number, to: to as number };
  problems.push(
    problem(
      `${path}.to`,
      'Конец должен быть позже начала; смену через полночь разделите на два дня (до 1440 и с 0)',
      'The end must be after the start; split a shift over midnight into two days (to 1440, and from 0)',
    ),
  );
  return undefined;
}

function parseHolidays(input: unknown, problems: ScheduleProblem[]): Schedule['holidays'] {
  if (!Array.isArray(input) || input.length > MAX_HOLIDAYS) {
    problems.push(
      problem(
        'holidays',
        `Праздники — список { date, spans? }, не больше ${MAX_HOLIDAYS}`,
        `Holidays are a list of at most ${MAX_HOLIDAYS} { date, spans? }`,
      ),
    );
    return [];
  }
  const seen = new Set<string>();
  return input.map((holiday, index) => {
    const path = `holidays[${index}]`;
    const { date, spans } = isRecord(holiday) ? holiday : {};
    if (typeof date !== 'string' || !isDate(date)) {
      problems.push(problem(`${path}.date`, 'Нужна дата вида 2026-01-07', 'Give a date such as 2026-01-07'));
      return { date: '' };
    }
    if (seen.has(date)) problems.push(problem(`${path}.date`, `Дата ${date} указана дважды`, `The date ${date} is given twice`));
    seen.add(date);
    return spans === undefined || spans === null ? { date } : { date, spans: parseSpans(spans, `${path}.spans`, problems) };
  });
}

/** A date of the calendar: 2026-02-30 is none, although Date.parse takes it for March. */
function isDate(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problem(path: string, ru: string, en: string): ScheduleProblem {
  return { path, message: { ru, en } };
}
