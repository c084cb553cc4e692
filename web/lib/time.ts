import { currentLanguage } from '../i18n/index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const words = {
  ru: {
    now: 'сейчас',
    justNow: 'только что',
    ago: 'назад',
    yesterday: 'вчера',
    today: 'Сегодня',
    day: 'Вчера',
    s: 'с',
    min: 'мин',
    h: 'ч',
    d: 'дн',
  },
  en: {
    now: 'now',
    justNow: 'just now',
    ago: 'ago',
    yesterday: 'yesterday',
    today: 'Today',
    day: 'Yesterday',
    s: 's',
    min: 'min',
    h: 'h',
    d: 'd',
  },
};
const locales = { ru: 'ru-RU', en: 'en-GB' };
const formatters = new Map<string, Intl.DateTimeFormat>();

function format(at: number, options: Intl.DateTimeFormatOptions): string {
  const locale = locales[currentLanguage()];
  const key = locale + JSON.stringify(options);
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(locale, options);
    formatters.set(key, formatter);
  }
  return formatter.format(at);
}

const dayOf = (at: number) => new Date(at).setHours(0, 0, 0, 0);

/** `18:20` in the browser's own zone. */
export const clock = (at: number): string => format(at, { hour: '2-digit', minute: '2-digit' });

/** The whole instant, for the hover. */
export const fullTime = (at: number): string =>
  format(at, { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** As short as it stays clear: `4 мин`, `18:20`, `вчера 18:20`, `5 нояб.`, `05.11.2025`. */
export function shortTime(at: number, now: number): string {
  const word = words[currentLanguage()];
  const ago = now - at;
  // A shown time moves in steps, so what has just happened may be a little ahead of it.
  if (ago > -MINUTE && ago < MINUTE) return word.now;
  if (ago >= 0 && ago < HOUR) return `${Math.floor(ago / MINUTE)} ${word.min}`;
  const days = Math.round((dayOf(now) - dayOf(at)) / DAY);
  if (days === 0) return clock(at);
  if (days === 1) return `${word.yesterday} ${clock(at)}`;
  if (new Date(at).getFullYear() === new Date(now).getFullYear()) return format(at, { day: 'numeric', month: 'short' });
  return format(at, { day: '2-digit', month: '2-digit', year: 'numeric' });
}

/** The same behind a word of what happened: `закрыта 4 мин назад`, `закрыта только что`. */
export function agoTime(at: number, now: number): string {
  const word = words[currentLanguage()];
  const ago = now - at;
  if (ago > -MINUTE && ago < MINUTE) return word.justNow;
  return ago >= 0 && ago < HOUR ? `${shortTime(at, now)} ${word.ago}` : shortTime(at, now);
}

/** The line between two days of a thread. */
export function dayName(at: number, now: number): string {
  const word = words[currentLanguage()];
  const days = Math.round((dayOf(now) - dayOf(at)) / DAY);
  if (days === 0) return word.today;
  if (days === 1) return word.day;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(at, { day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) });
}

export const sameDay = (a: number, b: number): boolean => dayOf(a) === dayOf(b);

/** How long something has lasted: `40 с`, `4 мин`, `1 ч 20 мин`, `2 дн 3 ч`. */
export function duration(ms: number): string {
  const word = words[currentLanguage()];
  const value = Math.max(0, ms);
  if (value < MINUTE) return `${Math.floor(value / 1000)} ${word.s}`;
  if (value < HOUR) return `${Math.floor(value / MINUTE)} ${word.min}`;
  const hours = Math.floor((value % DAY) / HOUR);
  if (value < DAY) {
    const minutes = Math.floor((value % HOUR) / MINUTE);
    return minutes === 0 ? `${hours} ${word.h}` : `${hours} ${word.h} ${minutes} ${word.min}`;
  }
  const days = Math.floor(value / DAY);
  return hours === 0 ? `${days} ${word.d}` : `${days} ${word.d} ${hours} ${word.h}`;
}

/** What is left, ticking: `04:12`, `1:04:12`, `2 дн 3 ч`. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds * 1000 >= DAY) return duration(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

/** `1,2 МБ`. */
export function fileSize(bytes: number): string {
  const units = currentLanguage() === 'ru' ? ['Б', 'КБ', 'МБ', 'ГБ'] : ['B', 'KB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${new Intl.NumberFormat(locales[currentLanguage()], { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 }).format(value)} ${units[unit]}`;
}

export const number = (value: number): string => new Intl.NumberFormat(locales[currentLanguage()]).format(value);
