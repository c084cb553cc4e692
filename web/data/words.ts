import i18next from 'i18next';
import { ApiProblem } from './client.ts';

/** What went wrong in the user's words: the server's sentence where there is one, else that nothing could be reached. */
export function problemWords(error: unknown): string {
  if (error instanceof ApiProblem) {
    if (error.status === 0) return i18next.t('problem.unreachable');
    if (error.status === 403) return i18next.t('problem.forbidden');
    if (error.status === 404) return i18next.t('problem.notFound');
    if (error.status >= 500) return i18next.t('problem.server', { request: String(error.body.requestId ?? '—') });
    const fields = error.body.fields;
    if (Array.isArray(fields) && fields.length > 0)
      return (fields as { field: string; message: string }[]).map(({ field, message }) => `${field}: ${message}`).join(' · ');
    return error.message;
  }
  return i18next.t('problem.unknown');
}

/** What the server said about one field of a form. */
export function fieldWords(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiProblem) || !Array.isArray(error.body.fields)) return undefined;
  return (error.body.fields as { field: string; message: string }[]).find(
    (entry) => entry.field === field || entry.field.endsWith(`.${field}`),
  )?.message;
}
