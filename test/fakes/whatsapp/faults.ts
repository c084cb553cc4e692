import type { FaultMatch, FaultMoment } from './types.ts';

export type Fault =
  | { type: 'refuse'; code: number; words: string; httpStatus: number; retryAfterSeconds?: number }
  | { type: 'break'; httpStatus: number }
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
  take(call: { method: string; to?: string | undefined }): Fault | undefined {
    const index = this.#waiting.findIndex(
      ({ match }) =>
        (match.to === undefined || match.to === call.to) && (match.method === '*' || call.method === (match.method ?? 'messages')),
    );
    const found = this.#waiting[index];
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#waiting.splice(index, 1);
    return found.fault;
  }
}
