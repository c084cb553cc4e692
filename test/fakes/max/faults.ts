import { Faults, type Interruption } from '../base/faults.ts';
import type { FaultMatch } from './types.ts';

export type Fault =
  | { type: 'refuse'; status: number; code: string; message: string; retryAfterSeconds?: number }
  /** No answer of the API: a proxy's page. */
  | { type: 'break'; httpStatus: number }
  | Interruption;

interface Met {
  method: string;
  chatId?: number | undefined;
  token: string;
}

export type MaxFaults = ReturnType<typeof newFaults>;
/** None yet; a call meets one by `meets`. */
export const newFaults = () => new Faults<Fault, FaultMatch, Met>(meets);

function meets(match: FaultMatch, call: Met): boolean {
  if (match.token !== undefined && match.token !== call.token) return false;
  if (match.chatId !== undefined && match.chatId !== call.chatId) return false;
  return match.method === '*' || call.method === (match.method ?? 'POST messages');
}
