import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Polling, type PollingDeps, startPolling } from '../../activities/polling/polling.ts';
import type { ChannelFact, ConnectedChannel } from '../../channels/channel.ts';
import { telegramChannel } from '../../channels/telegram/telegram.ts';
import { connect, type Sql } from '../../db/connection.ts';
import { createTestDatabase, type TestDatabase } from '../../embedded/testing.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/index.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const patient = { timeout: 15_000, interval: 20 };

describe('polling', () => {
  let database: TestDatabase;
  let sql: Sql;
  let fake: FakeTelegram;
  let channels: ConnectedChannel[];
  const running: Polling[] = [];
  /** What Temporal accepted: texts by chat, and who handed them on. */
  let accepted: { by: string; chat: string; text: string }[];

  beforeAll(async () => {
    database = await createTestDatabase();
    sql = connect(database.url);
  });
  afterAll(async () => {
    await sql.end();
    await database.drop();
  });
  beforeEach(async () => {
    fake = await startFakeTelegram();
    await sql`delete from channel_leases`;
    channels = [channelOf(fake.token, 7)];
    accepted = [];
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((polling) => polling.stop()));
    await fake.stop();
  });

  function channelOf(token: string, id: number): ConnectedChannel {
    return {
      accountId: 1,
      id,
      type: 'telegram',
      credentials: { token },
      apiRoot: fake.url,
      receive: 'polling',
      webhookSecret: 's',
      facts: {},
    };
  }

  function start(owner: string, deps: Partial<PollingDeps> = {}): Polling {
    const telegram = telegramChannel();
    const polling = startPolling({
      sql,
      channels: { get: () => telegram },
      listPollingChannels: async () => channels,
      deliver: async (_channel, facts) => accept(owner, facts),
      log: silent,
      owner,
      ...deps,
    });
    running.push(polling);
    return polling;
  }

  async function accept(by: string, facts: ChannelFact[]): Promise<void> {
    for (const fact of facts)
      accepted.push({ by, chat: fact.chat.externalChatId, text: fact.type === 'messageReceived' ? fact.message.text : fact.type });
  }

  const textsOf = (chat: number) => accepted.filter((one) => one.chat === String(chat)).map((one) => one.text);
  const leases = () => sql<{ owner: string | null; cursor: string | null }[]>`select owner, cursor from channel_leases order by channel_id`;

  test('every message is handed on once, each chat in its order', async () => {
    start('a');
    const expected = Array.from({ length: 250 }, (_, index) => `message ${index}`);
    for (const text of expected) for (const chat of [11, 12, 13]) await fake.clientWrites(chat, text);
    await expect.poll(() => accepted.length, patient).toBe(750);
    for (const chat of [11, 12, 13]) expect(textsOf(chat)).toEqual(expected);
    await fake.waitUntilTaken();
  });

  test('nothing is acknowledged to the messenger before it was accepted, and one chat that has to wait holds up no other', async () => {
    let refusals = 3;
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    start('a', {
      async deliver(_channel, facts) {
        if (facts[0]?.chat.externalChatId === '11') {
          await gate;
          refusals -= 1;
          if (refusals >= 0) throw new Error('Temporal is away');
        }
        await accept('a', facts);
      },
    });
    await fake.clientWrites(11, 'waits');
    await fake.clientWrites(11, 'behind it');
    await fake.clientWrites(12, 'goes on');
    await expect.poll(() => textsOf(12), patient).toEqual(['goes on']);
    expect(textsOf(11)).toEqual([]);
    expect((await leases())[0]?.cursor).toBeNull();
    expect((await fake.counters()).pending).toBe(3);
    open();
    await expect.poll(() => textsOf(11), patient).toEqual(['waits', 'behind it']);
    await fake.waitUntilTaken();
  });

  test('one process polls; when it dies without a word another takes over within 10 s, and nothing is lost or skipped', async () => {
    const first = start('first');
    await fake.clientWrites(11, 'before');
    await expect.poll(() => textsOf(11), patient).toEqual(['before']);
    start('second');
    const expected = ['before'];
    for (let index = 0; index < 20; index += 1) {
      expected.push(`message ${index}`);
      await fake.clientWrites(11, `message ${index}`);
      if (index === 10) {
        await expect.poll(() => textsOf(11).length, patient).toBe(expected.length);
        expect(accepted.every(({ by }) => by === 'first')).toBe(true);
        // Accepted but not yet acknowledged to Telegram: the successor must know where to go on.
        first.abandon();
      }
    }
    await expect.poll(() => new Set(textsOf(11)).size, { timeout: 10_000, interval: 20 }).toBe(expected.length);
    expect([...new Set(textsOf(11))]).toEqual(expected);
    expect(accepted.at(-1)?.by).toBe('second');
    expect((await fake.counters()).refused).toBe(0);
  });

  test('a process that stops gives its channels back at once, with the place where to go on', async () => {
    const first = start('first');
    await fake.clientWrites(11, 'one');
    await expect.poll(() => textsOf(11), patient).toEqual(['one']);
    await first.stop();
    expect(await leases()).toEqual([{ owner: null, cursor: expect.stringMatching(/^100200300\/70002$/) }]);
    await fake.clientWrites(11, 'two');
    start('second');
    await expect.poll(() => textsOf(11), patient).toEqual(['one', 'two']);
  });

  test('a channel that is connected, changed or disconnected is taken up, switched and let go', async () => {
    const other = await fake.addBot();
    const known = channels;
    channels = [];
    const polling = start('a');
    await fake.clientWrites(11, 'first bot');
    await fake.clientWrites(12, 'second bot', { token: other.token });

    channels = known;
    polling.nudge();
    await expect.poll(() => textsOf(11), patient).toEqual(['first bot']);

    channels = [channelOf(other.token, 7)];
    polling.nudge();
    await expect.poll(() => textsOf(12), patient).toEqual(['second bot']);

    channels = [];
    polling.nudge();
    await expect.poll(async () => (await leases())[0]?.owner, patient).toBeNull();
    await fake.clientWrites(12, 'nobody listens', { token: other.token });
    expect((await fake.counters()).pending).toBeGreaterThan(0);
    expect(textsOf(12)).toEqual(['second bot']);
  });

  test('without a nudge a new channel is noticed too', async () => {
    const known = channels;
    channels = [];
    start('a');
    await fake.clientWrites(11, 'hello');
    channels = known;
    await expect.poll(() => textsOf(11), patient).toEqual(['hello']);
  });

  test('what nobody can read is kept as it came, and the rest goes on', async () => {
    const kept: string[] = [];
    start('a', { keepUnparsed: async (_channel, bodies) => void kept.push(...bodies) });
    await fake.clientWrites(11, 'one');
    await expect.poll(() => textsOf(11), patient).toEqual(['one']);
    await fake.pushUpdate({ message: { message_id: 'no number' } });
    await fake.clientWrites(11, 'two');
    await expect.poll(() => textsOf(11), patient).toEqual(['one', 'two']);
    expect(kept).toEqual([expect.stringContaining('no number')]);
  });

  test('what a messenger tells of the channel is kept before anything is handed on, and the loop knows it from then on', async () => {
    const happened: string[] = [];
    start('a', {
      keepLearned: async (_channel, learned) => void happened.push(`learned ${Object.keys(learned).length}`),
      deliver: async (_channel, facts) => void happened.push(...facts.map(({ chat }) => chat.externalChatId)),
    });
    await fake.clientWrites(11, 'before');
    await expect.poll(() => happened, patient).toEqual(['11']);
    const { connectionId: business } = await fake.connectBusiness(9);
    await fake.clientWrites(11, 'one', { business });
    await expect.poll(() => happened, patient).toEqual(['11', 'learned 1', 'business:9:11']);
    await fake.clientWrites(11, 'two', { business });
    await expect.poll(() => happened, patient).toEqual(['11', 'learned 1', 'business:9:11', 'business:9:11']);
    // Nothing had to be asked for.
    expect((await fake.counters()).byMethod.getBusinessConnection).toBeUndefined();
  });

  test('a failure is told once in the words of the messenger, and its end too', async () => {
    const told: (string | undefined)[] = [];
    await fake.refuse(2, 409, 'Conflict: terminated by other getUpdates request', { method: 'getUpdates' });
    start('a', { onState: async (_channel, error) => void told.push(error?.words) });
    await fake.clientWrites(11, 'after all');
    await expect.poll(() => textsOf(11), patient).toEqual(['after all']);
    expect(told).toEqual(['Conflict: terminated by other getUpdates request', undefined]);
  });
});
