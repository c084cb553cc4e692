/** One account on a real database whose turns are made without Temporal: the tests play the workflow. Messengers are small adapters in memory. */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityDeps, CheckLane, WakeRun } from '../../activities/deps.ts';
import { type Activities, createActivities } from '../../activities/index.ts';
import type { Channel, ChannelError, ChannelFact, Outgoing } from '../../channels/channel.ts';
import { connect, type Sql } from '../../db/connection.ts';
import { type AccountSettings, type BotSettings, defaultSettings, type TriggerFilter } from '../../db/settings.ts';
import { insertAccount } from '../../db/stores/accounts.ts';
import { abilitiesOf } from '../../domain/message/abilities.ts';
import type { InboundMessage } from '../../domain/message/model.ts';
import { parse } from '../../domain/scenario/parse.ts';
import { createTestDatabase } from '../../embedded/testing.ts';
import type { FileStorage } from '../../files/storage.ts';
import type { ConversationOrder, ConversationState, ConversationTurnEvent, RunOrder } from '../../workflows/messages.ts';

/** A Monday, 10:00 UTC. In the future: claims are on the real clock, and what a client answers comes after them. */
export const START = Date.UTC(2031, 2, 3, 10);

export interface Sent {
  chat: string;
  text: string;
  buttons: string[];
  keys: string[];
}

export interface Turns {
  sql: Sql;
  databaseUrl: string;
  accountId: number;
  userId: number;
  /** The turns' clock; tests move it. */
  at: number;
  telegram: number;
  webchat: number;
  whatsapp: number;
  /** What the telegram adapter was asked to send, in order. */
  sent: Sent[];
  /** The same as the adapter got it. */
  outgoing: Outgoing[];
  /** Thrown by the next sends, one each; undefined lets one through. */
  failures: (ChannelError | Error | undefined)[];
  /** Held sends: resolve to let them through. */
  hold: Promise<void> | undefined;
  wakes: string[];
  /** Chats whose own workflows were asked to look at their lanes. */
  checks: string[];
  /** What a worker would run: for tests with real workflows, and for drains. */
  activities: Activities;
  /** Where wakes and checks go besides being noted. */
  onWake: WakeRun | undefined;
  onCheck: CheckLane | undefined;
  settings(change: Partial<AccountSettings>): Promise<void>;
  bot(
    source: unknown,
    options?: {
      triggers?: ('conversation_started' | 'message_received')[];
      cooldownSeconds?: number;
      settings?: BotSettings;
      filter?: TriggerFilter;
      name?: string;
    },
  ): Promise<number>;
  /** The client writes in a chat; several texts are one batch. */
  says(chat: string, ...texts: string[]): Promise<ConversationState>;
  presses(chat: string, label: string): Promise<ConversationState>;
  message(chat: string, message: Partial<InboundMessage>): ConversationTurnEvent;
  fact(fact: ChannelFact): ConversationTurnEvent;
  turn(
    chat: string,
    events: ConversationTurnEvent[],
    channelId?: number,
  ): Promise<{ state: ConversationState; answers: Record<string, unknown> }>;
  orders(chat: string, order: ConversationOrder, id?: string, channelId?: number): Promise<Record<string, unknown>>;
  /** Lets time pass and the conversation's deadline ring. */
  waits(chat: string, ms: number): Promise<ConversationState>;
  run(runId: string, orders?: { id: string; order: RunOrder }[]): Promise<{ ended: boolean; deadlineAt?: number }>;
  /** One attempt of the activity that empties a lane; answers after how many ms it wants another, undefined when the lane is empty. */
  drain(chat: string, channelId?: number): Promise<number | undefined>;
  /** One attempt of the activity that copies files; rejects when it wants another. */
  copies(chat: string, channelId?: number): Promise<void>;
  /** What was changed in the rows is seen at once. */
  forget(): void;
  end(): Promise<void>;
}

export async function createTurns(
  options: { publicUrl?: string; files?(sql: Sql): FileStorage; allowPrivateAddresses?: boolean; deps?: Partial<ActivityDeps> } = {},
): Promise<Turns> {
  const database = await createTestDatabase();
  const sql = connect(database.url, { max: 6 });
  const account = await insertAccount(
    sql,
    { name: 'Shop', subdomain: randomUUID(), timeZone: 'Europe/Moscow', language: 'ru', organizationId: randomUUID(), isDemo: false },
    START,
  );
  const accountId = account.id;
  const [user] = await sql<{ id: number }[]>`
    insert into users (account_id, name, email, role, created_at) values (${accountId}, 'Olga', 'olga@example.test', 'administrator', ${START}) returning id`;
  const channel = async (type: string) => {
    const [row] = await sql<{ id: number }[]>`
      insert into channels (account_id, type, name, external_id, credentials_sealed, receive, webhook_secret, settings, connected_by, created_at, updated_at)
      values (${accountId}, ${type}, ${type}, ${randomUUID()}, '', 'webhook', 's', ${{ callsPerSecond: 10_000, chatPauseMs: 0 } as never}, ${user!.id}, ${START}, ${START}) returning id`;
    return row!.id;
  };
  const t = {
    sql,
    databaseUrl: database.url,
    accountId,
    userId: user!.id,
    at: START,
    sent: [],
    outgoing: [],
    failures: [],
    hold: undefined,
    wakes: [],
    checks: [],
  } as unknown as Turns;
  t.telegram = await channel('telegram');
  t.webchat = await channel('webchat');
  t.whatsapp = await channel('whatsapp');
  let externalId = 0;

  const adapter = (type: string, deliversByRow: boolean): Channel =>
    ({
      type,
      abilities: abilitiesOf(type),
      deliversByRow,
      async send(_channel: unknown, outgoing: Parameters<Channel['send']>[1]) {
        await t.hold;
        const failure = t.failures.shift();
        if (failure !== undefined) throw failure;
        t.outgoing.push(outgoing);
        t.sent.push({
          chat: outgoing.externalChatId,
          text: outgoing.part.text,
          buttons: outgoing.part.buttons.map(({ label }) => label),
          keys: outgoing.part.buttons.flatMap((button) => (button.type === 'reply' ? [button.key] : [])),
        });
        externalId += 1;
        return { externalIds: [`out-${externalId}`] };
      },
    }) as unknown as Channel;
  const channels = new Map([
    ['telegram', adapter('telegram', false)],
    ['webchat', adapter('webchat', true)],
    ['whatsapp', adapter('whatsapp', false)],
  ]);
  const { activities, settled, forget } = createActivities({
    sql,
    channels,
    files: options.files?.(sql) ?? ({ find: async () => [] } as unknown as FileStorage),
    allowPrivateAddresses: options.allowPrivateAddresses === true,
    async wakeRun(run) {
      t.wakes.push(run.runId);
      await t.onWake?.(run);
    },
    async checkLane(key) {
      t.checks.push(key.externalChatId);
      await t.onCheck?.(key);
    },
    openCredentials: () => ({}),
    publicUrl: options.publicUrl,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...options.deps,
  });

  t.activities = activities;
  t.forget = () => forget(accountId);
  t.settings = async (change) => {
    await sql`update settings set data = ${{ ...defaultSettings, ...change } as never} where account_id = ${accountId}`;
  };
  t.bot = async (source, options = {}) => {
    const parsed = parse(source);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const [bot] = await sql<{ id: number }[]>`
      insert into bots (account_id, name, draft_source, live_version, settings, created_at, updated_at)
      values (${accountId}, ${options.name ?? 'Greeting'}, ${JSON.stringify(source)}, 1, ${(options.settings ?? {}) as never}, ${START}, ${START}) returning id`;
    await sql`insert into bot_versions (account_id, bot_id, version, source, scenario, published_at)
      values (${accountId}, ${bot!.id}, 1, '{}', ${parsed.scenario as never}, ${START})`;
    for (const type of options.triggers ?? ['conversation_started']) {
      await sql`insert into bot_triggers (account_id, bot_id, type, filter, cooldown_seconds)
        values (${accountId}, ${bot!.id}, ${type}, ${(options.filter ?? {}) as never}, ${options.cooldownSeconds ?? 0})`;
    }
    return bot!.id;
  };
  t.fact = (fact) => ({ type: 'fact', id: fact.id, at: t.at, fact });
  t.message = (chat, message) => {
    externalId += 1;
    const id = message.externalId ?? `in-${externalId}`;
    return t.fact({
      type: 'messageReceived',
      id: `message/${id}`,
      chat: { externalChatId: chat, kind: 'private' },
      sender: { externalUserId: chat, name: `Client ${chat}` },
      message: { externalId: id, receivedAt: t.at, order: [t.at, externalId], text: '', attachments: [], ...message },
    });
  };
  t.turn = (chat, events, channelId = t.telegram) =>
    activities.conversationTurn({ key: { accountId, channelId, externalChatId: chat }, events });
  t.says = async (chat, ...texts) =>
    (
      await t.turn(
        chat,
        texts.map((text) => t.message(chat, { text })),
      )
    ).state;
  t.presses = async (chat, label) => {
    const offered = t.sent.findLast((sent) => sent.chat === chat && sent.buttons.includes(label));
    const key = offered?.keys[offered.buttons.indexOf(label)];
    if (key === undefined) throw new Error(`no button ${label} was offered in ${chat}`);
    return (await t.turn(chat, [t.message(chat, { pressedKey: key })])).state;
  };
  t.orders = async (chat, order, id = randomUUID(), channelId = t.telegram) => {
    const { answers } = await t.turn(chat, [{ type: 'order', id, at: t.at, order }], channelId);
    return answers[id] as Record<string, unknown>;
  };
  t.waits = async (chat, ms) => {
    t.at += ms;
    return (await t.turn(chat, [{ type: 'deadlineReached', id: `deadline/${t.at}`, at: t.at }])).state;
  };
  t.run = async (runId, orders = []) => (await activities.runTurn({ accountId, runId, at: t.at, orders })).state;
  t.drain = async (chat, channelId = t.telegram) => {
    const environment = new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: t.at });
    try {
      await environment.run(() => activities.drainLane({ accountId, channelId, externalChatId: chat }));
      return undefined;
    } catch (error) {
      if (error instanceof ApplicationFailure && error.type === 'lane.waiting') return Number(error.nextRetryDelay);
      throw error;
    }
  };
  t.copies = (chat, channelId = t.webchat) =>
    new MockActivityEnvironment().run(() => activities.copyMedia({ accountId, channelId, externalChatId: chat }));
  t.end = async () => {
    await settled();
    await sql.end();
    await database.drop();
  };
  return t;
}
