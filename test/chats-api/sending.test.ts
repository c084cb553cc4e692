import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unnamedChat } from '../../channels/custom/ids.ts';
import { talkWith, UUID } from './talk.ts';
import { type ChatsApiWorld, type Connected, startChatsApi } from './world.ts';

let world: ChatsApiWorld;
let shop: Connected;
let other: Connected;
const { newChat, says } = talkWith(
  () => world,
  () => shop,
);
beforeAll(async () => {
  world = await startChatsApi();
  shop = await world.account();
  other = await world.account();
});
afterAll(() => world.end());

describe('what our side writes', () => {
  const lastHook = () => shop.integration.hooks.at(-1)!;

  test('goes out as a signed hook to the scope, with the ids of both sides', async () => {
    const { id, reply } = await newChat();
    await world.writes(shop, id, 'Good day');
    const hook = lastHook();
    expect(hook).toMatchObject({ isSigned: true, path: `/hooks/${shop.integration.scopeId}` });
    const [user] = await world.api.sql`select name, amojo_id from users where account_id = ${shop.person.accountId}`;
    expect(hook.body).toEqual({
      account_id: shop.amojoId,
      time: expect.any(Number),
      message: {
        receiver: {
          id: reply.json.new_message.sender_id,
          client_id: `u-${id}`,
          name: 'Ann',
          phone: '79990000000',
          email: 'ann@example.test',
        },
        sender: { id: user!.amojo_id, name: user!.name },
        conversation: { id: reply.json.new_message.conversation_id, client_id: id },
        timestamp: expect.any(Number),
        msec_timestamp: expect.any(Number),
        message: { id: expect.stringMatching(UUID), type: 'text', text: 'Good day', media: '', thumbnail: '', file_name: '', file_size: 0 },
      },
    });
    const stored = (await world.messages(shop, id)).at(-1);
    expect(stored).toMatchObject({ id: hook.body.message.message.id, status: 'accepted' });
  });

  test('its delivery is reported in both spellings, and a failure in words', async () => {
    const { id } = await newChat();
    const report = (body: object, msgid = lastHook().body.message.message.id) =>
      shop.integration.scoped('POST', `/${msgid}/delivery_status`, body);
    const status = async () => (await world.messages(shop, id)).at(-1);
    await world.writes(shop, id, 'first');
    expect(await report({ msgid: lastHook().body.message.message.id, delivery_status: 1 })).toMatchObject({ status: 200, text: '{}' });
    expect(await status()).toMatchObject({ status: 'delivered' });
    expect(await report({ status_code: 2 })).toMatchObject({ status: 200 });
    expect(await status()).toMatchObject({ status: 'read' });
    for (const [body, words] of [
      [{ delivery_status: -1, error_code: 905, error: 'Number blocked' }, 'Number blocked'],
      [{ delivery_status: -1, error_code: 904 }, expect.stringContaining('number')],
      [{ status_code: '-1', error_code: '901' }, expect.stringContaining('deleted')],
    ] as const) {
      await world.writes(shop, id, JSON.stringify(body));
      expect(await report(body)).toMatchObject({ status: 200 });
      expect(await status()).toMatchObject({ status: 'refused', status_words: words });
    }
    expect(await report({ delivery_status: 1 }, randomUUID())).toMatchObject({ status: 404 });
    expect(await report({ delivery_status: 1 }, 'not-ours')).toMatchObject({ status: 404 });
    expect(await report({ delivery_status: 7 })).toMatchObject({ status: 400 });
    expect(await report({ msgid: 'another', delivery_status: 1 })).toMatchObject({ status: 400 });
    expect(
      await other.integration.scoped('POST', `/${lastHook().body.message.message.id}/delivery_status`, { delivery_status: 1 }),
    ).toMatchObject({ status: 404 });
  });

  test('a report that comes before the hook is answered is not lost', async () => {
    const { id } = await newChat();
    shop.integration.fault({ type: 'stall', ms: 400, when: 'after' });
    const before = shop.integration.hooks.length;
    const writing = world.writes(shop, id, 'slow');
    await expect.poll(() => shop.integration.hooks.length, { timeout: 10_000 }).toBe(before + 1);
    const { id: msgid } = lastHook().body.message.message;
    expect(await shop.integration.scoped('POST', `/${msgid}/delivery_status`, { delivery_status: 1 })).toMatchObject({ status: 200 });
    await writing;
    await expect.poll(async () => (await world.messages(shop, id)).at(-1)!.status, { timeout: 10_000 }).toBe('delivered');
  });

  test('we write first: the hook names no client, and their answer names the chat from then on', async () => {
    const { accountId } = shop.person;
    const chatId = randomUUID();
    const [contact] = await world.api.sql<{ id: number }[]>`
      insert into contacts (account_id, name, created_at, updated_at) values (${accountId}, 'Called', ${Date.now()}, ${Date.now()}) returning id`;
    await world.api.sql`insert into chats (account_id, id, channel_id, external_chat_id, kind, contact_id, created_at)
      values (${accountId}, ${chatId}, ${shop.channel}, ${unnamedChat(chatId)}, 'private', ${contact!.id}, ${Date.now()})`;
    shop.integration.fault({ type: 'answer', status: 200, body: '{}' });
    await world.writes(shop, unnamedChat(chatId), 'May we help?');
    const { message } = lastHook().body;
    expect(message.conversation).toEqual({ id: chatId });
    expect(message.receiver).not.toHaveProperty('client_id');

    shop.integration.open('c-named');
    const answer = await says(
      'c-named',
      { type: 'text', text: 'Yes' },
      { conversation_ref_id: chatId, sender: { id: 'u-named', ref_id: message.receiver.id, name: 'Called' } },
    );
    expect(answer.json.new_message.conversation_id).toBe(chatId);
    await says('c-named', { type: 'text', text: 'please' }, { sender: { id: 'u-named', name: 'Called' } });
    expect((await world.messages(shop, 'c-named')).map(({ chat_id, text }) => [chat_id, text])).toEqual([
      [chatId, 'May we help?'],
      [chatId, 'Yes'],
      [chatId, 'please'],
    ]);
    await world.writes(shop, 'c-named', 'Gladly');
    expect(lastHook().body.message).toMatchObject({
      receiver: { client_id: 'u-named' },
      conversation: { id: chatId, client_id: 'c-named' },
    });
  });

  test('an integration that asked for no version gets flat hooks', async () => {
    const old = await world.account({ hookVersion: 'v1' });
    old.integration.open('c-old');
    await old.integration.scoped('POST', '', old.integration.newMessage('c-old', { type: 'text', text: 'hi' }));
    await world.writes(old, 'c-old', 'hello');
    expect(old.integration.hooks.at(-1)!.body).toMatchObject({
      receiver: 'u-c-old',
      conversation_id: 'c-old',
      type: 'text',
      text: 'hello',
    });
  });
});

describe('the rest', () => {
  const history = (of: Connected, chatId: string, query = '') => of.integration.scoped('GET', `/chats/${chatId}/history${query}`);

  test('history by our id of the chat, the newest first; 204 where there is none, also for others', async () => {
    const { id, reply, msgid } = await newChat('first');
    const chatId = reply.json.new_message.conversation_id;
    await world.writes(shop, id, 'second');
    await says(id, { type: 'location', location: { lon: 37.61, lat: 55.75 } });
    const all = await history(shop, chatId);
    expect(all.status).toBe(200);
    expect(all.json.messages.map((one: { message: { type: string; text: string } }) => [one.message.type, one.message.text])).toEqual([
      ['location', ''],
      ['text', 'second'],
      ['text', 'first'],
    ]);
    const client = {
      id: reply.json.new_message.sender_id,
      client_id: `u-${id}`,
      name: 'Ann',
      avatar: '',
      phone: '79990000000',
      email: 'ann@example.test',
    };
    expect(all.json.messages[2]).toEqual({
      timestamp: expect.any(Number),
      msec_timestamp: expect.any(Number),
      sender: client,
      message: {
        id: reply.json.new_message.msgid,
        client_id: msgid,
        type: 'text',
        text: 'first',
        media: '',
        thumbnail: '',
        file_name: '',
        file_size: 0,
      },
    });
    expect(all.json.messages[1]).toMatchObject({ receiver: client, sender: { id: expect.stringMatching(UUID) } });
    expect(all.json.messages[0]!.message.location).toEqual({ lon: 37.61, lat: 55.75 });
    expect((await history(shop, chatId, '?limit=1&offset=1')).json.messages).toHaveLength(1);
    expect((await history(shop, chatId, '?limit=51')).status).toBe(400);
    for (const nothing of [
      history(shop, randomUUID()),
      history(shop, 'c-1'),
      history(other, chatId),
      history(shop, chatId, '?offset=99'),
    ]) {
      expect(await nothing).toMatchObject({ status: 204, text: '' });
    }
  });

  test('typing is taken with both forms of the address', async () => {
    const body = { conversation_id: 'c-1', sender: { id: 'u-1' } };
    const { channelId } = shop.integration;
    expect(await shop.integration.call('POST', `/v2/origin/custom/${channelId}/typing`, body)).toMatchObject({ status: 204 });
    expect(await shop.integration.scoped('POST', '/typing', body)).toMatchObject({ status: 204 });
  });

  test('a reaction stands under the message it names by either id, the client’s or ours, and is taken back', async () => {
    const { id, reply } = await newChat();
    await world.writes(shop, id, 'Good day');
    const [theirs, ours] = await world.messages(shop, id);
    const hookId = shop.integration.hooks.at(-1)!.body.message.message.id;
    const user = { id: `u-${id}` };
    const react = (change: object) =>
      shop.integration.scoped('POST', '/react', { conversation_id: id, msgid: hookId, user, type: 'react', emoji: '👍', ...change });
    const under = async () => {
      const rows = await world.api.sql<{ id: string; reactions: { side: string; emoji: string[] }[] }[]>`
        select id, reactions from messages where account_id = ${shop.person.accountId} and id in ${world.api.sql([theirs!.id, ours!.id])} order by position`;
      return rows.map(({ reactions }) => reactions.flatMap(({ side, emoji }) => emoji.map((one) => `${side} ${one}`)));
    };
    expect(await react({})).toMatchObject({ status: 200, text: '{}' });
    expect(
      await react({ msgid: undefined, id: reply.json.new_message.msgid, user: { id: 'x', ref_id: 'manager-1' }, emoji: '🔥' }),
    ).toMatchObject({
      status: 200,
    });
    await expect.poll(under).toEqual([['user 🔥'], ['client 👍']]);
    expect(await react({ type: 'unreact' })).toMatchObject({ status: 200 });
    await expect.poll(under).toEqual([['user 🔥'], []]);
    for (const wrong of [{ type: 'like' }, { msgid: undefined }, { emoji: '' }]) expect(await react(wrong)).toMatchObject({ status: 400 });
    expect(await react({ conversation_id: undefined, msgid: 'never-seen' })).toMatchObject({ status: 404 });
  });

  test('a body beyond a megabyte is not read', async () => {
    expect(await says('c-1', { type: 'text', text: 'x'.repeat(1_100_000) })).toMatchObject({ status: 413 });
  });
});
