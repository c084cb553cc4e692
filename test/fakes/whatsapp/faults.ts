import { Faults, type Interruption } from '../base/faults.ts';
import type { FaultMatch } from './types.ts';

export type Fault =
  | { type: 'refuse'; code: number; words: string; httpStatus: number; retryAfterSeconds?: number }
  | { type: 'break'; httpStatus: number }
  | Interruption;

interface Met {
  method: string;
  to?: string | undefined;
}

export type WhatsAppFaults = ReturnType<typeof newFaults>;
/** None yet; a call meets one by `meets`. */
export const newFaults = () => new Faults<Fault, FaultMatch, Met>(meets);

function meets(match: FaultMatch, call: Met): boolean {
  if (match.to !== undefined && match.to !== call.to) return false;
  return match.method === '*' || call.method === (match.method ?? 'messages');
}
