import { Deliveries, Held, inLanes, type ReleaseOrder } from '../base/deliveries.ts';
import { post } from '../base/http.ts';
import { sign, toWire } from './wire.ts';

interface Change {
  id: string;
  change: Record<string, unknown>;
  lane: string;
}

/** Decreasing frequency over days; the first repeats come soon. */
const REPEATS_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000];
const ANSWER_TIMEOUT_MS = 20_000;

/**
 * The deliveries of one number and their way out: first tries of a person's go one after another, repeats whenever their time comes, so that nothing promises
 * an order. `timeScale` shortens the waits.
 */
export class EventQueue {
  readonly made = new Map<string, string>();
  readonly #appSecret: string;
  readonly #businessAccountId: string;
  readonly #deliveries: Deliveries<{ url: string; body: string }>;
  readonly #held = new Held<Change>();
  webhook: string | undefined;
  readonly counts = { events: 0, delivered: 0, attempts: 0, failedAttempts: 0 };

  constructor(options: { appSecret: string; businessAccountId: string; timeScale: number }) {
    this.#appSecret = options.appSecret;
    this.#businessAccountId = options.businessAccountId;
    this.#deliveries = new Deliveries({
      counts: this.counts,
      post: ({ url, body }) => this.post(url, body),
      repeatsMs: REPEATS_MS,
      timeScale: options.timeScale,
    });
  }

  get pendingCount(): number {
    return this.#deliveries.size + this.#held.size;
  }

  push(id: string, change: Record<string, unknown>, lane: string): void {
    this.made.set(id, this.#bodyOf([change]));
    if (this.webhook === undefined) return;
    if (!this.#held.keep({ id, change, lane })) this.#enqueue([{ id, change }], lane);
  }

  hold(): void {
    this.#held.hold();
  }

  release(order: ReleaseOrder | 'batched'): void {
    const held = this.#held.end();
    if (order === 'batched') {
      if (held.length > 0) this.#enqueue(held, 'batched');
      return;
    }
    for (const one of inLanes(held, order)) this.#enqueue([one], one.lane);
  }

  /** Changes the webhook; what waits is forgotten with the old one. */
  setWebhook(url: string | undefined): void {
    this.webhook = url;
    this.#deliveries.forgetAll();
  }

  async redeliver(id: string): Promise<number> {
    const body = this.made.get(id);
    if (body === undefined || this.webhook === undefined) throw new Error('no such delivery, or no webhook to post it to');
    return await this.post(this.webhook, body);
  }

  /** One signed post; answers the status, 0 for no answer. */
  async post(url: string, body: string): Promise<number> {
    this.counts.attempts += 1;
    return (await post(url, body, { 'x-hub-signature-256': sign(this.#appSecret, body) }, ANSWER_TIMEOUT_MS)).status;
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

  #enqueue(changes: Pick<Change, 'id' | 'change'>[], lane: string): void {
    const body = this.#bodyOf(changes.map(({ change }) => change));
    for (const { id } of changes) this.made.set(id, body);
    this.counts.events += 1;
    if (this.webhook !== undefined) this.#deliveries.add({ url: this.webhook, body }, lane);
  }
}
