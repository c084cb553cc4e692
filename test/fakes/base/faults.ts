/** What a test asks to go wrong: which calls meet it, and what becomes of their connections. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Before or after the call was accepted. */
export type FaultMoment = 'before' | 'after';

/** What can happen to any call, whatever the messenger. */
export type Interruption = { type: 'stall'; ms: number; when: FaultMoment } | { type: 'drop'; when: FaultMoment };

/** Faults in the order they were asked for; a call meets the first that matches. */
export class Faults<Fault, Match extends { times?: number }, Call> {
  readonly #meets: (match: Partial<Match>, call: Call) => boolean;
  readonly #waiting: { fault: Fault; match: Partial<Match>; left: number }[] = [];

  constructor(meets: (match: Partial<Match>, call: Call) => boolean) {
    this.#meets = meets;
  }

  add(fault: Fault, match: Partial<Match> = {}, times = match.times ?? 1): void {
    this.#waiting.push({ fault, match, left: times });
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  /** Takes the fault this call meets, if any. */
  take(call: Call): Fault | undefined {
    const index = this.#waiting.findIndex(({ match }) => this.#meets(match, call));
    const found = this.#waiting[index];
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#waiting.splice(index, 1);
    return found.fault;
  }
}

/** Calls that lost their connection, counted. */
export interface Dropped {
  dropped: number;
}

/** What an interruption does before the call is accepted; true when that was all. */
export async function cutBefore(fault: Interruption, counts: Dropped, response: ServerResponse): Promise<boolean> {
  if (fault.when === 'after') return false;
  if (fault.type === 'stall') {
    await sleep(fault.ms);
    // The caller gave up meanwhile: `before` means that nothing was accepted.
    if (!response.destroyed) return false;
  }
  drop(counts, response);
  return true;
}

/** What a fault does once the call was accepted; true when its answer is lost. */
export async function cutAfter(fault: { type: string } | undefined, counts: Dropped, response: ServerResponse): Promise<boolean> {
  if (fault === undefined || !isInterruption(fault)) return false;
  if (fault.type === 'drop') drop(counts, response);
  else if (fault.when === 'after') await sleep(fault.ms);
  return fault.type === 'drop';
}

/** Answers a file; where the fault drops "after", the download ends in the middle. */
export function giveFile(
  fault: { type: string } | undefined,
  counts: Dropped,
  response: ServerResponse,
  { bytes, mime }: { bytes: Buffer; mime: string },
): void {
  response.writeHead(200, { 'content-type': mime, 'content-length': bytes.length });
  if (fault?.type !== 'drop') return void response.end(bytes);
  counts.dropped += 1;
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
}

function isInterruption(fault: { type: string }): fault is Interruption {
  return fault.type === 'stall' || fault.type === 'drop';
}

function drop(counts: Dropped, response: ServerResponse): void {
  counts.dropped += 1;
  response.destroy();
}
