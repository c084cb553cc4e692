import { Agent, request } from 'undici';
import { sign, toWire } from './wire.ts';

interface Waiting {
  /** Messages whose changes stand in it. */
  ids: string[];
  body: string;
  tries: number;
}
interface Held {
  id: string;
  change: Record<string, unknown>;
  lane: string;
}

/** Decreasing frequency over days; the first repeats come soon. */
const REPEATS_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000];
const ANSWER_TIMEOUT_MS = 20_000;
const agent = new Agent({ connections: 64, keepAliveTimeout: 10_000 });

/**
 * The deliveries of one number and their way out: first tries of a person's go one after another, repeats whenever their time comes, so that nothing promises
 * an order. `timeScale` shortens the waits.
 */
export class EventQueue {
  readonly made = new Map<string, string>();
  readonly #appSecret: string;
  readonly #businessAccountId: string;
  readonly #timeScale: number;
  readonly #pending = new Set<Waiting>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #lanes = new Map<string, Promise<void>>();
  #held: Held[] | undefined;
  webhook: string | undefined;
  readonly counts = { events: 0, delivered: 0, attempts: 0, failedAttempts: 0 };

  constructor(options: { appSecret: string; businessAccountId: string; timeScale: number }) {
    this.#appSecret = options.appSecret;
    this.#businessAccountId = options.businessAccountId;
    this.#timeScale = options.timeScale;
  }

  get pendingCount(): number {
    return this.#pending.size + (this.#held?.length ?? 0);
  }

  push(id: string, change: Record<string, unknown>, lane: string): void {
    this.made.set(id, this.#bodyOf([change]));
    if (this.webhook === undefined) return;
    if (this.#held !== undefined) this.#held.push({ id, change, lane });
    else this.#enqueue([id], [change], lane);
  }

  hold(): void {
    this.#held ??= [];
  }

  release(order: 'given' | 'reversed' | 'together' | 'batched'): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    if (order === 'batched') {
      if (held.length === 0) return;
      this.#enqueue(
        held.map(({ id }) => id),
        held.map(({ change }) => change),
        'batched',
      );
      return;
    }
    if (order === 'reversed') held.reverse();
    held.forEach(({ id, change, lane }, index) => {
      this.#enqueue([id], [change], order === 'given' ? lane : order === 'reversed' ? 'reversed' : `together ${index}`);
    });
  }

  /** Changes the webhook; what waits is forgotten with the old one. */
  setWebhook(url: string | undefined): void {
    this.webhook = url;
    this.#forget();
  }

  async redeliver(id: string): Promise<number> {
    const body = this.made.get(id);
    if (body === undefined || this.webhook === undefined) throw new Error('no such delivery, or no webhook to post it to');
    return await this.post(this.webhook, body);
  }

  /** One signed post; answers the status, 0 for no answer. */
  async post(url: string, body: string): Promise<number> {
    this.counts.attempts += 1;
    try {
      const answer = await request(url, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(this.#appSecret, body) },
        body,
        headersTimeout: ANSWER_TIMEOUT_MS,
      });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return 0;
    }
  }

  stop(): void {
    this.setWebhook(undefined);
  }

  #bodyOf(changes: Record<string, unknown>[]): string {
    // Changes of one account may come as several entries or as one; both must be read.
    const entries = changes.length > 2 ? [changes.slice(0, 2), changes.slice(2)] : [changes];
    return toWire({
      object: 'whatsapp_business_account',
      entry: entries.map((some) => ({ id: this.#businessAccountId, changes: some })),
    });
  }

  #forget(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#pending.clear();
    this.#lanes.clear();
  }

  #enqueue(ids: string[], changes: Record<string, unknown>[], lane: string): void {
    const waiting = { ids, body: this.#bodyOf(changes), tries: 0 };
    for (const id of ids) this.made.set(id, waiting.body);
    this.counts.events += 1;
    this.#pending.add(waiting);
    const after = (this.#lanes.get(lane) ?? Promise.resolve()).then(() => this.#deliver(waiting));
    this.#lanes.set(lane, after);
  }

  async #deliver(waiting: Waiting): Promise<void> {
    if (this.webhook === undefined || !this.#pending.has(waiting)) return;
    const status = await this.post(this.webhook, waiting.body);
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
}
