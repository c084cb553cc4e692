import i18next from 'i18next';
import { addDays, type Day } from '../../domain/analytics/periods.ts';
import { currentLanguage } from '../i18n/index.ts';
import { duration, number } from '../lib/time.ts';

const locales = { ru: 'ru-RU', en: 'en-GB' };

/** `22 нояб.`; a day is the same everywhere. */
export function dayLabel(day: Day): string {
  return new Intl.DateTimeFormat(locales[currentLanguage()], { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(Date.parse(day));
}

export function spanLabel(from: Day, to: Day): string {
  return from === to ? dayLabel(from) : `${dayLabel(from)} – ${dayLabel(to)}`;
}

/** The days a point of an axis stands for, as far as the period has them: a day, or the week that begins on it. */
export function daysOfPoint(day: Day, group: 'day' | 'week', period: { from: Day; to: Day }): { fromDay: Day; toDay: Day } {
  const end = group === 'day' ? day : addDays(day, 6);
  return { fromDay: [day, period.from].sort()[1]!, toDay: [end, period.to].sort()[0]! };
}

/** `на 12 больше, чем в прошлом периоде`: how a number stands to the one before it. */
export function compared(now: number, before: number, format: (value: number) => string = number): string {
  if (now === before) return i18next.t('analytics.than.same');
  const value = format(Math.abs(now - before));
  return now > before ? i18next.t('analytics.than.more', { value }) : i18next.t('analytics.than.less', { value });
}

/** The same for durations: less is faster. */
export function comparedSpeed(now: number | null, before: number | null): string {
  if (now === null || before === null) return '';
  const difference = Math.abs(now - before);
  // Percentiles are read from buckets: a smaller difference is none.
  if (difference < 0.05 * before || difference < 1000) return i18next.t('analytics.than.same');
  const value = duration(difference);
  return now < before ? i18next.t('analytics.than.faster', { value }) : i18next.t('analytics.than.slower', { value });
}

export const percent = (part: number, whole: number): string => (whole === 0 ? '0 %' : `${number(Math.round((100 * part) / whole))} %`);
export const durationOrDash = (ms: number | null): string => (ms === null ? '—' : duration(ms));
