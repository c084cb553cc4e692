import { Faults, type Interruption } from '../base/faults.ts';
import type { FaultMatch } from './types.ts';

export type Fault = { type: 'refuse'; status: number; words: string } | { type: 'break'; httpStatus: number } | Interruption;

interface Met {
  method: string;
  receiver?: string | undefined;
  token: string;
}

export type ViberFaults = ReturnType<typeof newFaults>;
/** None yet; a call meets one by `meets`. */
export const newFaults = () => new Faults<Fault, FaultMatch, Met>(meets);

function meets(match: FaultMatch, call: Met): boolean {
  if (match.token !== undefined && match.token !== call.token) return false;
  if (match.receiver !== undefined && match.receiver !== call.receiver) return false;
  return match.method === '*' || call.method === (match.method ?? 'send_message');
}
