import { randomBytes, randomInt } from 'node:crypto';
import { expect } from 'vitest';
import type { ClientContent, ClientOptions, TranscriptItem } from '../fakes/telegram/types.ts';
import { eventually, type World } from './world.ts';

export interface Conversation {
  number: number;
  chatId: string;
  status: string;
  isRead: boolean;
  unread: number;
  contact: { id: number; name: string };
  entity: { type: string; id: number; name: string } | null;
  bot: { runId: string; name: string } | null;
  waitingSince: number | null;
  missedAt: number | null;
}
export interface RunItem {
  id: string;
  bot: { id: number; name: string };
  version: number;
  status: string;
  outcome: string | null;
  outcomeWords: string;
  listens: boolean;
  wait: { step: number | null; waits: string; until: number | null; question: string | null } | null;
  startedBy: { kind: string; id: number | null };
  endedBy: { kind: string; id: number | null } | null;
}
export interface MessageItem {
  id: string;
  text: string;
  previousText: string | null;
  direction: 'in' | 'out';
  author: { kind: string; id: number | null };
  status: string;
  statusWords: string;
  key: string | null;
  attachments: { kind: string; name: string; url: string | null; copy: string; copyWords: string; mime: string }[];
  buttons: { type: string; label: string }[];
  extra: Record<string, unknown>;
  parts: { index: number; status: string; words: string }[];
}

export type Steps = Record<string, unknown>;

/** What tests say shortly. */
export const goto = (step: number, type = 'question') => ({ handler: 'goto', params: { type, step } });
export const say = (text: string, more: object = {}) => ({ handler: 'send_message', params: { type: 'external', text, ...more } });
export const ask = (text: string, labels: string[], more: object = {}) =>
  say(text, { buttons: labels.map((label) => ({ type: 'inline', text: label })), ...more });
export const choose = (options: Record<string, unknown[]>) => [
  {
    handler: 'buttons',
    params: Object.entries(options).map(([value, params]) => (value === 'else' ? { type: 'else', params } : { value, params })),
  },
];
export const timer = (seconds: number, step: number) => ({
  handler: 'waits',
  params: {
    logic: 'or',
    conditions: [{ event: { source: 'timer', action: 'ended', delay: seconds }, action: { type: 'question', step } }],
  },
});
/** A bot that asks one question, with an answer for each button and one for all else. */
export const CITY = {
  0: { question: [ask('Which city?', ['North', 'South'])], answer: choose({ North: [goto(1)], South: [goto(2)], else: [goto(3)] }) },
  1: { question: [say('North it is')] },
  2: { question: [say('South it is')] },
  3: { question: [say('Else {{message_text}}')] },
  conversation: false,
};
export const act = (name: string, params: object) => ({ handler: 'action', params: { name, params } });

/** A Telegram bot of its own, connected as a channel, so that tests in parallel meet nobody else's clients and triggers. */
export class Line {
  readonly world: World;
  readonly token: string;
  readonly apiToken: string;
  channelId = 0;
  webhookUrl = '';

  constructor(world: World, token: string, apiToken: string) {
    this.world = world;
    this.token = token;
    this.apiToken = apiToken;
  }

  static async connect(world: World, options: { receive?: 'webhook' | 'polling'; apiToken?: string } = {}): Promise<Line> {
    const { token } = await world.fake.control.addBot({ token: newBotToken() });
    const line = new Line(world, token, options.apiToken ?? world.token);
    const answer = await line.call<{ id: number; webhookUrl: string }>('POST', '/api/channels', {
      type: 'telegram',
      name: 'Acceptance',
      credentials: { token },
      apiRoot: world.fake.url,
      receive: options.receive ?? 'webhook',
    });
    expect(answer.status, answer.text).toBe(201);
    line.channelId = answer.body.id;
    line.webhookUrl = answer.body.webhookUrl;
    return line;
  }

  call<Body = Record<string, unknown>>(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
    return this.world.call<Body>(method, path, body, { token: this.apiToken, ...(headers === undefined ? {} : { headers }) });
  }

  /** Like `call`, for calls that must succeed. */
  async must<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Body> {
    const answer = await this.call<Body>(method, path, body, headers);
    expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
    return answer.body;
  }

  /** Imports and publishes a bot; its triggers hear this line only. */
  async bot(
    steps: unknown,
    options: { on?: { type: string; filter?: object; cooldownSeconds?: number }[] | string; settings?: object } = {},
  ): Promise<number> {
    const { id } = await this.must<{ id: number }>('POST', '/api/bots/import', steps);
    if (options.settings !== undefined) await this.must('PATCH', `/api/bots/${id}`, { settings: options.settings });
    await this.must('POST', `/api/bots/${id}/publish`, { acceptWarnings: true });
    const on = typeof options.on === 'string' ? [{ type: options.on }] : (options.on ?? []);
    const triggers = on.map(({ filter, ...rest }) => ({ ...rest, filter: { ...filter, channelIds: [this.channelId] } }));
    if (triggers.length > 0) await this.must('PUT', `/api/bots/${id}/triggers`, triggers);
    return id;
  }

  client(options: ClientOptions = {}): Client {
    return new Client(this, options);
  }
}

export const newBotToken = () => `${randomInt(1_000_000, 2_000_000_000)}:LOCAL-${randomBytes(12).toString('hex')}`;

/** One person in Telegram, seen from both sides: what they do there, and what the API tells of them. */
export class Client {
  readonly line: Line;
  readonly id: number;
  private readonly options: ClientOptions;

  constructor(line: Line, options: ClientOptions) {
    this.line = line;
    this.id = randomInt(10_000_000, 2_000_000_000);
    this.options = { token: line.token, ...options };
  }

  private get control() {
    return this.line.world.fake.control;
  }

  write(text: string, options: ClientOptions = {}) {
    return this.control.clientWrites(this.id, text, { ...this.options, ...options });
  }
  edit(messageId: number, text: string) {
    return this.control.clientEdits(this.id, messageId, text, this.options);
  }
  sends(content: ClientContent) {
    return this.control.clientSends(this.id, content, this.options);
  }
  press(label: string, messageId: number | 'last' = 'last') {
    return this.control.clientPresses(this.id, messageId, label, this.options);
  }
  pressData(messageId: number, data: string) {
    return this.control.clientPressesData(this.id, messageId, data, this.options);
  }
  block() {
    return this.control.block(this.id, { token: this.line.token });
  }
  unblock() {
    return this.control.unblock(this.id, { token: this.line.token });
  }
  get fault() {
    return { chatId: this.id, token: this.line.token };
  }

  /** Waits for so many messages of the other side. */
  got(count: number, timeoutMs = 15_000): Promise<TranscriptItem[]> {
    return this.control.waitForSent(this.id, count, { token: this.line.token, timeoutMs });
  }
  sent(): Promise<TranscriptItem[]> {
    return this.control.sentTo(this.id, { token: this.line.token });
  }
  /** Waits for so many and answers their texts. */
  async texts(count: number, timeoutMs = 15_000): Promise<string[]> {
    return (await this.got(count, timeoutMs)).map(({ text }) => text);
  }

  /** The conversations of this person: of this line, by the external name in the contact. */
  async conversations(): Promise<Conversation[]> {
    const pages = ['all', 'closed'].map((view) =>
      this.line.must<{ items: Conversation[] }>('GET', `/api/conversations?view=${view}&limit=200&channel=${this.line.channelId}`),
    );
    const items = (await Promise.all(pages)).flatMap(({ items }) => items);
    const { name = `Client ${this.id}`, lastName } = this.options;
    const whole = lastName === undefined ? name : `${name} ${lastName}`;
    return items.filter(({ contact }) => contact.name === whole).sort((a, b) => b.number - a.number);
  }
  /** Waits until the latest conversation is there and holds. */
  async talk(holds: (talk: Conversation) => boolean = () => true): Promise<Conversation> {
    const found = await eventually(
      async () => (await this.conversations())[0],
      (talk) => talk !== undefined && holds(talk),
    );
    return found!;
  }
  /** All runs on this person's lead, newest first, once they hold. */
  async runs(holds: (runs: RunItem[]) => boolean = (runs) => runs.length > 0): Promise<RunItem[]> {
    const talk = await this.talk();
    return eventually(
      async () => (await this.line.must<{ items: RunItem[] }>('GET', `/api/leads/${talk.entity!.id}/runs?state=all`)).items,
      holds,
    );
  }
  async messages(holds: (messages: MessageItem[]) => boolean = () => true): Promise<MessageItem[]> {
    const talk = await this.talk();
    return eventually(
      async () =>
        (await this.line.must<{ items: MessageItem[] }>('GET', `/api/conversations/${talk.number}/messages?order=asc&limit=200`)).items,
      holds,
    );
  }
  async reply(text: string, headers?: Record<string, string>) {
    const talk = await this.talk();
    return this.line.call<MessageItem>('POST', `/api/conversations/${talk.number}/messages`, { text }, headers);
  }
  async close(body: object = {}) {
    const talk = await this.talk();
    return this.line.call('POST', `/api/conversations/${talk.number}/close`, body);
  }
  async events(): Promise<{ type: string; author: { kind: string }; after: unknown[] }[]> {
    const talk = await this.talk();
    const page = await this.line.must<{ items: { type: string; author: { kind: string }; after: unknown[] }[] }>(
      'GET',
      `/api/events?lead=${talk.entity!.id}&limit=200`,
    );
    return page.items.reverse();
  }
}
