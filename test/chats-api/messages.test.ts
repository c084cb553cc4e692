import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { talkWith, UUID } from './talk.ts';
import { type ChatsApiWorld, type Connected, startChatsApi } from './world.ts';

const refusal = (status: number, words: RegExp) => ({
  error_code: status,
  error_type: expect.stringMatching(/^[A-Z_]+$/),
  error_description: expect.stringMatching(words),
});

let world: ChatsApiWorld;
let shop: Connected;
const { newChat, says, talkOf } = talkWith(
  () => world,
  () => shop,
);
beforeAll(async () => {
  world = await startChatsApi();
  shop = await world.account();
});
afterAll(() => world.end());

describe('messages', () => {
  test('a client writes: a numbered conversation, the contact with its phone, and the documented answer', async () => {
    const { id, reply, msgid } = await newChat('Привет');
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      new_message: {
        msgid: expect.stringMatching(UUID),
        ref_id: msgid,
        conversation_id: expect.stringMatching(UUID),
        sender_id: expect.stringMatching(UUID),
        receiver_id: '',
      },
    });
    const [stored, ...more] = await world.messages(shop, id);
    expect(more).toEqual([]);
    expect(stored).toMatchObject({
      id: reply.json.new_message.msgid,
      chat_id: reply.json.new_message.conversation_id,
      external_id: msgid,
      text: 'Привет',
    });
    const talk = await talkOf(id);
    expect(talk!.number).toBeGreaterThan(0);
    const [contact] = await world.api
      .sql`select name, fields::text from contacts where account_id = ${shop.person.accountId} and id = ${talk!.contact_id}`;
    expect(contact).toMatchObject({ name: 'Ann', fields: expect.stringContaining('79990000000') });
  });

  test('the same message again gets the same answer and is one message', async () => {
    const event = shop.integration.newMessage('c-twice', { type: 'text', text: 'once' });
    const first = await shop.integration.scoped('POST', '', event);
    expect((await shop.integration.scoped('POST', '', event)).json).toEqual(first.json);
    expect(await world.messages(shop, 'c-twice')).toHaveLength(1);
  });

  test('a file is copied from its address; an album is one message', async () => {
    const { id } = await newChat();
    for (const name of ['a', 'b']) {
      const media = shop.integration.keep(Buffer.from(`bytes of ${name}`), `${name}.txt`);
      await says(id, {
        type: 'file',
        text: name === 'a' ? 'both' : '',
        media,
        file_name: `${name}.txt`,
        file_size: 10,
        media_group_id: 'g-1',
      });
    }
    await world.copyMedia(shop, id);
    const [, album, ...more] = await world.messages(shop, id);
    expect(more).toEqual([]);
    const files = await world.api
      .sql`select a.copy, a.name, f.size_bytes from attachments a left join files f on f.account_id = a.account_id and f.id = a.file_id
      where a.message_id = ${album!.id as string} order by a.index`;
    expect(files).toMatchObject([
      { copy: 'stored', name: 'a.txt', size_bytes: 10 },
      { copy: 'stored', name: 'b.txt' },
    ]);
  });

  test('an edit changes the text and keeps the one before, named by either id', async () => {
    const { id, msgid, reply } = await newChat('one');
    const edit = (payload: object) =>
      shop.integration.scoped('POST', '', {
        event_type: 'edit_message',
        payload: { timestamp: 1, message: { type: 'text', text: 'two' }, ...payload },
      });
    expect(await edit({ msgid, conversation_id: id })).toMatchObject({ status: 200, json: { new_message: { ref_id: msgid } } });
    expect((await world.messages(shop, id))[0]).toMatchObject({ text: 'two', previous_text: 'one' });
    expect(await edit({ id: reply.json.new_message.msgid, message: { type: 'text', text: 'three' } })).toMatchObject({ status: 200 });
    expect((await world.messages(shop, id))[0]).toMatchObject({ text: 'three' });
    expect(await edit({ msgid: 'nobody-knows' })).toMatchObject({ status: 404 });
  });

  test('a reply names the message it answers by the id of either side', async () => {
    const { id, reply, msgid } = await newChat();
    await says(id, { type: 'text', text: 'a' }, { reply_to: { message: { id: reply.json.new_message.msgid } } });
    await says(id, { type: 'text', text: 'b' }, { reply_to: { message: { msgid } } });
    const stored = await world.messages(shop, id);
    expect(stored.slice(1).map(({ extra }) => (extra as { replyToExternalId?: string }).replyToExternalId)).toEqual([msgid, msgid]);
  });

  test('history that is brought in stands in the thread and starts nothing; the last message does', async () => {
    const sender = { id: 'x', name: 'Manager', ref_id: shop.amojoId };
    const receiver = { id: 'u-history', name: 'Old Client' };
    const at = (hoursAgo: number) => ({ msec_timestamp: Date.now() - hoursAgo * 3_600_000, timestamp: undefined });
    const first = await says('c-history', { type: 'text', text: 'ours' }, { ...at(9), sender, receiver, silent: true });
    expect(first.json.new_message).toMatchObject({ sender_id: shop.amojoId, receiver_id: expect.stringMatching(UUID) });
    await says('c-history', { type: 'text', text: 'theirs' }, { ...at(8), sender: receiver, silent: true });
    expect(await talkOf('c-history')).toBeUndefined();
    await says('c-history', { type: 'text', text: 'now' }, { sender: receiver });
    expect((await talkOf('c-history'))!.number).toBeGreaterThan(0);
    const stored = await world.messages(shop, 'c-history');
    expect(stored.map(({ direction, author_kind, text }) => [direction, author_kind, text])).toEqual([
      ['out', 'bot', 'ours'],
      ['in', 'client', 'theirs'],
      ['in', 'client', 'now'],
    ]);
  });

  test("a colleague's reply on the integration's side is a person's reply by that user; a bot's is not", async () => {
    const { id } = await newChat();
    const [user] = await world.api.sql<
      { amojoId: string }[]
    >`select amojo_id "amojoId" from users where account_id = ${shop.person.accountId}`;
    const receiver = { id: `u-${id}`, name: 'Ann' };
    await says(id, { type: 'text', text: 'from a bot' }, { sender: { id: 'b', name: 'Bot', ref_id: randomUUID() }, receiver });
    expect((await talkOf(id))!.is_read).toBe(false);
    await says(
      id,
      { type: 'text', text: 'from a person' },
      { sender: { id: 'm', name: 'Ada', ref_id: user!.amojoId }, receiver, silent: true },
    );
    expect((await talkOf(id))!.is_read).toBe(true);
    expect((await world.messages(shop, id)).slice(1)).toMatchObject([
      { author_kind: 'bot', author_id: null, direction: 'out' },
      { author_kind: 'user', author_id: shop.person.userId, direction: 'out' },
    ]);
  });

  test.each([
    ['payload.msgid', { msgid: '' }],
    ['payload.message.media', { message: { type: 'file' } }],
    ['payload.sender', { sender: null }],
  ])('what is wrong is named: %s', async (field, change) => {
    expect(await says('c-wrong', { type: 'text', text: 'x' }, change)).toMatchObject({
      status: 400,
      json: { error_description: expect.stringContaining(field) },
    });
  });

  test('while Temporal is away nothing is acknowledged', async () => {
    world.away = Object.assign(new Error('away'), { code: 14 });
    try {
      const event = shop.integration.newMessage('c-away', { type: 'text', text: 'kept?' });
      expect(await shop.integration.scoped('POST', '', event)).toMatchObject({ status: 503, json: refusal(503, /again/) });
      world.away = undefined;
      expect(await shop.integration.scoped('POST', '', event)).toMatchObject({ status: 200 });
      expect(await world.messages(shop, 'c-away')).toHaveLength(1);
    } finally {
      world.away = undefined;
    }
  });
});

describe('chats made beforehand', () => {
  test('one conversation is one chat, shown nowhere before its first message, which falls into it', async () => {
    const body = {
      conversation_id: 'c-made',
      source: { external_id: 'shop-1' },
      user: {
        id: 'u-made',
        name: 'Client',
        avatar: 'https://example.test/a.png',
        profile: { phone: '+1234567890', email: 'c@example.test' },
      },
    };
    const make = (change: object = {}) => shop.integration.scoped('POST', '/chats', { ...body, ...change });
    const [first, second] = await Promise.all([make(), make()]);
    expect(first.status).toBe(200);
    expect(first.json).toEqual({
      id: expect.stringMatching(UUID),
      user: {
        id: expect.stringMatching(UUID),
        client_id: 'u-made',
        name: 'Client',
        avatar: 'https://example.test/a.png',
        phone: '+1234567890',
        email: 'c@example.test',
      },
    });
    expect(second.json).toEqual(first.json);
    expect(await talkOf('c-made')).toBeUndefined();
    const reply = await says('c-made', { type: 'text', text: 'hi' }, { sender: { id: 'u-made', name: 'Client' } });
    expect(reply.json.new_message).toMatchObject({ conversation_id: first.json.id, sender_id: first.json.user.id });
    // A client known before having written belongs to whom the first message's lead belongs: rights to the conversation follow the client.
    await expect.poll(() => talkOf('c-made')).toBeDefined();
    const contacts = await world.api.sql`
      select c.responsible_user_id, l.responsible_user_id as of_lead from contacts c
      join leads l on l.account_id = c.account_id and l.contact_id = c.id
      where c.account_id = ${shop.person.accountId} and c.name = 'Client'`;
    expect(contacts).toEqual([{ responsible_user_id: shop.person.userId, of_lead: shop.person.userId }]);
    expect(await make({ conversation_id: '' })).toMatchObject({ status: 400 });
    expect(await make({ user: { id: 'u' } })).toMatchObject({
      status: 400,
      json: { error_description: expect.stringContaining('user.name') },
    });
    expect(await make({ source: { external_id: 'ш' } })).toMatchObject({ status: 400 });
  });
});
