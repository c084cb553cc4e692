import { randomBytes } from 'node:crypto';
import { Held, type ReleaseOrder, Sleepers } from '../base/deliveries.ts';
import { type Posted, post } from '../base/http.ts';

export interface VkEvent {
  type: string;
  event_id: string;
  v: string;
  object: unknown;
  group_id: number;
}

export interface CallbackServer {
  id: number;
  url: string;
  title: string;
  secret: string;
  status: 'unconfigured' | 'failed' | 'wait' | 'ok';
  events: Set<string>;
  /** A server made by hand has a code of its own. */
  code: string | undefined;
}

/** VK repeats an event after these pauses, then gives it up. */
const REPEATS_MS = [10_000, 180_000, 600_000, 1_800_000, 3_600_000];
const MOST_AT_ONCE = 16;
const MAX_POLL_SECONDS = 90;
const ANSWER_TIMEOUT_MS = 10_000;

/** The events of one community and their two ways out: callback servers with repeats (`timeScale` shortens the pauses), and a long poll that keeps them. */
export class EventQueue {
  readonly servers = new Map<number, CallbackServer>();
  readonly made = new Map<string, VkEvent>();
  readonly counts = { events: 0, delivered: 0, polled: 0, givenUp: 0, attempts: 0, failedAttempts: 0 };
  longPollEvents = new Set<string>();
  readonly #groupId: number;
  readonly #timeScale: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #queue: (() => Promise<void>)[] = [];
  #log: VkEvent[] = [];
  #taken = 0;
  #key = newKey();
  #failNext: 1 | 2 | 3 | undefined;
  readonly #polls = new Sleepers();
  readonly #held = new Held<VkEvent>();
  #nextServer = 1;
  #codeNumber = 1;
  #pending = 0;
  #active = 0;
  #stopped = false;

  constructor(options: { groupId: number; timeScale: number }) {
    this.#groupId = options.groupId;
    this.#timeScale = options.timeScale;
  }

  get pendingCount(): number {
    return this.#pending + this.#held.size;
  }

  /** Of servers made through the API; changes whenever one of them does. */
  get confirmationCode(): string {
    return `c0de${this.#groupId}x${this.#codeNumber}`;
  }

  push(type: string, object: unknown): VkEvent {
    const event: VkEvent = { type, event_id: randomBytes(20).toString('hex'), v: '5.199', object, group_id: this.#groupId };
    this.made.set(event.event_id, event);
    this.counts.events += 1;
    if (!this.#held.keep(event)) this.#hand(event);
    return event;
  }

  hold(): void {
    this.#held.hold();
  }

  release(order: ReleaseOrder): void {
    const held = this.#held.end();
    if (order === 'reversed') held.reverse();
    // Callback events race each other anyhow; "given" and "reversed" send one after another.
    for (const event of held) this.#hand(event, order !== 'together');
  }

  addServer(given: { url: string; title: string; secret: string; code?: string }): CallbackServer {
    const server: CallbackServer = { code: undefined, ...given, id: this.#nextServer++, status: 'wait', events: new Set() };
    this.servers.set(server.id, server);
    this.#codeNumber += 1;
    return server;
  }

  changedServer(): void {
    this.#codeNumber += 1;
  }

  /** Asks a server for its code; only who answers it gets events. */
  async confirm(server: CallbackServer): Promise<void> {
    const code = server.code ?? this.confirmationCode;
    const answer = await this.#post(server.url, { type: 'confirmation', group_id: this.#groupId }, 0);
    if (this.servers.has(server.id)) server.status = answer.status === 200 && answer.text === code ? 'ok' : 'failed';
  }

  async redeliver(eventId: string): Promise<void> {
    const event = this.made.get(eventId);
    if (event === undefined) throw new Error('no such event');
    for (const server of this.servers.values()) await this.#post(server.url, { ...event, secret: server.secret }, 1);
  }

  session(): { key: string; ts: string } {
    return { key: this.#key, ts: String(this.#taken + this.#log.length) };
  }

  lose(failed: 1 | 2 | 3): void {
    this.#failNext = failed;
    if (failed !== 1) this.#key = newKey();
    this.#polls.wake();
  }

  /** A long poll. Events stay until a later `ts` has passed them for long; answering tells nothing about their being taken. */
  async poll(query: URLSearchParams, onGone: (forget: () => void) => void): Promise<Record<string, unknown>> {
    const from = Number(query.get('ts'));
    const failed = this.#failNext;
    this.#failNext = undefined;
    if (failed === 1) return { failed: 1, ts: Number(this.session().ts) };
    if (failed === 3) return { failed: 3 };
    if (failed === 2 || query.get('key') !== this.#key) return { failed: 2 };
    if (!Number.isSafeInteger(from) || from > this.#taken + this.#log.length) return { failed: 3 };
    const ready = () => this.#log.slice(Math.max(0, from - this.#taken));
    if (ready().length === 0) {
      const waitMs = Math.min(Number(query.get('wait') ?? 25), MAX_POLL_SECONDS) * 1000;
      await this.#polls.sleep(waitMs, onGone);
      if (this.#failNext !== undefined) return this.poll(query, onGone);
    }
    const updates = ready();
    this.counts.polled += updates.length;
    return { ts: String(from + updates.length), updates };
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#polls.wake();
  }

  #hand(event: VkEvent, inOrder = false): void {
    if (this.longPollEvents.has(event.type)) {
      this.#log.push(event);
      this.#polls.wake();
    }
    for (const server of this.servers.values()) {
      if (server.status !== 'ok' || !server.events.has(event.type)) continue;
      this.#pending += 1;
      this.#queue.push(() => this.#deliver(server, event, 0));
    }
    this.#work(inOrder ? 1 : MOST_AT_ONCE);
  }

  #work(most: number): void {
    while (this.#active < most) {
      const job = this.#queue.shift();
      if (job === undefined) return;
      this.#active += 1;
      void job().finally(() => {
        this.#active -= 1;
        this.#work(most);
      });
    }
  }

  async #deliver(server: CallbackServer, event: VkEvent, repeat: number): Promise<void> {
    const answer = await this.#post(server.url, { ...event, secret: server.secret }, repeat);
    const done = () => {
      this.#pending -= 1;
    };
    if (this.#stopped || !this.servers.has(server.id)) return done();
    if (answer.status === 200 && answer.text === 'ok') {
      this.counts.delivered += 1;
      return done();
    }
    if (answer.text === 'remove') this.servers.delete(server.id);
    this.counts.failedAttempts += 1;
    const pause = REPEATS_MS[repeat];
    if (pause === undefined) {
      this.counts.givenUp += 1;
      return done();
    }
    const honoured = [410, 429, 503].includes(answer.status) && answer.retryAfterSeconds > 0 && answer.retryAfterSeconds < 3 * 3600;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        void this.#deliver(server, event, repeat + 1);
      },
      (honoured ? answer.retryAfterSeconds * 1000 : pause) * this.#timeScale,
    );
    this.#timers.add(timer);
  }

  #post(url: string, body: object, repeat: number): Promise<Posted> {
    this.counts.attempts += 1;
    return post(url, JSON.stringify(body), repeat === 0 ? {} : { 'x-retry-counter': String(repeat) }, ANSWER_TIMEOUT_MS);
  }
}

function newKey(): string {
  return randomBytes(20).toString('hex');
}
