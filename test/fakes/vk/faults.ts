import { Faults, type Interruption } from '../base/faults.ts';
import type { FaultMatch } from './types.ts';

export type Fault =
  | { type: 'refuse'; code: number; words: string }
  /** No answer of the API: a proxy's page. */
  | { type: 'status'; status: number; retryAfterSeconds?: number }
  | Interruption;

interface Met {
  method: string;
  peerId?: number;
  token: string;
}

export type VkFaults = ReturnType<typeof newFaults>;
/** None yet; a call meets one by `meets`. */
export const newFaults = () => new Faults<Fault, FaultMatch, Met>(meets);

function meets(match: FaultMatch, call: Met): boolean {
  if (match.token !== undefined && match.token !== call.token) return false;
  if (match.peerId !== undefined && match.peerId !== call.peerId) return false;
  if (match.method === undefined) return call.method === 'messages.send';
  return match.method === '*' || match.method === call.method;
}
