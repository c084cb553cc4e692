import { Deliveries, Held, inLanes, type ReleaseOrder, Sleepers } from '../base/deliveries.ts';
import { post } from '../base/http.ts';

export interface Subscription {
  url: string;
  time: number;
  updateTypes: Set<string>;
  secret: string | undefined;
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

/**
 * The updates of one bot and their two ways out: subscriptions, each with repeats (`timeScale` shortens the pauses), or, without any, a long poll that keeps
 * them until a later marker commits them. First tries of one chat go one after another, repeats whenever their time comes.
 */
export class EventQueue {
  readonly subscriptions = new Map<string, Subscription>();
  readonly made = new Map<string, Update>();
  readonly counts = { events: 0, delivered: 0, attempts: 0, failedAttempts: 0, polled: 0 };
  readonly #deliveries: Deliveries<{ subscription: Subscription; body: string }>;
  readonly #polls = new Sleepers();
  readonly #held = new Held<{ update: Update; lane: string }>();
  #log: Update[] = [];
  /** How many updates were committed; the marker of the log's first one. */
  #committed = 0n;

  constructor(options: { timeScale: number }) {
    this.#deliveries = new Deliveries({
      counts: this.counts,
      post: ({ subscription, body }) => this.#post(subscription, body),
      repeatsMs: REPEATS_MS,
      timeScale: options.timeScale,
    });
  }

  get pendingCount(): number {
    return this.#deliveries.size + this.#held.size;
  }

  push(type: string, body: string, fields: Record<string, unknown>, lane: string): string {
    const key = `u${this.made.size + 1}`;
    const update = { type, body, fields };
    this.made.set(key, update);
    this.counts.events += 1;
    if (!this.#held.keep({ update, lane })) this.#hand(update, lane);
    return key;
  }

  hold(): void {
    this.#held.hold();
  }

  release(order: ReleaseOrder): void {
    for (const { update, lane } of inLanes(this.#held.end(), order)) this.#hand(update, lane);
  }

  /** Ends a subscription; what waits for it is forgotten. */
  unsubscribe(url: string): boolean {
    this.#deliveries.forget(({ subscription }) => subscription.url === url);
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
    if (ready().length === 0) await this.#polls.sleep(options.waitMs, options.onGone);
    const taken = ready();
    const wanted = taken.filter(({ type }) => options.types === undefined || options.types.has(type));
    this.counts.polled += wanted.length;
    return { updates: wanted.map(({ fields }) => fields), marker: FIRST_MARKER + this.#committed + BigInt(taken.length) };
  }

  stop(): void {
    this.subscriptions.clear();
    this.#deliveries.forgetAll();
    this.#polls.wake();
  }

  #hand(update: Update, lane: string): void {
    if (this.subscriptions.size === 0) {
      this.#log.push(update);
      this.#polls.wake();
      return;
    }
    for (const subscription of this.subscriptions.values()) {
      if (!subscription.updateTypes.has(update.type)) continue;
      this.#deliveries.add({ subscription, body: update.body }, `${subscription.url} ${lane}`);
    }
  }

  /** One post; answers the status, 0 for no answer. */
  async #post({ url, secret }: Subscription, body: string): Promise<number> {
    this.counts.attempts += 1;
    const proof: Record<string, string> = secret === undefined ? {} : { 'x-max-bot-api-secret': secret };
    return (await post(url, body, proof, ANSWER_TIMEOUT_MS)).status;
  }
}
