import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Change, Contact, QuickReply, TalkNoteMade, ThreadPage } from '../../api/contract/index.ts';
import { customChannel } from '../../channels/custom/custom.ts';
import { webchatChannel } from '../../channels/webchat/webchat.ts';
import { messagesOfVisitor } from '../../db/stores/webchat.ts';
import { type Card, makeCard } from './data.ts';
import { hearReplies } from './hear-replies.ts';
import { openStream } from './open-stream.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
let eve: Person;
/** Sees own clients only. */
let bob: Person;
/** Sees everything. */
let cleo: Person;
let card: Card;

beforeAll(async () => {
  world = await startWorld([webchatChannel(), customChannel({ allowPrivateAddresses: true })]);
  ada = await world.makePerson();
  eve = await world.makePerson();
  bob = await world.addUser(ada, { role: 'manager', sees: 'own' });
  cleo = await world.addUser(ada, { role: 'manager', sees: 'all' });
});
afterAll(() => world.stop());

async function json<Answer>(answer: Response, status: number): Promise<Answer> {
  const text = await answer.text();
  expect(`${answer.status} ${answer.status === status ? '' : text}`).toBe(`${status} `);
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}
const post = (who: Person, path: string, body?: unknown) => world.call(who, 'POST', path, body);
const notices = async (who: Person) =>
  (
    await json<{ items: { what: string; conversationNumber: number; data: Record<string, unknown> }[] }>(
      await world.call(who, 'GET', '/api/notifications'),
      200,
    )
  ).items.filter(({ conversationNumber }) => conversationNumber === card.number);

describe('handing over', () => {
  beforeAll(async () => {
    card = await makeCard(world, ada);
  });

  test('moves contact and card, tells the new one, withdraws what called the old one, and says it with its author in events and thread', async () => {
    await world.sql`insert into notifications (account_id, user_id, what, conversation_number, at)
      values (${ada.accountId}, ${ada.userId}, 'clientWrote', ${card.number}, ${Date.now()})`;
    const done = await json(
      await post(ada, `/api/conversations/${card.number}/transfer`, { userId: bob.userId, comment: 'He is yours' }),
      200,
    );
    expect(done).toMatchObject({ number: card.number, responsible: { id: bob.userId }, seen: true });
    const [contact] =
      await world.sql`select responsible_user_id id from contacts where account_id = ${ada.accountId} and id = ${card.contactId}`;
    const [lead] = await world.sql`select responsible_user_id id from leads where account_id = ${ada.accountId} and id = ${card.leadId}`;
    expect([contact!.id, lead!.id]).toEqual([bob.userId, bob.userId]);
    const events = await world.sql`select entity_type, author_id from events
      where account_id = ${ada.accountId} and type = 'entity_responsible_changed' and contact_id = ${card.contactId} order by id`;
    expect(events).toEqual([
      { entity_type: 'lead', author_id: ada.userId },
      { entity_type: 'contact', author_id: ada.userId },
    ]);
    expect(await notices(bob)).toMatchObject([{ what: 'transferred', data: { by: ada.userId, words: 'He is yours' } }]);
    expect(await notices(ada)).toEqual([]);
    const { items } = await json<ThreadPage>(await world.call(ada, 'GET', `/api/contacts/${card.contactId}/thread`), 200);
    expect(items.flatMap((item) => (item.kind === 'line' && item.line.type === 'responsibleChanged' ? [item.line.to] : []))).toEqual([
      'Bob',
    ]);
    expect(items.flatMap((item) => (item.kind === 'note' ? [item.note.text] : []))).toEqual(['He is yours']);
  });

  test('again to the same one changes nothing and tells nobody twice', async () => {
    await json(await post(ada, `/api/conversations/${card.number}/transfer`, { userId: bob.userId }), 200);
    expect(await notices(bob)).toHaveLength(1);
  });

  test('by who sees own clients only says that the client is out of sight now', async () => {
    const done = await json(await post(bob, `/api/conversations/${card.number}/transfer`, { userId: cleo.userId }), 200);
    expect(done).toMatchObject({ seen: false });
    await json(await world.call(bob, 'GET', `/api/conversations/${card.number}`), 404);
  });

  test('a user of another account, an unknown one and another account’s conversation are refused', async () => {
    const refused = await json<{ fields: unknown[] }>(
      await post(ada, `/api/conversations/${card.number}/transfer`, { userId: eve.userId + 900_000 }),
      422,
    );
    expect(refused.fields).toMatchObject([{ field: 'userId' }]);
    await json(await post(eve, `/api/conversations/${card.number}/transfer`, { userId: eve.userId }), 404);
  });
});

describe('participants', () => {
  beforeAll(async () => {
    card = await makeCard(world, ada);
  });

  test('see the client whatever their rights say, are told once, and read like the responsible user', async () => {
    await json(await world.call(bob, 'GET', `/api/conversations/${card.number}`), 404);
    const path = `/api/conversations/${card.number}/participants`;
    const added = await json(await post(ada, path, { userId: bob.userId }), 200);
    expect(added).toMatchObject({ participants: [{ id: bob.userId, name: 'Bob' }] });
    await json(await post(ada, path, { userId: bob.userId }), 200);
    expect((await notices(bob)).map(({ what }) => what)).toEqual(['invited']);
    const contact = await json<Contact>(await world.call(bob, 'GET', `/api/contacts/${card.contactId}`), 200);
    expect(contact.participants).toMatchObject([{ id: bob.userId }]);
    await json(await post(bob, `/api/conversations/${card.number}/read`), 200);
    await json(await post(cleo, `/api/conversations/${card.number}/read`), 200);
    expect(world.sent.slice(-2).map(({ order }) => order)).toMatchObject([
      { type: 'read', by: bob.userId, counts: true },
      { type: 'read', by: cleo.userId, counts: false },
    ]);
  });

  test('may leave by themselves; then the client is out of sight', async () => {
    const path = `/api/conversations/${card.number}/participants/${bob.userId}`;
    await json(await world.call(eve, 'DELETE', path), 404);
    expect(await json(await world.call(bob, 'DELETE', path), 200)).toEqual({ participants: [] });
    await json(await world.call(bob, 'GET', `/api/conversations/${card.number}`), 404);
  });
});

describe('private notes', () => {
  let note: TalkNoteMade;
  beforeAll(async () => {
    card = await makeCard(world, ada);
  });

  test('tell those who are mentioned and see the client, and name those who do not', async () => {
    note = await json(
      await post(ada, `/api/conversations/${card.number}/notes`, {
        text: 'Secret: ask @Bob',
        mentions: [bob.userId, cleo.userId, ada.userId],
      }),
      201,
    );
    expect(note).toMatchObject({ text: 'Secret: ask @Bob', author: { id: ada.userId }, notSeeing: [{ id: bob.userId }] });
    expect(await notices(bob)).toEqual([]);
    expect((await notices(cleo)).map(({ what, data }) => [what, data.words])).toEqual([['mentioned', 'Secret: ask @Bob']]);
    expect(await notices(ada)).toEqual([]);
  });

  test('stand in the thread by time, and nowhere that a client or an integration reads', async () => {
    const { items } = await json<ThreadPage>(await world.call(ada, 'GET', `/api/contacts/${card.contactId}/thread`), 200);
    expect(items[0]).toMatchObject({ kind: 'note', note: { id: note.id, conversationNumber: card.number } });
    const [channel] = await world.sql`select account_id, id from channels where id = ${card.channelId}`;
    const visitor = { accountId: channel!.account_id, channelId: card.channelId, externalChatId: card.externalChatId };
    const seen = await messagesOfVisitor(world.sql, visitor, { limit: 50 });
    expect(seen.map(({ text }) => text)).toEqual(['Good day', 'Which city?']);
    for (const path of [`/api/v4/talks/${card.number}/messages`, `/api/conversations/${card.number}/messages`]) {
      const answer = await world.call(ada, 'GET', path);
      const text = await answer.text();
      expect(answer.status).toBe(200);
      expect(text).toContain('Good day');
      expect(text).not.toContain('Secret');
    }
    expect(await world.sql`select 1 from messages where account_id = ${ada.accountId} and text like '%Secret%'`).toEqual([]);
  });

  test('are changed by their author only; those who are mentioned anew are told', async () => {
    const path = `/api/conversations/${card.number}/notes/${note.id}`;
    await json(await world.call(cleo, 'PATCH', path, { text: 'mine now' }), 403);
    await json(await world.call(eve, 'PATCH', path, { text: 'mine now' }), 404);
    const changed = await json(await world.call(ada, 'PATCH', path, { text: 'Ask @Bob at once', mentions: [cleo.userId] }), 200);
    expect(changed).toMatchObject({ text: 'Ask @Bob at once', editedAt: expect.any(Number) });
    expect(await notices(cleo)).toHaveLength(1);
    await json(await world.call(cleo, 'DELETE', path), 403);
    await json(await world.call(eve, 'DELETE', path), 404);
    await json(await world.call(ada, 'DELETE', path), 204);
    const { items } = await json<ThreadPage>(await world.call(ada, 'GET', `/api/contacts/${card.contactId}/thread`), 200);
    expect(items.some((item) => item.kind === 'note')).toBe(false);
  });

  test('with files of another account or users of another account are refused', async () => {
    const path = `/api/conversations/${card.number}/notes`;
    await json(await post(ada, path, { text: 'x', files: [randomUUID()] }), 422);
    await json(await post(ada, path, { text: 'x', mentions: [9_999_999] }), 422);
    await json(await post(ada, path, { text: '  ' }), 422);
    await json(await post(eve, path, { text: 'x' }), 404);
  });

  test('fill pages of the thread without a gap and without doubles', async () => {
    for (let index = 0; index < 5; index += 1)
      await json(await post(ada, `/api/conversations/${card.number}/notes`, { text: `note ${index}` }), 201);
    const found: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: ThreadPage = await json(
        await world.call(ada, 'GET', `/api/contacts/${card.contactId}/thread?limit=2&cursor=${cursor}`.replace(/&cursor=$/, '')),
        200,
      );
      for (const item of page.items)
        found.push(item.kind === 'note' ? item.note.text : item.kind === 'message' ? item.message.text : item.line.type);
      cursor = page.nextCursor;
    }
    expect(found).toEqual(['note 4', 'note 3', 'note 2', 'note 1', 'note 0', 'Which city?', 'Good day']);
  });
});

describe('who types', () => {
  beforeAll(async () => {
    card = await makeCard(world, ada);
  });

  test('reaches colleagues who see the client over the stream, and is stored nowhere', async () => {
    const [hers, his] = [await openStream(world, cleo), await openStream(world, bob)];
    await json(await post(ada, `/api/conversations/${card.number}/typing`, { state: 'writing' }), 204);
    await json(await post(ada, `/api/conversations/${card.number}/unread`), 200);
    await hers.until('"typing"');
    // What Bob may hear of comes after it, in order: when that has arrived, the first was kept from him.
    const everybodys = await makeCard(world, ada, { responsible: null });
    await json(await post(ada, `/api/conversations/${everybodys.number}/typing`, { state: 'writing' }), 204);
    await his.until('"typing"');
    expect(his.text).not.toContain(card.chatId);
    const change = JSON.parse(/data: (\{"kind":"typing".*\})/.exec(hers.text)![1]!) as Change;
    expect(change.ids).toEqual([`${card.chatId}/${ada.userId}/w`]);
    await world.sql`update contacts set participant_ids = array[${bob.userId}]::bigint[] where id = ${card.contactId}`;
    await json(await post(ada, `/api/conversations/${card.number}/typing`, { state: 'note' }), 204);
    await his.until(`${card.chatId}/${ada.userId}/n`);
    await Promise.all([hers.close(), his.close()]);
    await json(await post(eve, `/api/conversations/${card.number}/typing`), 404);
  });
});

describe('blocking', () => {
  test('is one order to a chat of the contact, by who may change them', async () => {
    card = await makeCard(world, ada);
    expect(await json(await post(ada, `/api/contacts/${card.contactId}/block`), 200)).toEqual({ blocked: true });
    expect(world.sent.at(-1)).toMatchObject({
      to: { externalChatId: card.externalChatId },
      order: { type: 'block', by: ada.userId, blocked: true },
    });
    expect(await json(await post(ada, `/api/contacts/${card.contactId}/unblock`), 200)).toEqual({ blocked: false });
    await json(await post(eve, `/api/contacts/${card.contactId}/block`), 404);
    await json(await post(bob, `/api/contacts/${card.contactId}/block`), 404);
  });
});

describe('typing', () => {
  test('is taken from one user twenty times in ten seconds; more is refused and told to nobody, and colleagues are not held up', async () => {
    const dora = await world.addUser(ada, { role: 'manager', sees: 'all' });
    const talk = await makeCard(world, ada);
    const say = (who: Person) => post(who, `/api/conversations/${talk.number}/typing`, { state: 'writing' });
    const answers: number[] = [];
    let last: Response | undefined;
    // More than two whole windows take, so that one of them is full however slowly it goes.
    for (let index = 0; index < 200 && last?.status !== 429; index += 1) {
      last = await say(dora);
      answers.push(last.status);
    }
    expect(last!.status).toBe(429);
    expect(Number(last!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answers.slice(0, -1).every((status) => status === 204)).toBe(true);
    expect(answers.length).toBeGreaterThan(20);
    await json(await say(cleo), 204);
  });
});

describe('quick replies', () => {
  let own: QuickReply;

  test('are one’s own, or the account’s by the right to settings', async () => {
    own = await json(await post(bob, '/api/quick-replies', { title: 'Hours', text: 'Open 9–21' }), 201);
    await json(await post(bob, '/api/quick-replies', { title: 'All', text: 'x', shared: true }), 403);
    const shared = await json<QuickReply>(
      await post(ada, '/api/quick-replies', { title: 'Address', text: 'Main street', shared: true }),
      201,
    );
    const titles = async (who: Person) =>
      (await json<{ items: QuickReply[] }>(await world.call(who, 'GET', '/api/quick-replies'), 200)).items.map(({ title }) => title);
    expect(await titles(bob)).toEqual(['Address', 'Hours']);
    expect(await titles(ada)).toEqual(['Address']);
    expect(await titles(eve)).toEqual([]);
    await json(await world.call(bob, 'PUT', `/api/quick-replies/${shared.id}`, { title: 'Mine', text: 'x' }), 403);
    await json(await world.call(bob, 'DELETE', `/api/quick-replies/${shared.id}`), 403);
    for (const method of ['PUT', 'DELETE'])
      await json(await world.call(eve, method, `/api/quick-replies/${own.id}`, { title: 'x', text: 'x' }), 404);
    await json(await world.call(ada, 'DELETE', `/api/quick-replies/${own.id}`), 404);
    await json(await world.call(ada, 'DELETE', `/api/quick-replies/${shared.id}`), 204);
  });

  test('that change are told to their owner, shared ones to the whole account, and nobody hears of others’', async () => {
    const isTold = (id: number) => (told: string[]) => told.includes(String(id));
    const [his, hers, foreign] = await Promise.all([bob, ada, eve].map((who) => hearReplies(world, who)));
    await Promise.all([his!, hers!, foreign!].map((stream) => stream.until((_, text) => text.includes('event: resync'))));
    // What the tests before have changed may be told late: it is over when something newer is told.
    for (const [who, stream] of [
      [bob, his!],
      [ada, hers!],
      [eve, foreign!],
    ] as const) {
      await json(await post(who, '/api/quick-replies', { title: 'Begin', text: 'x' }), 201);
      await stream.until(isTold(who.userId));
    }
    for (const stream of [his!, hers!, foreign!]) stream.forget();
    await json(await world.call(bob, 'PUT', `/api/quick-replies/${own.id}`, { title: 'Hours', text: 'Open 10–20' }), 200);
    await his!.until(isTold(bob.userId));
    await json(await post(ada, '/api/quick-replies', { title: 'Way', text: 'By the bridge', shared: true }), 201);
    await his!.until(isTold(0));
    expect(await hers!.until(isTold(0))).not.toContain(String(bob.userId));
    await json(await post(eve, '/api/quick-replies', { title: 'Hers', text: 'x' }), 201);
    expect(await foreign!.until(isTold(eve.userId))).not.toContain('0');
    await Promise.all([his!, hers!, foreign!].map((stream) => stream.close()));
  });

  test('are filled with the client’s, the card’s and the writer’s own values', async () => {
    card = await makeCard(world, ada);
    const text = 'Dear {{contact.first_name}}, {{user.name}} here about {{lead.name}} (#{{conversation.number}}){{nothing}}';
    const { id } = await json<QuickReply>(await post(ada, '/api/quick-replies', { title: 'Hello', text }), 201);
    const path = `/api/quick-replies/${id}/filled?contact=${card.contactId}&conversation=${card.number}`;
    expect(await json(await world.call(ada, 'GET', path), 200)).toEqual({ text: `Dear Anna, Ada here about Order (#${card.number})` });
    await json(await world.call(eve, 'GET', path), 404);
    const other = await makeCard(world, eve);
    await json(await world.call(ada, 'GET', `/api/quick-replies/${id}/filled?contact=${other.contactId}`), 404);
  });
});

describe('an answer', () => {
  test('says what was seen of the very chat it goes to; a colleague’s answer since comes back as 409 with who and when', async () => {
    card = await makeCard(world, ada);
    const usual = world.answerOrder;
    world.answerOrder = async () => ({
      taken: true,
      answer: {
        status: 'in_work',
        isRead: true,
        refused: { code: 'answered_since', detail: 'look', answered: { userId: cleo.userId, at: 5, position: 3 } },
      },
    });
    const refused = await json(await post(ada, `/api/conversations/${card.number}/messages`, { text: 'x', seenPosition: 2 }), 409);
    world.answerOrder = usual;
    expect(world.sent.at(-1)!.order).toMatchObject({ type: 'write', seenPosition: 2 });
    expect(refused).toMatchObject({ code: 'answered_since', data: { by: { id: cleo.userId, name: 'Bob' }, at: 5, position: 3 } });
  });
});

describe('writing first', () => {
  let custom: number;
  beforeAll(async () => {
    card = await makeCard(world, ada);
    const made = await json<{ id: number }>(
      await post(ada, '/api/channels', { type: 'custom', name: 'Avito', credentials: { webhookUrl: 'http://127.0.0.1:9/hook' } }),
      201,
    );
    custom = made.id;
  });
  const write = (who: Person, channel: number) => post(who, `/api/contacts/${card.contactId}/messages`, { channel, text: 'May we help?' });

  test('needs a phone where the integration reaches people by it', async () => {
    const refused = await json<{ fields: unknown[] }>(await write(ada, custom), 422);
    expect(refused.fields).toMatchObject([{ field: 'phone' }]);
    expect(await world.sql`select 1 from chats where account_id = ${ada.accountId} and channel_id = ${custom}`).toEqual([]);
  });

  test('begins the chat once, without a number, and is offered on the card before', async () => {
    const [phone] =
      await world.sql`select id from custom_fields where account_id = ${ada.accountId} and entity = 'contact' and code = 'PHONE'`;
    await world.sql`update contacts set fields = ${{ [phone!.id]: [{ value: '+7 900 000-00-00', code: 'WORK' }] } as never} where id = ${card.contactId}`;
    const before = await json<Contact>(await world.call(ada, 'GET', `/api/contacts/${card.contactId}`), 200);
    expect(before.canBegin).toMatchObject([{ id: custom, type: 'custom' }]);
    // Orders are noted here, not carried out: that no message came of it is this test's, not the program's.
    await Promise.all([write(ada, custom), write(cleo, custom)]);
    const chats =
      await world.sql`select external_chat_id, talk_number from chats where account_id = ${ada.accountId} and channel_id = ${custom}`;
    expect(chats).toMatchObject([{ external_chat_id: expect.stringMatching(/^ref:/), talk_number: null }]);
    expect(world.sent.slice(-2)).toMatchObject(
      Array(2).fill({ to: { channelId: custom, externalChatId: chats[0]!.external_chat_id }, order: { type: 'write' } }),
    );
    const after = await json<Contact>(await world.call(ada, 'GET', `/api/contacts/${card.contactId}`), 200);
    expect(after.canBegin).toEqual([]);
  });

  test('where only the client can begin, in another account’s channel and to another account’s contact is refused clearly', async () => {
    const other = await makeCard(world, ada);
    expect((await json<{ detail: string }>(await write(ada, other.channelId), 422)).detail).toContain('only the client can begin');
    await json(await write(eve, custom), 404);
    const foreign = await makeCard(world, eve);
    await json(await write(ada, foreign.channelId), 422);
    await json(await post(ada, `/api/contacts/${card.contactId}/messages`, { text: 'x' }), 422);
  });
});
