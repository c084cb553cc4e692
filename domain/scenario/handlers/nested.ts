import type { Handler } from '../model.ts';
import { handlerList } from '../read.ts';
import type { Report } from './handler.ts';

/** Handlers inside params (`result`, `on_error`, an option's `params`); entries that are no handlers are reported and left out. */
export function nested(value: unknown, path: string, report: Report): Handler[] {
  const { handlers, unreadable } = handlerList(value);
  if (unreadable > 0) report('warning', 'unreadable_handlers', path);
  return handlers;
}
