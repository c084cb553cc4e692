/** Turns of an account whose conversations end with the shipped poll; each test has a chat and a day of its own. */
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { shippedPoll } from '../../api/shipped-poll.ts';
import { defaultSettings } from '../../db/settings.ts';
import { createTurns, START, type Turns } from './world.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export interface Polled {
  t: Turns;
  chat: string;
  botId: number;
  headId: number;
}

/** Starts the account before a file's tests; `onEach` is given what the next test works with. */
export function withPolls(onEach: (polled: Polled) => void) {
  let t: Turns;
  let chat = '';
  let chats = 0;
  let botId = 0;
  let headId = 0;

  beforeAll(async () => {
    t = await createTurns();
    botId = await t.bot(JSON.parse(shippedPoll('en', { from: 1, to: 10 })), { triggers: [], name: 'Rating' });
    await t.sql`update bots set kind = 'nps' where account_id = ${t.accountId} and id = ${botId}`;
    const [head] = await t.sql<{ id: number }[]>`
      insert into users (account_id, name, email, role, created_at) values (${t.accountId}, 'Head', 'head@example.test', 'manager', ${START}) returning id`;
    headId = head!.id;
  });
  afterAll(() => t.end());
  beforeEach(async () => {
    chats += 1;
    chat = `p${chats}`;
    t.at = START + chats * DAY;
    t.sent.length = 0;
    t.failures.length = 0;
    t.checks.length = 0;
    await polls();
    await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
    await t.sql`update bots set state = 'on' where account_id = ${t.accountId}`;
    onEach({ t, chat, botId, headId });
  });

  const polls = (change: Partial<typeof defaultSettings.nps> = {}, more: Partial<typeof defaultSettings> = {}) =>
    t.settings({
      ...more,
      nps: {
        ...defaultSettings.nps,
        enabled: true,
        delaySeconds: 3600,
        botId,
        alarm: { enabled: true, atOrBelow: 6, userIds: [headId] },
        ...change,
      },
    });
  const talkOf = async (external: string) => {
    const [row] = await t.sql`
      select t.*, o.rate as opening_rate, o.comment, o.closed_by from conversations t join chats h on h.account_id = t.account_id and h.id = t.chat_id
      join openings o on o.account_id = t.account_id and o.number = t.number and o.opening = t.opening
      where t.account_id = ${t.accountId} and h.external_chat_id = ${external} order by t.number desc limit 1`;
    return row!;
  };
  const runsOf = (external: string) => t.sql`
    select r.* from bot_runs r join chats h on h.account_id = r.account_id and h.id = r.chat_id
    where r.account_id = ${t.accountId} and h.external_chat_id = ${external} order by r.created_at`;
  const eventsOf = async (number: number, type: string) =>
    t.sql`select * from events where account_id = ${t.accountId} and conversation_number = ${number} and type = ${type} order by id`;
  const noticesOf = async (number: number, what: string) =>
    t.sql`select user_id, withdrawn_at from notifications where account_id = ${t.accountId} and conversation_number = ${number} and what = ${what} order by id`;
  const closes = (force = false) => t.orders(chat, { type: 'close', by: t.userId, force });

  /** A conversation whose poll has been sent. */
  async function asked(): Promise<number> {
    const { number } = await t.says(chat, 'hello');
    expect(await closes()).toMatchObject({ status: 'nps_scheduled', isRead: true });
    const state = await t.waits(chat, HOUR);
    expect(state.status).toBe('nps_in_progress');
    t.at += 60_000;
    return number!;
  }

  return { polls, talkOf, runsOf, eventsOf, noticesOf, closes, asked };
}
