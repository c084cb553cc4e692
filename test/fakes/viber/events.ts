import { Agent, request } from 'undici';
import { sign } from './wire.ts';

interface Waiting {
  messageToken: string;
  body: string;
  tries: number;
}

/** "Several times within an hour", the first after about five seconds. */
const REPEATS_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000];
const ANSWER_TIMEOUT_MS = 30_000;
const agent = new Agent({ connections: 64, keepAliveTimeout: 10_000 });

/**
 * The events of one bot and their way out: first tries of a person's events go one after another, repeats whenever their time comes, so that nothing promises
 * an order. `timeScale` shortens the waits.
 */
export class EventQueue {
  readonly made = new Map<string, string>();
  readonly #token: string;
  readonly #timeScale: number;
  readonly #pending = new Set<Waiting>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #lanes = new Map<string, Promise<void>>();
  #held: { waiting: Waiting; lane: string }[] | undefined;
  webhook: string | undefined;
  readonly counts = { events: 0, delivered: 0, attempts: 0, failedAttempts: 0, answersWithBody: 0 };

  constructor(options: { token: string; timeScale: number }) {
    this.#token = options.token;
    this.#timeScale = options.timeScale;
  }

  get pendingCount(): number {
    return this.#pending.size + (this.#held?.length ?? 0);
  }

  push(messageToken: string, body: string, lane: string): void {
    this.made.set(messageToken, body);
    this.counts.events += 1;
    // Without a webhook an event is nobody's.
    if (this.webhook === undefined) return;
    const waiting = { messageToken, body, tries: 0 };
    if (this.#held !== undefined) this.#held.push({ waiting, lane });
    else this.#enqueue(waiting, lane);
  }

  hold(): void {
    this.#held ??= [];
  }

  release(order: 'given' | 'reversed' | 'together'): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    if (order === 'reversed') held.reverse();
    held.forEach(({ waiting, lane }, index) => {
      this.#enqueue(waiting, order === 'given' ? lane : order === 'reversed' ? 'reversed' : `together ${index}`);
    });
  }

  /** Changes the webhook; what waits is forgotten with the old one. */
  setWebhook(url: string | undefined): void {
    this.webhook = url;
    this.#forget();
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
    try {
      const answer = await request(address, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-viber-content-signature': signature },
        body,
        headersTimeout: ANSWER_TIMEOUT_MS,
      });
      if ((await answer.body.text()) !== '') this.counts.answersWithBody += 1;
      return answer.statusCode;
    } catch {
      // Refused, reset or too slow: all the same to Viber.
      return 0;
    }
  }

  stop(): void {
    this.webhook = undefined;
    this.#forget();
  }

  #forget(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#pending.clear();
    this.#lanes.clear();
  }

  #enqueue(waiting: Waiting, lane: string): void {
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
