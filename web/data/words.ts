import i18next from 'i18next';
import { endedWords } from '../../domain/scenario/ended-words.ts';
import { currentLanguage, type TextKey } from '../i18n/index.ts';
import { inOurWords } from '../i18n/sentences.ts';
import { ApiProblem } from './client.ts';

/** A sentence of the server in the page's language; undefined where it has no words for it. The server itself speaks English. */
const translated = (sentence: string) => (currentLanguage() === 'en' ? sentence : inOurWords(sentence));

/** Words that the server keeps with a message, a run or a channel: our own sentences in the page's language, a messenger's as it wrote them. */
export const serverWords = (words: string): string => translated(words) ?? endedWords(words, currentLanguage());

/** What went wrong in the user's words: the server's sentence in the page's language, else the words for its code with the English detail. */
export function problemWords(error: unknown): string {
  if (!(error instanceof ApiProblem)) return i18next.t('problem.unknown');
  const { status, code, body } = error;
  if (status === 0) return i18next.t('problem.unreachable');
  if (status >= 500) return i18next.t('problem.server', { request: String(body.requestId ?? '—') });
  const entries = fieldsOf(body);
  if (entries.length > 0) {
    const [inFile] = problemsOf(body);
    return (
      inFile?.[currentLanguage()] ??
      entries.map(({ field, message }) => `${fieldName(field)}: ${translated(message) ?? message}`).join(' · ')
    );
  }
  // What is not there or not allowed needs no detail; whose messenger refused says so before the messenger's own words.
  const ofCode = codeWords(code, body);
  if (status === 404 || (status === 403 && translated(error.message) === undefined)) return ofCode ?? error.message;
  const words = translated(error.message);
  if (code === 'channel_refused') return `${ofCode ?? ''}: ${words ?? error.message}`;
  return words ?? (ofCode === undefined ? error.message : `${ofCode}: ${error.message}`);
}

/** The words for a code of the API, or for the kind of a messenger's error. */
function codeWords(code: string, body: Record<string, unknown>): string | undefined {
  const kind = (body.data as { kind?: unknown } | undefined)?.kind;
  if (code === 'channel_refused' && typeof kind === 'string') {
    const ofKind = `problem.channel.${kind}`;
    if (i18next.exists(ofKind)) return i18next.t(ofKind as TextKey);
  }
  const ofCode = `problem.code.${code}`;
  return i18next.exists(ofCode) ? i18next.t(ofCode as TextKey) : undefined;
}

/** What the server said about one field of a form. */
export function fieldWords(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  const message = fieldsOf(error.body).find((entry) => entry.field === field || entry.field.endsWith(`.${field}`))?.message;
  return message === undefined ? undefined : (translated(message) ?? message);
}

/** What people call a field: by the last name in its path. */
function fieldName(path: string): string {
  const name = path.split('.').findLast((part) => !/^\d+$/.test(part)) ?? path;
  const key = `problem.field.${name}`;
  return i18next.exists(key) ? i18next.t(key as TextKey) : path;
}

/** What is wrong with a bot's file, in both languages. */
function problemsOf({ data }: Record<string, unknown>): { ru: string; en: string }[] {
  const { problems } = (data ?? {}) as { problems?: { message: { ru: string; en: string } }[] };
  return (problems ?? []).map(({ message }) => message);
}

function fieldsOf({ fields }: Record<string, unknown>): { field: string; message: string }[] {
  return Array.isArray(fields) ? (fields as { field: string; message: string }[]) : [];
}
