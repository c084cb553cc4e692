import { Faults, type Interruption } from '../base/faults.ts';
import type { FaultMatch } from './types.ts';

export type Fault = { type: 'refuse'; code: number; description: string; retryAfterSeconds?: number } | Interruption;

interface Met {
  method: string;
  chatId: number | undefined;
  token: string;
}

export type TelegramFaults = ReturnType<typeof newFaults>;
/** None yet; a call meets one by `meets`. */
export const newFaults = () => new Faults<Fault, FaultMatch, Met>(meets);

function meets(match: FaultMatch, call: Met): boolean {
  if (match.token !== undefined && match.token !== call.token) return false;
  if (match.chatId !== undefined && match.chatId !== call.chatId) return false;
  if (match.method === undefined) return call.method.startsWith('send');
  return match.method === '*' || match.method.toLowerCase() === call.method.toLowerCase();
}
