import type { FaultMatch, FaultMoment } from './types.ts';

export type Fault =
  | { type: 'refuse'; status: number; code: string; message: string; retryAfterSeconds?: number }
  /** No answer of the API: a proxy's page. */
  | { type: 'break'; httpStatus: number }
  | { type: 'stall'; ms: number; when: FaultMoment }
  | { type: 'drop'; when: FaultMoment };

interface Met {
  method: string;
  chatId?: number | undefined;
  token: string;
}

/** Faults in the order they were asked for; a call meets the first that matches. */
export class Faults {
  readonly #waiting: { fault: Fault; match: FaultMatch; left: number }[] = [];

  add(fault: Fault, match: FaultMatch = {}, times = match.times ?? 1): void {
    this.#waiting.push({ fault, match, left: times });
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  /** Takes the fault this call meets, if any. */
  take(call: Met): Fault | undefined {
    const index = this.#waiting.findIndex(({ match }) => meets(match, call));
    const found = this.#waiting[index];
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#waiting.splice(index, 1);
    return found.fault;
  }
}

function meets(match: FaultMatch, call: Met): boolean {
  if (match.token !== undefined && match.token !== call.token) return false;
  if (match.chatId !== undefined && match.chatId !== call.chatId) return false;
  return match.method === '*' || call.method === (match.method ?? 'POST messages');
}
