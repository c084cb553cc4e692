import { entityOf } from '../apply.ts';
import type { HandlerContext, Report } from '../handlers/handler.ts';
import type { EntityKind } from '../model.ts';
import { list, type Tree, text } from '../read.ts';

/** Reads an action's params and returns what performs it; undefined (reported) where nothing can be made of them. */
export type Action = (params: Tree, report: Report) => ((context: HandlerContext) => void) | undefined;

/** True when the run has that entity; otherwise the trace says which one is missing. */
export function present(kind: EntityKind, context: HandlerContext): boolean {
  if (entityOf(context.view, kind) !== undefined) return true;
  context.note('skippedNoEntity', { entity: kind });
  return false;
}

/** Texts of a text or a list of texts, as the two dialects write tags. */
export function texts(value: unknown): string[] {
  return (list(value) ?? [value]).map((entry) => text(entry) ?? '').filter((entry) => entry.trim() !== '');
}
