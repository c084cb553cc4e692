import type { Context } from 'hono';
import type { CompatActor, CompatEnv } from './model.ts';
import { CompatProblem, notFound } from './problem.ts';

/** Refuses changes by those who may only read (403). */
export function mayWrite(c: Context<CompatEnv>): CompatActor {
  const { actor } = c.var;
  if (actor.role === 'readonly') throw new CompatProblem(403, 'This user may only read.');
  return actor;
}

/** A row of the asker's account: 404 where there is none, 403 where it is somebody else's contact. */
export function visible<Row extends { visible: boolean }>(row: Row | undefined, what: string): Row {
  if (row === undefined) throw notFound(what);
  if (!row.visible) throw new CompatProblem(403, 'This user has no rights to the contact.');
  return row;
}
