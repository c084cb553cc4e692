/** How what happened at a messenger comes to us: held back by a test, posted in lanes and repeated, or waited for in long polls. */

export type ReleaseOrder = 'given' | 'reversed' | 'together';

/** What a test keeps back for a while. */
export class Held<Item> {
  #items: Item[] | undefined;

  get size(): number {
    return this.#items?.length ?? 0;
  }

  hold(): void {
    this.#items ??= [];
  }

  /** True when it was kept back. */
  keep(item: Item): boolean {
    this.#items?.push(item);
    return this.#items !== undefined;
  }

  /** Ends the holding; answers what was kept. */
  end(): Item[] {
    const items = this.#items ?? [];
    this.#items = undefined;
    return items;
  }
}

/** What was held in the order asked for. One lane for all keeps the reversed order; a lane each lets them race. */
export function inLanes<Item extends { lane: string }>(held: Item[], order: ReleaseOrder): Item[] {
  if (order === 'given') return held;
  if (order === 'reversed') return held.toReversed().map((item) => ({ ...item, lane: 'reversed' }));
  return held.map((item, index) => ({ ...item, lane: `together ${index}` }));
}

interface Waiting<Job> {
  job: Job;
  tries: number;
}

/**
 * Posts until they are taken (200) or their repeats are over. First tries of one lane go one after another, repeats whenever their time
 * comes, so that nothing promises an order. `timeScale` shortens the pauses.
 */
export class Deliveries<Job> {
  readonly #counts: { delivered: number; failedAttempts: number };
  readonly #post: (job: Job) => Promise<number>;
  readonly #repeatsMs: number[];
  readonly #pending = new Set<Waiting<Job>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #lanes = new Map<string, Promise<void>>();

  /** `post` answers the status, 0 for no answer; `counts` are counted on. */
  constructor(options: {
    counts: { delivered: number; failedAttempts: number };
    post(job: Job): Promise<number>;
    repeatsMs: readonly number[];
    timeScale: number;
  }) {
    this.#counts = options.counts;
    this.#post = options.post;
    this.#repeatsMs = options.repeatsMs.map((ms) => ms * options.timeScale);
  }

  get size(): number {
    return this.#pending.size;
  }

  add(job: Job, lane: string): void {
    const waiting = { job, tries: 0 };
    this.#pending.add(waiting);
    const before = this.#lanes.get(lane) ?? Promise.resolve();
    this.#lanes.set(
      lane,
      before.then(() => this.#deliver(waiting)),
    );
  }

  /** Gives these up. */
  forget(isMeant: (job: Job) => boolean): void {
    for (const waiting of this.#pending) if (isMeant(waiting.job)) this.#pending.delete(waiting);
  }

  forgetAll(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#pending.clear();
    this.#lanes.clear();
  }

  async #deliver(waiting: Waiting<Job>): Promise<void> {
    if (!this.#pending.has(waiting)) return;
    const status = await this.#post(waiting.job);
    if (!this.#pending.has(waiting)) return;
    if (status === 200) {
      this.#counts.delivered += 1;
      this.#pending.delete(waiting);
      return;
    }
    this.#counts.failedAttempts += 1;
    const waitMs = this.#repeatsMs[waiting.tries];
    waiting.tries += 1;
    if (waitMs === undefined) {
      this.#pending.delete(waiting);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#deliver(waiting);
    }, waitMs);
    this.#timers.add(timer);
  }
}

/** Long polls that wait for something to happen. */
export class Sleepers {
  readonly #ends = new Set<() => void>();

  /** Until woken, `waitMs` are over, or the caller has gone. */
  async sleep(waitMs: number, onGone: (forget: () => void) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#ends.delete(end);
        resolve();
      };
      const timer = setTimeout(end, waitMs);
      this.#ends.add(end);
      onGone(end);
    });
  }

  wake(): void {
    for (const end of this.#ends) end();
  }
}
