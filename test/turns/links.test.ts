/** Short links of outgoing messages, on real Postgres: what the client gets, what the account keeps, and when nothing is shortened. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { messagesOfVisitor } from '../../db/stores/webchat.ts';
import { uidOfChat } from '../../domain/links/visitor-uid.ts';
import { createTurns, START, type Turns } from './world.ts';

let t: Turns;
let chat = '';
let chats = 0;

beforeAll(async () => {
  t = await createTurns({ publicUrl: 'https://go.example' });
});
afterAll(() => t.end());
beforeEach(async () => {
  chats += 1;
  chat = `s${chats}`;
  t.at = START + chats * 86_400_000;
  t.sent.length = 0;
  t.failures.length = 0;
  await t.settings({});
  await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
  await t.says(chat, 'hello');
});

const writes = (text: string, more: { shortenLinks?: boolean } = {}, id?: string) =>
  t.orders(chat, { type: 'write', by: t.userId, text, fileIds: [], ...more }, id);
const texts = () => t.sent.map(({ text }) => text);
const links = () => t.sql<{ url: string; code: string }[]>`
  select l.url, l.code from short_links l join chats h on h.account_id = l.account_id and h.contact_id = l.contact_id
  where l.account_id = ${t.accountId} and h.external_chat_id = ${chat} order by l.id`;
const stored = async () =>
  (
    await t.sql<{ text: string }[]>`
      select m.text from messages m join chats h on h.account_id = m.account_id and h.id = m.chat_id
      where m.account_id = ${t.accountId} and h.external_chat_id = ${chat} and m.direction = 'out' order by m.position`
  ).map(({ text }) => text);
const contactOf = async (name: string) => {
  const [row] = await t.sql<{ id: string; contact_id: number }[]>`
    select id, contact_id from chats where account_id = ${t.accountId} and external_chat_id = ${name}`;
  return row!;
};

test('the client gets a short link, the account keeps what was written', async () => {
  await writes('Look: https://shop.example/a, and shop.example.ru');
  const [first, second] = await links();
  expect([first!.url, second!.url]).toEqual(['http://shop.example.ru/', 'https://shop.example/a']);
  expect(first!.code).toMatch(/^[0-9A-Za-z]{10}$/);
  expect(texts()).toEqual([`Look: https://go.example/s/${second!.code}, and https://go.example/s/${first!.code}`]);
  expect(await stored()).toEqual(['Look: https://shop.example/a, and shop.example.ru']);
});

test('one code per contact and address, however often it is sent and however often the turn is repeated', async () => {
  await writes('https://shop.example/a', {}, 'same');
  await writes('https://shop.example/a', {}, 'same');
  await writes('Again https://shop.example/a');
  expect(await links()).toHaveLength(1);
  const mine = (await links())[0]!.code;
  expect(texts()).toEqual([`https://go.example/s/${mine}`, `Again https://go.example/s/${mine}`]);

  chat = `${chat}-other`;
  await t.says(chat, 'hello');
  await writes('https://shop.example/a');
  expect((await links())[0]!.code).not.toBe(mine);
});

test('off is off: by the author, and without an address outsiders reach', async () => {
  const text = 'https://shop.example/a';
  await writes(text, { shortenLinks: false });
  expect(texts()).toEqual([text]);
  expect(await links()).toEqual([]);
  const private_ = await createTurns();
  try {
    await private_.says('p1', 'hello');
    await private_.orders('p1', { type: 'write', by: private_.userId, text, fileIds: [], shortenLinks: true });
    expect(private_.sent.map((sent) => sent.text)).toEqual([text]);
    expect((await private_.sql`select 1 from short_links`).length).toBe(0);
    await private_.settings({ linkDomain: 'https://l.shop.example' });
    await private_.orders('p1', { type: 'write', by: private_.userId, text, fileIds: [] });
    expect(private_.sent.at(-1)!.text).toMatch(/^https:\/\/l\.shop\.example\/s\/\w{10}$/);
  } finally {
    await private_.end();
  }
});

test('the author’s choice counts against the channel’s', async () => {
  const other = await createTurns({ publicUrl: 'https://go.example' });
  try {
    await other.sql`update channels set short_links = false`;
    await other.says('c1', 'hello');
    const write = (shortenLinks?: boolean) =>
      other.orders('c1', {
        type: 'write',
        by: other.userId,
        text: 'https://shop.example/a',
        fileIds: [],
        ...(shortenLinks === undefined ? {} : { shortenLinks }),
      });
    await write();
    await write(true);
    expect(other.sent[0]!.text).toBe('https://shop.example/a');
    expect(other.sent[1]!.text).toMatch(/^https:\/\/go\.example\/s\//);
  } finally {
    await other.end();
  }
});

test('a message without links costs no statement and no row', async () => {
  await writes('No links here, write to anna@shop.example');
  expect(texts()).toEqual(['No links here, write to anna@shop.example']);
  expect(await links()).toEqual([]);
});

describe('bots', () => {
  const bot = (params: object) => ({ 0: { question: [{ handler: 'send_message', params: { type: 'external', ...params } }] } });

  test('links in text and behind buttons go out short, unless the message says no', async () => {
    await t.bot(bot({ text: 'https://shop.example/a', buttons: [{ type: 'url', text: 'Site', url: 'https://shop.example/b' }] }));
    await t.says(`${chat}-b`, 'hello');
    const parts = await t.sql<{ text: string; buttons: { url?: string }[] }[]>`
      select p.text, p.buttons from parts p join chats h on h.account_id = p.account_id and h.id = p.chat_id
      where p.account_id = ${t.accountId} and h.external_chat_id = ${`${chat}-b`}`;
    expect(parts[0]!.text).toMatch(/^https:\/\/go\.example\/s\//);
    expect(parts[0]!.buttons[0]!.url).toMatch(/^https:\/\/go\.example\/s\//);

    await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
    t.sent.length = 0;
    await t.bot(bot({ text: 'https://shop.example/a', shorten_links: false }));
    await t.says(`${chat}-c`, 'hello');
    expect(texts()).toEqual(['https://shop.example/a']);
  });

  test('a web chat shows its visitor the short link, and people of the account the original', async () => {
    await t.turn(chat, [t.message(chat, { text: 'hello' })], t.webchat);
    await t.orders(chat, { type: 'write', by: t.userId, text: 'See https://shop.example/a', fileIds: [] }, undefined, t.webchat);
    const seen = await messagesOfVisitor(t.sql, { accountId: t.accountId, channelId: t.webchat, externalChatId: chat }, { limit: 5 });
    expect(seen.at(-1)!.text).toMatch(/^See https:\/\/go\.example\/s\/\w{10}$/);
    expect(await stored()).toEqual(['See https://shop.example/a']);
  });

  test('whoever opens a messenger by a link from another chat is tied to that chat’s client', async () => {
    await t.bot(bot({ text: 'tg://resolve?domain=shop&start=VisitorUid_{{visitor_uid}}' }));
    await t.says(`${chat}-from`, 'hello');
    const from = await contactOf(`${chat}-from`);
    expect(texts()).toEqual([`tg://resolve?domain=shop&start=VisitorUid_${uidOfChat(from.id)}`]);

    await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
    const payload = `VisitorUid_${uidOfChat(from.id)}`;
    await t.turn(`${chat}-to`, [t.message(`${chat}-to`, { text: `/start ${payload}`, startPayload: payload })]);
    const to = await contactOf(`${chat}-to`);
    const tied = await t.sql<{ contact_id: number }[]>`
      select contact_id from visitors where account_id = ${t.accountId} and visitor_id = ${uidOfChat(from.id)}`;
    expect(new Set(tied.map((row) => row.contact_id))).toEqual(new Set([from.contact_id, to.contact_id]));
  });
});

test('a start parameter ties to a visitor of the site; one that only looks like it does not', async () => {
  const visitor = 'Aa0Bb1Cc2Dd3Ee4Ff5Gg6H';
  const start = (name: string, payload: string) => t.turn(name, [t.message(name, { text: `/start ${payload}`, startPayload: payload })]);
  const tied = async () => (await t.sql`select 1 from visitors where account_id = ${t.accountId} and visitor_id = ${visitor}`).length;
  await start(`${chat}-1`, visitor);
  await start(`${chat}-2`, 'promo7');
  expect(await tied()).toBe(0);
  await t.sql`insert into site_visits (account_id, visitor_id, page, at) values (${t.accountId}, ${visitor}, 'https://shop.example/', ${t.at})`;
  await start(`${chat}-3`, visitor);
  await start(`${chat}-4`, `VisitorUid_${visitor}`);
  await start(`${chat}-4`, `VisitorUid_${visitor}`);
  expect(await tied()).toBe(2);
  // A made-up chat ties nobody to anything.
  await start(`${chat}-5`, `VisitorUid_${'0'.repeat(32)}`);
  expect((await t.sql`select 1 from visitors where visitor_id = ${'0'.repeat(32)}`).length).toBe(0);
});
