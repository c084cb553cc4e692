import type { Talk } from './model.ts';
import { isInWork } from './status.ts';

/** Does the filter "read" find the lead? It has conversations in work, and all of them are read. */
export function isLeadRead(talks: readonly Pick<Talk, 'status' | 'isRead'>[]): boolean {
  const inWork = talks.filter((talk) => isInWork(talk.status));
  return inWork.length > 0 && inWork.every((talk) => talk.isRead);
}
