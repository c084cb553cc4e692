import type { Language, Words } from '../words.ts';

/** "18:20" by the visitor's clock and habits. */
export function timeWords(at: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** "Today", "Yesterday" or the date. */
export function dayWords(at: number, now: number, language: Language, words: Words): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  if (days === 0) return words.today;
  if (days === 1) return words.yesterday;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }).format(at);
}

/** Names the visitor's calendar day. */
export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
