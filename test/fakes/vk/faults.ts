import type { FaultMatch, FaultMoment } from './types.ts';

export type Fault =
  | { type: 'refuse'; code: number; words: string }
  /** No answer of the API: a proxy's page. */
  | { type: 'status'; status: number; retryAfterSeconds?: number }
  | { type: 'stall'; ms: number; when: FaultMoment }
  | { type: 'drop'; when: FaultMoment };

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
  take(call: { method: string; peerId?: number; token: string }): Fault | undefined {
    const index = this.#waiting.findIndex(({ match }) => meets(match, call));
    const found = this.#waiting[index];
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#waiting.splice(index, 1);
    return found.fault;
  }
}

function meets(match: FaultMatch, call: { method: string; peerId?: number; token: string }): boolean {
  if (match.token !== undefined && match.token !== call.token) return false;
  if (match.peerId !== undefined && match.peerId !== call.peerId) return false;
  if (match.method === undefined) return call.method === 'messages.send';
  return match.method === '*' || match.method === call.method;
}
