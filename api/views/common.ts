import type { Author } from '../../domain/conversation/model.ts';
import type { AuthorView, Named } from '../contract/common.ts';

export const named = (id: number | null, name: string | null): Named | null => (id === null ? null : { id, name: name ?? '' });

/** An author whose parts stand in columns. */
export const authorOf = (kind: Author['kind'], id: number | null, name: string | null): AuthorView => ({ kind, id, name });

/** An author kept as JSON; a trigger's firing is the system's doing. */
export function authorOfJson(author: Author | { kind: 'trigger' }, name: string | null): AuthorView {
  if (author.kind === 'user') return { kind: 'user', id: author.id, name };
  if (author.kind === 'bot') return { kind: 'bot', id: author.botId, name };
  return { kind: author.kind === 'client' ? 'client' : 'system', id: null, name: null };
}
