import { Deliveries, Held, inLanes, type ReleaseOrder } from '../base/deliveries.ts';
import { post } from '../base/http.ts';
import { sign } from './wire.ts';

/** "Several times within an hour", the first after about five seconds. */
const REPEATS_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000];
const ANSWER_TIMEOUT_MS = 30_000;

/**
 * The events of one bot and their way out: first tries of a person's events go one after another, repeats whenever their time comes, so that nothing promises
 * an order. `timeScale` shortens the waits.
 */
export class EventQueue {
  readonly made = new Map<string, string>();
  readonly #token: string;
  readonly #deliveries: Deliveries<{ url: string; body: string }>;
  readonly #held = new Held<{ body: string; lane: string }>();
  webhook: string | undefined;
  readonly counts = { events: 0, delivered: 0, attempts: 0, failedAttempts: 0, answersWithBody: 0 };

  constructor(options: { token: string; timeScale: number }) {
    this.#token = options.token;
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

  push(messageToken: string, body: string, lane: string): void {
    this.made.set(messageToken, body);
    this.counts.events += 1;
    // Without a webhook an event is nobody's.
    if (this.webhook === undefined) return;
    if (!this.#held.keep({ body, lane })) this.#enqueue(body, lane);
  }

  hold(): void {
    this.#held.hold();
  }

  release(order: ReleaseOrder): void {
    for (const { body, lane } of inLanes(this.#held.end(), order)) this.#enqueue(body, lane);
  }

  /** Changes the webhook; what waits is forgotten with the old one. */
  setWebhook(url: string | undefined): void {
    this.webhook = url;
    this.#deliveries.forgetAll();
  }

  async redeliver(messageToken: string): Promise<number> {
    const body = this.made.get(messageToken);
    if (body === undefined || this.webhook === undefined) throw new Error('no such event, or no webhook to post it to');
    return await this.post(this.webhook, body);
  }

  /** One signed post; answers the status, 0 for no answer. */
  async post(url: string, body: string): Promise<number> {
    this.counts.attempts += 1;
    const signature = sign(this.#token, body);
    const address = new URL(url);
    address.searchParams.set('sig', signature);
    const { status, text } = await post(address, body, { 'x-viber-content-signature': signature }, ANSWER_TIMEOUT_MS);
    if (text !== '') this.counts.answersWithBody += 1;
    return status;
  }

  stop(): void {
    this.webhook = undefined;
    this.#deliveries.forgetAll();
  }

  #enqueue(body: string, lane: string): void {
    if (this.webhook !== undefined) this.#deliveries.add({ url: this.webhook, body }, lane);
  }
}
