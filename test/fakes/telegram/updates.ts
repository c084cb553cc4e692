import { Held, inLanes, type ReleaseOrder } from '../base/deliveries.ts';
import { type Posted, post } from '../base/http.ts';
import { ApiFailure } from './failure.ts';

export interface Update {
  update_id: number;
  [kind: string]: unknown;
}

export interface Webhook {
  url: string;
  secretToken: string | undefined;
  maxConnections: number;
}

interface Waiting {
  update: Update;
  /** Telegram keeps order per key only: messages of a chat, presses of a person, memberships. */
  lane: string;
  tries: number;
}

interface Poll {
  offset: number | undefined;
  limit: number;
  answer: (updates: Update[]) => void;
  refuse: (failure: ApiFailure) => void;
}

const MAX_POLL_SECONDS = 50;
const ANSWER_TIMEOUT_MS = 60_000;

/**
 * The updates of one bot and their two ways out. A webhook is retried after 1 s, doubling, with an upper bound drawn between 60 and 120 s; any 2xx
 * acknowledges; Retry-After is honoured. `timeScale` shortens all of these waits.
 */
export class UpdateQueue {
  readonly made = new Map<number, Update>();
  readonly #pending = new Map<number, Waiting>();
  readonly #lanes = new Map<string, Waiting[]>();
  readonly #ready: string[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #timeScale: number;
  #nextId: number;
  #poll: Poll | undefined;
  readonly #held = new Held<Waiting>();
  #active = 0;
  #stopped = false;
  webhook: Webhook | undefined;
  allowed: Set<string> | undefined;
  lastError: { at: number; message: string } | undefined;
  readonly counts = { updates: 0, delivered: 0, polled: 0, attempts: 0, failedAttempts: 0, answersWithBody: 0 };

  constructor(options: { firstId: number; timeScale: number }) {
    this.#nextId = options.firstId;
    this.#timeScale = options.timeScale;
  }

  get pendingCount(): number {
    return this.#pending.size + this.#held.size;
  }

  /** Makes an update; one of a kind the bot did not ask for is made, remembered, and given to nobody. */
  push(content: Record<string, unknown>, lane: string): Update {
    const update: Update = { update_id: this.#nextId++, ...content };
    this.made.set(update.update_id, update);
    this.counts.updates += 1;
    const kind = Object.keys(content)[0] ?? '';
    if (this.allowed !== undefined && !this.allowed.has(kind)) return update;
    const waiting = { update, lane, tries: 0 };
    if (!this.#held.keep(waiting)) this.#add(waiting);
    return update;
  }

  hold(): void {
    this.#held.hold();
  }

  release(order: ReleaseOrder): void {
    // Who polls gets them as they were made.
    for (const waiting of inLanes(this.#held.end(), this.webhook === undefined ? 'given' : order)) this.#add(waiting);
  }

  setWebhook(webhook: Webhook | undefined, dropPending: boolean): void {
    this.webhook = webhook;
    this.lastError = undefined;
    this.#lanes.clear();
    this.#ready.length = 0;
    if (dropPending) this.#pending.clear();
    if (webhook === undefined) return;
    this.#poll?.refuse(conflict('terminated by setWebhook request'));
    this.#poll = undefined;
    for (const waiting of this.#pending.values()) this.#enqueue(waiting);
  }

  /** A long poll; ends early with 409 when another one begins or a webhook is set. `onGone` registers what to do when the poller hangs up. */
  poll(
    options: { offset: number | undefined; limit: number; timeoutSeconds: number },
    onGone: (forget: () => void) => void,
  ): Promise<Update[]> {
    if (this.webhook !== undefined) {
      throw conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first");
    }
    this.#poll?.refuse(conflict('terminated by other getUpdates request; make sure that only one bot instance is running'));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => poll.answer([]), Math.min(options.timeoutSeconds, MAX_POLL_SECONDS) * 1000);
      const end = (action: () => void) => {
        clearTimeout(timer);
        if (this.#poll === poll) this.#poll = undefined;
        action();
      };
      const poll: Poll = {
        offset: options.offset,
        limit: Math.max(1, Math.min(options.limit, 100)),
        answer: (updates) => end(() => resolve(updates)),
        refuse: (failure) => end(() => reject(failure)),
      };
      this.#poll = poll;
      onGone(() => end(() => resolve([])));
      this.#forget(poll);
      const ready = this.#visible(poll);
      if (ready.length > 0 || options.timeoutSeconds <= 0) poll.answer(ready);
    });
  }

  /** Posts an update outside of every order. */
  async redeliver(updateId: number): Promise<number> {
    const update = this.made.get(updateId);
    if (update === undefined || this.webhook === undefined) throw new Error('no such update, or no webhook to post it to');
    return (await this.#post(this.webhook, update)).status;
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#poll?.answer([]);
  }

  #add(waiting: Waiting): void {
    this.#pending.set(waiting.update.update_id, waiting);
    if (this.webhook !== undefined) this.#enqueue(waiting);
    else if (this.#poll !== undefined) this.#poll.answer(this.#visible(this.#poll));
  }

  /** An offset acknowledges everything before it. One that lies far ahead is taken for a mistake, as Telegram does. */
  #forget(poll: Poll): void {
    if (poll.offset === undefined || poll.offset > this.#nextId + 10) {
      poll.offset = undefined;
      return;
    }
    if (poll.offset < 0) poll.offset = [...this.#pending.keys()].at(poll.offset) ?? undefined;
    for (const id of this.#pending.keys()) {
      if (poll.offset === undefined || id >= poll.offset) break;
      this.#pending.delete(id);
      this.counts.polled += 1;
    }
  }

  #visible(poll: Poll): Update[] {
    const found: Update[] = [];
    for (const { update } of this.#pending.values()) {
      if (found.length === poll.limit) break;
      found.push(update);
    }
    return found;
  }

  #enqueue(waiting: Waiting): void {
    const lane = this.#lanes.get(waiting.lane);
    if (lane !== undefined) {
      lane.push(waiting);
      return;
    }
    this.#lanes.set(waiting.lane, [waiting]);
    this.#ready.push(waiting.lane);
    this.#work();
  }

  #work(): void {
    while (this.webhook !== undefined && this.#active < this.webhook.maxConnections) {
      const key = this.#ready.shift();
      if (key === undefined) return;
      const waiting = this.#lanes.get(key)?.[0];
      if (waiting === undefined) continue;
      this.#active += 1;
      void this.#deliver(this.webhook, waiting).finally(() => {
        this.#active -= 1;
        this.#work();
      });
    }
  }

  async #deliver(webhook: Webhook, waiting: Waiting): Promise<void> {
    const answer = await this.#post(webhook, waiting.update);
    if (this.#stopped || this.webhook !== webhook) return;
    if (answer.status >= 200 && answer.status < 300) {
      this.counts.delivered += 1;
      this.#pending.delete(waiting.update.update_id);
      const lane = this.#lanes.get(waiting.lane);
      if (lane?.[0] !== waiting) return;
      lane.shift();
      if (lane.length === 0) this.#lanes.delete(waiting.lane);
      else this.#ready.push(waiting.lane);
      return;
    }
    this.counts.failedAttempts += 1;
    this.lastError = {
      at: Date.now(),
      message: answer.status === 0 ? 'Connection refused' : `Wrong response from the webhook: ${answer.status}`,
    };
    const growing = Math.min(1000 * 2 ** waiting.tries, 60_000 + Math.random() * 60_000);
    waiting.tries += 1;
    const waitMs = (answer.retryAfterSeconds > 0 ? Math.min(answer.retryAfterSeconds, 3600) * 1000 : growing) * this.#timeScale;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.webhook !== webhook) return;
      this.#ready.push(waiting.lane);
      this.#work();
    }, waitMs);
    this.#timers.add(timer);
  }

  async #post({ url, secretToken }: Webhook, update: Update): Promise<Posted> {
    this.counts.attempts += 1;
    const proof: Record<string, string> = secretToken === undefined ? {} : { 'x-telegram-bot-api-secret-token': secretToken };
    const answer = await post(url, JSON.stringify(update), proof, ANSWER_TIMEOUT_MS);
    if (answer.text !== '') this.counts.answersWithBody += 1;
    return answer;
  }
}

function conflict(words: string): ApiFailure {
  return new ApiFailure(409, `Conflict: ${words}`);
}
