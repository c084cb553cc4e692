import type { Queries } from '../db/connection.ts';
import { findSeenFiles } from '../db/stores/files.ts';
import type { Actor } from './actor.ts';
import { wrongField } from './errors.ts';

/** Every file of these ids is one that the caller may see; else 422 at the first that is not. `fieldOf` names the field of the id at a place. */
export async function needFiles(sql: Queries, actor: Actor, ids: string[], fieldOf: (index: number) => string): Promise<void> {
  const known = ids.length === 0 ? [] : await findSeenFiles(sql, actor, ids);
  const seen = new Set(known.map(({ id }) => id));
  const missing = ids.find((id) => !seen.has(id));
  if (missing !== undefined) throw wrongField(fieldOf(ids.indexOf(missing)), 'there is no such file: upload it with POST /api/files');
}
