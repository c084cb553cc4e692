import { Agent, request } from 'undici';

export interface Subscription {
  url: string;
  time: number;
  updateTypes: Set<string>;
  secret: string | undefined;
}

interface Waiting {
  subscription: Subscription;
  body: string;
  tries: number;
}

interface Update {
  type: string;
  body: string;
  fields: Record<string, unknown>;
}

/** Pauses grow until some eight hours are over. */
const REPEATS_MS = [60_000, 150_000, 375_000, 937_500, 2_343_750, 5_859_375, 14_648_437];
const ANSWER_TIMEOUT_MS = 30_000;
/** Markers are int64: neighbours differ by less than a JavaScript number can tell at this size. */
const FIRST_MARKER = 25_493_970_000_000_001n;

const agent = new Agent({ connections: 64, keepAliveTimeout: 10_000 });

/**
 * The updates of one bot and their two ways out: subscriptions, each with repeats (`timeScale` shortens the pauses), or, without any, a long poll that keeps
 * them until a later marker commits them. First tries of one chat go one after another, repeats whenever their time comes.
 */
export class EventQueue {
  readonly subscriptions = new Map<string, Subscription>();
  readonly made = new Map<string, Update>();
  readonly counts = { events: 0, delivered: 0, attempts: 0, failedAttempts: 0, polled: 0 };
  readonly #timeScale: number;
  readonly #pending = new Set<Waiting>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #polls = new Set<() => void>();
  #log: Update[] = [];
  /** How many updates were committed; the marker of the log's first one. */
  #committed = 0n;
  #held: { update: Update; lane: string }[] | undefined;

  constructor(options: { timeScale: number }) {
    this.#timeScale = options.timeScale;
  }

  get pendingCount(): number {
    return this.#pending.size + (this.#held?.length ?? 0);
  }

  push(type: string, body: string, fields: Record<string, unknown>, lane: string): string {
    const key = `u${this.made.size + 1}`;
    const update = { type, body, fields };
    this.made.set(key, update);
    this.counts.events += 1;
    if (this.#held !== undefined) this.#held.push({ update, lane });
    else this.#hand(update, lane);
    return key;
  }

  hold(): void {
    this.#held ??= [];
  }

  release(order: 'given' | 'reversed' | 'together'): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    if (order === 'reversed') held.reverse();
    held.forEach(({ update, lane }, index) => {
      this.#hand(update, order === 'given' ? lane : order === 'reversed' ? 'reversed' : `together ${index}`);
    });
  }

  /** Ends a subscription; what waits for it is forgotten. */
  unsubscribe(url: string): boolean {
    for (const waiting of this.#pending) if (waiting.subscription.url === url) this.#pending.delete(waiting);
    return this.subscriptions.delete(url);
  }

  async redeliver(key: string): Promise<number[]> {
    const update = this.made.get(key);
    if (update === undefined) throw new Error('no such update');
    return await Promise.all([...this.subscriptions.values()].map((subscription) => this.#post(subscription, update.body)));
  }

  /** One long poll. A marker commits what lies before it; without one the poll begins at the last commitment. */
  async poll(options: {
    marker: bigint | undefined;
    limit: number;
    waitMs: number;
    types: Set<string> | undefined;
    onGone: (forget: () => void) => void;
  }): Promise<{ updates: Record<string, unknown>[]; marker: bigint }> {
    const first = FIRST_MARKER + this.#committed;
    const from = options.marker === undefined || options.marker < first ? 0 : Number(options.marker - first);
    if (from > 0) {
      const passed = Math.min(from, this.#log.length);
      this.#log = this.#log.slice(passed);
      this.#committed += BigInt(passed);
    }
    const ready = () => this.#log.slice(0, options.limit);
    if (ready().length === 0) {
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          this.#polls.delete(end);
          resolve();
        };
        const timer = setTimeout(end, options.waitMs);
        this.#polls.add(end);
        options.onGone(end);
      });
    }
    const taken = ready();
    const wanted = taken.filter(({ type }) => options.types === undefined || options.types.has(type));
    this.counts.polled += wanted.length;
    return { updates: wanted.map(({ fields }) => fields), marker: FIRST_MARKER + this.#committed + BigInt(taken.length) };
  }

  stop(): void {
    this.subscriptions.clear();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#pending.clear();
    for (const wake of this.#polls) wake();
  }

  #hand(update: Update, lane: string): void {
    if (this.subscriptions.size === 0) {
      this.#log.push(update);
      for (const wake of this.#polls) wake();
      return;
    }
    for (const subscription of this.subscriptions.values()) {
      if (!subscription.updateTypes.has(update.type)) continue;
      const waiting = { subscription, body: update.body, tries: 0 };
      this.#pending.add(waiting);
      const name = `${subscription.url} ${lane}`;
      this.#lanes.set(
        name,
        (this.#lanes.get(name) ?? Promise.resolve()).then(() => this.#deliver(waiting)),
      );
    }
  }

  async #deliver(waiting: Waiting): Promise<void> {
    if (!this.#pending.has(waiting)) return;
    const status = await this.#post(waiting.subscription, waiting.body);
    if (!this.#pending.has(waiting)) return;
    if (status === 200) {
      this.counts.delivered += 1;
      this.#pending.delete(waiting);
      return;
    }
    this.counts.failedAttempts += 1;
    const waitMs = REPEATS_MS[waiting.tries];
    waiting.tries += 1;
    if (waitMs === undefined) {
      this.#pending.delete(waiting);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#deliver(waiting);
    }, waitMs * this.#timeScale);
    this.#timers.add(timer);
  }

  /** One post; answers the status, 0 for no answer. */
  async #post({ url, secret }: Subscription, body: string): Promise<number> {
    this.counts.attempts += 1;
    try {
      const answer = await request(url, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(secret === undefined ? {} : { 'x-max-bot-api-secret': secret }) },
        body,
        headersTimeout: ANSWER_TIMEOUT_MS,
      });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      // Refused, reset or too slow: all the same to MAX.
      return 0;
    }
  }
}
