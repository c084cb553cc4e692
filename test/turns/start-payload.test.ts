/** Clients who come by a deep link, in each messenger's own words: what a bot learns of the link, and who is recognised by it. On real Postgres. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Channel, ChannelFact } from '../../channels/channel.ts';
import { parseUpdate as parseMax } from '../../channels/max/parse.ts';
import { parseUpdate as parseTelegram } from '../../channels/telegram/parse.ts';
import { parseEvent as parseViber } from '../../channels/viber/parse.ts';
import { parseEvent as parseVk } from '../../channels/vk/parse.ts';
import { parseDelivery } from '../../channels/whatsapp/parse.ts';
import { abilitiesOf } from '../../domain/message/abilities.ts';
import { createTurns, START, type Turns } from './world.ts';

const TYPES = ['telegram', 'vk', 'viber', 'max', 'whatsapp'] as const;
type Type = (typeof TYPES)[number];
const VISITOR = 'Aa0Bb1Cc2Dd3Ee4Ff5Gg6H';
let t: Turns;
const channelOf = {} as Record<Type, number>;
let people = 100_000;
let count = 0;
/** A person whom no messenger has seen. */
const nobodyYet = () => {
  people += 1;
  return people;
};
const next = () => {
  count += 1;
  return count;
};

beforeAll(async () => {
  const adapter = (type: string) =>
    ({
      type,
      abilities: abilitiesOf(type),
      deliversByRow: false,
      send: async () => ({ externalIds: [randomUUID()] }),
    }) as unknown as Channel;
  t = await createTurns({ deps: { channels: new Map(TYPES.map((type) => [type, adapter(type)])) } });
  for (const type of TYPES) {
    const [row] = await t.sql<{ id: number }[]>`
      insert into channels (account_id, type, name, external_id, credentials_sealed, receive, webhook_secret, settings, connected_by, created_at, updated_at)
      values (${t.accountId}, ${type}, ${type}, ${randomUUID()}, '', 'webhook', 's', ${{ callsPerSecond: 10_000, chatPauseMs: 0 } as never}, ${t.userId}, ${START}, ${START})
      returning id`;
    channelOf[type] = row!.id;
  }
});
afterAll(() => t.end());
beforeEach(async () => {
  t.at += 3_600_000;
  await t.settings({});
  await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
});

/** What the messenger delivers when somebody comes by a deep link with this payload and, where opening is no message, writes. */
const comes: Record<Type, (person: number, payload: string) => unknown[]> = {
  telegram: (person, payload) => [telegramText(person, `/start ${payload}`)],
  vk: (person, payload) => [vkText(person, 'Начать', { payload: '{"command":"start"}', ref: payload, ref_source: 'site' })],
  viber: (person, payload) => [viberOpening(person, payload), viberText(person, 'hello')],
  max: (person, payload) => [
    { update_type: 'bot_started', timestamp: t.at, chat_id: person, user: maxUser(person), payload, user_locale: 'ru' },
  ],
  whatsapp: (person, payload) => [whatsappText(person, `ID: ${payload}`)],
};
const telegramText = (person: number, text: string) => ({
  update_id: next(),
  message: {
    message_id: next(),
    date: Math.floor(t.at / 1000),
    chat: { id: person, type: 'private', first_name: 'Anna' },
    from: { id: person, is_bot: false, first_name: 'Anna' },
    text,
  },
});
const vkText = (person: number, text: string, more: object = {}) => ({
  type: 'message_new',
  group_id: 77,
  event_id: 'e',
  object: {
    client_info: { lang_id: 0 },
    message: {
      id: next(),
      date: Math.floor(t.at / 1000),
      peer_id: person,
      from_id: person,
      out: 0,
      text,
      random_id: 0,
      attachments: [],
      ...more,
    },
  },
});
const viberUser = (person: number) => ({ id: `${person}A==`, name: 'Anna', language: 'ru', api_version: 10 });
const viberText = (person: number, text: string) => ({
  event: 'message',
  timestamp: t.at,
  message_token: String(next()),
  sender: viberUser(person),
  message: { type: 'text', text },
});
const viberOpening = (person: number, context: string) => ({
  event: 'conversation_started',
  timestamp: t.at,
  message_token: String(next()),
  type: 'open',
  context,
  subscribed: false,
  user: viberUser(person),
});
const maxUser = (person: number) => ({ user_id: person, first_name: 'Anna', is_bot: false, last_activity_time: t.at, name: 'Anna' });
const whatsappText = (person: number, body: string) => ({
  entry: [
    {
      changes: [
        {
          field: 'messages',
          value: {
            metadata: { phone_number_id: '1' },
            contacts: [{ wa_id: String(person), profile: { name: 'Anna' } }],
            messages: [
              {
                id: `wamid.${next()}`,
                from: String(person),
                timestamp: String(Math.floor(t.at / 1000)),
                type: 'text',
                text: { body },
              },
            ],
          },
        },
      ],
    },
  ],
});
const parsers: Record<Type, (given: never) => ChannelFact[] | undefined> = {
  telegram: (given) => parseTelegram(given, t.at),
  vk: (given) => parseVk(given, { nowAt: t.at, isOwn: () => false }),
  viber: (given) => parseViber(given, t.at),
  max: (given) => parseMax(given, '1'),
  whatsapp: (given) => parseDelivery(given, '1', t.at).facts,
};

/** One turn for each thing that the messenger delivers; `together`: one for all. Answers the chat. */
async function hears(type: Type, delivered: unknown[], together = false): Promise<string> {
  const facts = delivered.flatMap((given) => parsers[type](given as never) ?? []);
  const chat = facts[0]!.chat.externalChatId;
  const batches = together ? [facts] : facts.map((fact) => [fact]);
  for (const batch of batches)
    await t.turn(
      chat,
      batch.map((fact) => t.fact(fact)),
      channelOf[type],
    );
  return chat;
}
async function answers(type: Type, chat: string): Promise<string[]> {
  const rows = await t.sql<{ text: string }[]>`
    select m.text from messages m join chats h on h.account_id = m.account_id and h.id = m.chat_id
    where m.account_id = ${t.accountId} and m.channel_id = ${channelOf[type]} and h.external_chat_id = ${chat} and m.direction = 'out' order by m.position`;
  return rows.map(({ text }) => text);
}
const tiedTo = (type: Type, chat: string) => t.sql<{ visitor_id: string }[]>`
  select v.visitor_id from visitors v join chats h on h.account_id = v.account_id and h.contact_id = v.contact_id
  where v.account_id = ${t.accountId} and h.channel_id = ${channelOf[type]} and h.external_chat_id = ${chat}`;
const says = (text: string) => ({ handler: 'send_message', params: { type: 'external', text } });
const greets = { 0: { question: [says('came by [{{start_payload}}]')] } };

test.each(TYPES.filter((type) => type !== 'whatsapp'))('%s: a bot knows by which link the client came', async (type) => {
  await t.bot(greets);
  const chat = await hears(type, comes[type](nobodyYet(), 'promo7'));
  expect(await answers(type, chat)).toEqual(['came by [promo7]']);
});

test.each(TYPES)('%s: a visitor of the site is recognised in the messenger', async (type) => {
  await t.sql`
    insert into site_visits (account_id, visitor_id, page, title, at) values (${t.accountId}, ${VISITOR}, 'https://shop.example/', '', ${t.at})
    on conflict do nothing`;
  const payload = type === 'whatsapp' ? VISITOR : `VisitorUid_${VISITOR}`;
  const chat = await hears(type, comes[type](nobodyYet(), payload));
  expect([...(await tiedTo(type, chat))]).toEqual([{ visitor_id: VISITOR }]);
});

test('without a link the placeholder is empty, and the bot keeps it over its later steps', async () => {
  await t.bot({
    0: { question: [says('[{{start_payload}}]'), { handler: 'wait_answer', params: { type: 'question', step: 1 } }] },
    1: { question: [says('still [{{start_payload}}]')] },
  });
  const plain = await hears('telegram', [telegramText(nobodyYet(), 'hello')]);
  expect(await answers('telegram', plain)).toEqual(['[]']);
  const person = nobodyYet();
  const chat = await hears('telegram', comes.telegram(person, 'promo8'));
  await hears('telegram', [telegramText(person, 'yes')]);
  t.at += 10_000;
  await t.turn(chat, [{ type: 'deadlineReached', id: 'd', at: t.at }], channelOf.telegram);
  expect(await answers('telegram', chat)).toEqual(['[promo8]', 'still [promo8]']);
});

test('several short messages are one answer, and the word of the link that came with one of them is not lost', async () => {
  await t.bot(greets, { triggers: ['message_received'] });
  const person = nobodyYet();
  const chat = await hears('vk', [vkText(person, 'hello', { ref: 'promo9' }), vkText(person, 'are you there?')]);
  expect(await answers('vk', chat)).toEqual([]);
  t.at += 10_000;
  await t.turn(chat, [{ type: 'deadlineReached', id: 'd', at: t.at }], channelOf.vk);
  expect(await answers('vk', chat)).toEqual(['came by [promo9]']);
});

test('a delayed start still knows the link', async () => {
  await t.bot(greets);
  await t.sql`update bot_triggers set delay_seconds = 60 where account_id = ${t.accountId}`;
  const chat = await hears('telegram', comes.telegram(nobodyYet(), 'promo1'));
  const [run] = await t.sql<{ id: string }[]>`select id from bot_runs where account_id = ${t.accountId} order by created_at desc limit 1`;
  t.at += 61_000;
  await t.run(run!.id);
  expect(await answers('telegram', chat)).toEqual(['came by [promo1]']);
});

test('opening a chat in Viber is no message: no number, nothing to answer, nobody to write to yet; the message after it is', async () => {
  const person = nobodyYet();
  const chat = await hears('viber', [viberOpening(person, 'promo7'), viberOpening(person, 'promo7')]);
  const rows = await t.sql<{ reachable: boolean; talk_number: number | null; events: number; messages: number }[]>`
    select reachable, talk_number, (select count(*) from events e where e.account_id = c.account_id and e.contact_id = c.contact_id and e.type = 'chat_opened') events,
      (select count(*) from messages m where m.account_id = c.account_id and m.chat_id = c.id) messages
    from chats c where account_id = ${t.accountId} and channel_id = ${channelOf.viber} and external_chat_id = ${chat}`;
  expect([...rows]).toEqual([{ reachable: false, talk_number: null, events: 2, messages: 0 }]);
  await hears('viber', [viberText(person, 'hello')]);
  const [after] = await t.sql<{ reachable: boolean; talk_number: number | null }[]>`
    select reachable, talk_number from chats where account_id = ${t.accountId} and channel_id = ${channelOf.viber} and external_chat_id = ${chat}`;
  expect([after!.reachable, after!.talk_number !== null]).toEqual([true, true]);
});

test('a link opened in Viber counts for the message after it, and for no later one', async () => {
  await t.bot(greets, { triggers: ['message_received'], settings: { whenRunning: 'restart', joinSeconds: 0 } });
  const person = nobodyYet();
  const chat = await hears('viber', [viberOpening(person, 'old'), viberOpening(person, 'new'), viberText(person, 'one')]);
  t.at += 1000;
  await hears('viber', [viberText(person, 'two')]);
  t.at += 1000;
  await hears('viber', [viberOpening(person, 'again'), viberText(person, 'three')], true);
  t.at += 1000;
  await hears('viber', [viberOpening(person, 'stale')]);
  t.at += 25 * 3_600_000;
  await hears('viber', [viberText(person, 'four')]);
  expect(await answers('viber', chat)).toEqual(['came by [new]', 'came by []', 'came by [again]', 'came by []']);
});

test('in WhatsApp only the id of a link is one: other words, and ids of nobody, tie to nothing', async () => {
  const texts = ['ID: 42', `id ${VISITOR}`, `ORDER-ID:${VISITOR}x`, `ID: ${'Zz'.repeat(11)}`];
  for (const text of texts) {
    const chat = await hears('whatsapp', [whatsappText(nobodyYet(), text)]);
    expect([text, ...(await tiedTo('whatsapp', chat))]).toEqual([text]);
  }
});
