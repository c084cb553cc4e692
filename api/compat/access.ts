import type { Context } from 'hono';
import { changesNothing, type Permission } from '../../domain/rights/rights.ts';
import type { CompatActor, CompatEnv } from './model.ts';
import { CompatProblem, notFound } from './problem.ts';

/** Refuses changes by those who may change nothing (403). */
export function mayWrite(c: Context<CompatEnv>): CompatActor {
  const { actor } = c.var;
  if (changesNothing(actor.rights)) throw new CompatProblem(403, 'This user may only read.');
  return actor;
}

/** Refuses those who lack a right (403). */
export function needs(c: Context<CompatEnv>, right: Permission): CompatActor {
  const { actor } = c.var;
  if (!actor.rights[right]) throw new CompatProblem(403, `This user has no right to this: ${right}.`);
  return actor;
}

/** A row of the asker's account: 404 where there is none, 403 where it is somebody else's contact. */
export function visible<Row extends { visible: boolean }>(row: Row | undefined, what: string): Row {
  if (row === undefined) throw notFound(what);
  if (!row.visible) throw new CompatProblem(403, 'This user has no rights to the contact.');
  return row;
}

/** The same for a row that is about to change: 403 also where the asker may only see it. */
export function editable<Row extends { visible: boolean; editable: boolean }>(row: Row | undefined, what: string): Row {
  const found = visible(row, what);
  if (!found.editable) throw new CompatProblem(403, 'This user may see the contact but not change it.');
  return found;
}
