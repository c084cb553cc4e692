/** Business accounts that a bot answers for: whose messages are whose, and what the account lets the bot do. That they carry all that other chats carry is held by the suite. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChannelFact, ConnectedChannel } from '../../channels/channel.ts';
import { telegramChannel } from '../../channels/telegram/telegram.ts';
import { businessAccountsIn, businessChatId, readBusinessChat } from '../../domain/message/business.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/index.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const telegram = telegramChannel();
const OWNER = 990_001;
const ANNA = 5_550_001;
const CHAT = businessChatId(String(OWNER), ANNA);

describe('a bot in a business account', () => {
  let fake: FakeTelegram;
  let receiver: Receiver;
  let channel: ConnectedChannel;
  let business: string;
  beforeEach(async () => {
    fake = await startFakeTelegram({ timeScale: 0.01 });
    receiver = await startReceiver(telegram, () => channel);
    channel = {
      accountId: 1,
      id: 7,
      type: 'telegram',
      credentials: { token: fake.token },
      apiRoot: fake.url,
      receive: 'webhook',
      webhookUrl: receiver.url,
      webhookSecret: 'secret',
      facts: {},
    };
    const { facts } = await telegram.connect(channel);
    channel.facts = facts;
    business = (await fake.connectBusiness(OWNER, { name: 'Olga', username: 'Olga_Shop' })).connectionId;
    await settled();
  });
  afterEach(async () => {
    await receiver.stop();
    await fake.stop();
  });

  const factsOf = () => receiver.received.flatMap(({ facts }) => facts);
  /** Until everything is delivered; what was told of the channel is kept, as the system does. */
  async function settled(): Promise<ChannelFact[]> {
    await fake.waitUntilTaken();
    channel.facts = Object.assign({}, channel.facts, ...receiver.received.map(({ learned }) => learned));
    return factsOf();
  }
  const send = (text: string, externalChatId = CHAT) =>
    telegram.send(channel, {
      externalChatId,
      key: 'k',
      part: { index: 0, text, attachments: [], buttons: [] },
      files: {},
      signal: new AbortController().signal,
    });
  const asked = async () => (await fake.counters()).byMethod.getBusinessConnection ?? 0;

  test('a client’s message stands in a thread of its own, beside the same client’s chat with the bot', async () => {
    await fake.clientWrites(ANNA, 'to the shop', { business });
    await fake.clientWrites(ANNA, 'to the bot');
    const facts = await settled();
    expect(facts).toMatchObject([
      { type: 'messageReceived', chat: { externalChatId: CHAT, kind: 'private' }, sender: { externalUserId: String(ANNA) } },
      { type: 'messageReceived', chat: { externalChatId: String(ANNA) }, sender: { externalUserId: String(ANNA) } },
    ]);
    // Both count their messages from one.
    expect(facts.map((fact) => fact.type === 'messageReceived' && fact.message.externalId)).toEqual([`${CHAT}/1`, '1']);
    expect(await asked()).toBe(0);
  });

  test('the owner’s own message is a colleague’s reply with its author, a greeting that goes out by itself is no person’s', async () => {
    await fake.clientWrites(ANNA, 'hello', { business });
    await fake.ownerWrites(business, ANNA, 'good day');
    await fake.ownerWrites(business, ANNA, 'we are closed', { automatic: true });
    expect((await settled()).slice(1)).toMatchObject([
      { type: 'colleagueReplied', chat: { externalChatId: CHAT }, externalAuthorId: String(OWNER), message: { text: 'good day' } },
      { type: 'colleagueReplied', by: { kind: 'bot' }, message: { text: 'we are closed' } },
    ]);
    expect(factsOf().at(-1)).not.toHaveProperty('externalAuthorId');
  });

  test('what we send is the owner’s message there, and what Telegram tells of it is not heard', async () => {
    await fake.clientWrites(ANNA, 'hello', { business });
    await settled();
    await expect(send('good day')).resolves.toEqual({ externalIds: [`${CHAT}/2`] });
    expect(await settled()).toHaveLength(1);
    expect(receiver.requests.filter(({ body }) => Buffer.from(body).includes('sender_business_bot'))).toHaveLength(1);
    expect((await fake.sentTo(ANNA, { business })).map(({ text }) => text)).toEqual(['good day']);
    expect(await fake.chats()).toEqual([]);
  });

  test('another bot’s message for the owner is a bot’s, notes of the owner to themselves are nobody’s', async () => {
    const owner = { id: OWNER, is_bot: false, first_name: 'Olga' };
    const message = (fields: object) => ({
      business_message: { message_id: 5, business_connection_id: business, date: 1, from: owner, text: 'x', ...fields },
    });
    await fake.pushUpdate(
      message({ chat: { id: ANNA, type: 'private' }, sender_business_bot: { id: 1, is_bot: true, first_name: 'Other' } }),
    );
    await fake.pushUpdate(message({ chat: { id: OWNER, type: 'private' } }));
    expect(await settled()).toMatchObject([{ type: 'colleagueReplied', by: { kind: 'bot' } }]);
  });

  test('edits of both sides and deletions name their messages', async () => {
    const { messageId } = await fake.clientWrites(ANNA, 'before', { business });
    await settled();
    await fake.clientEdits(ANNA, messageId, 'after', { business });
    await settled();
    await send('ours');
    await fake.deletes(business, ANNA, [messageId, messageId + 1]);
    expect((await settled()).slice(1)).toMatchObject([
      { type: 'messageEdited', chat: { externalChatId: CHAT }, externalId: `${CHAT}/${messageId}`, text: 'after' },
      { type: 'messageDeleted', chat: { externalChatId: CHAT }, externalId: `${CHAT}/${messageId}` },
      { type: 'messageDeleted', chat: { externalChatId: CHAT }, externalId: `${CHAT}/${messageId + 1}` },
    ]);
    expect(new Set(factsOf().map(({ id }) => id)).size).toBe(4);
  });

  test('a press of the client is an answer in its thread, one of the owner is none', async () => {
    await fake.clientWrites(ANNA, 'hello', { business });
    await settled();
    const buttons = [{ type: 'reply' as const, label: 'Yes', key: 'k1' }];
    const part = { index: 0, text: 'Sure?', attachments: [], buttons };
    await telegram.send(channel, { externalChatId: CHAT, key: 'k', part, files: {}, signal: new AbortController().signal });
    await fake.clientPresses(ANNA, 'last', 'Yes', { business });
    await settled();
    await fake.clientPresses(ANNA, 'last', 'Yes', { business, fromId: OWNER });
    expect((await settled()).slice(1)).toMatchObject([
      {
        type: 'messageReceived',
        chat: { externalChatId: CHAT },
        message: { pressedKey: 'k1', text: 'Yes', replyToExternalId: `${CHAT}/2` },
      },
    ]);
  });

  test('an answer names the message of that account', async () => {
    const { messageId } = await fake.clientWrites(ANNA, 'which one?', { business });
    await settled();
    const part = { index: 0, text: 'this one', attachments: [], buttons: [], replyToExternalId: `${CHAT}/${messageId}` };
    await telegram.send(channel, { externalChatId: CHAT, key: 'k', part, files: {}, signal: new AbortController().signal });
    expect(await fake.sentTo(ANNA, { business })).toMatchObject([{ text: 'this one', replyTo: messageId }]);
  });

  test('an account that switched the bot off, or lets it only read, is written to no more, and the words say what to do', async () => {
    await fake.clientWrites(ANNA, 'hello', { business });
    await fake.changeBusiness(business, { canReply: false });
    await settled();
    const refused = { kind: 'refused', scope: 'message' };
    await expect(send('a')).rejects.toMatchObject({ ...refused, words: expect.stringContaining('does not let the bot reply') });
    await fake.changeBusiness(business, { isEnabled: false, canReply: true });
    await settled();
    await expect(send('a')).rejects.toMatchObject({ ...refused, words: expect.stringContaining('connect it again') });
    await expect(send('a', businessChatId('1', ANNA))).rejects.toMatchObject({ ...refused, code: 'business_off' });
    expect((await fake.counters()).byMethod.sendMessage).toBeUndefined();
  });

  test('what Telegram refuses before we have heard of it has the same words', async () => {
    await fake.clientWrites(ANNA, 'hello', { business, date: Math.floor(Date.now() / 1000) - 90_000 });
    await settled();
    const stranger = businessChatId(String(OWNER), ANNA + 1);
    const ofChat = { kind: 'refused', scope: 'contact' };
    await expect(send('late')).rejects.toMatchObject({ ...ofChat, words: expect.stringContaining('24 hours') });
    await expect(send('a', stranger)).rejects.toMatchObject({ ...ofChat, words: expect.stringContaining('does not give this chat') });
    await fake.changeBusiness(business, { canReply: false });
    await expect(send('a')).rejects.toMatchObject({ scope: 'message', words: expect.stringContaining('does not let the bot reply') });
    await fake.changeBusiness(business, { isEnabled: false });
    await expect(send('a')).rejects.toMatchObject({ scope: 'message', words: expect.stringContaining('connect it again') });
  });

  test('connected again, the account keeps its threads, and answers go by the new connection', async () => {
    await fake.clientWrites(ANNA, 'first', { business });
    const again = (await fake.connectBusiness(OWNER)).connectionId;
    await fake.clientWrites(ANNA, 'second', { business: again });
    expect((await settled()).map(({ chat }) => chat.externalChatId)).toEqual([CHAT, CHAT]);
    await send('welcome back');
    expect((await fake.sentTo(ANNA, { business: again })).map(({ text }) => text)).toEqual(['welcome back']);
    expect(businessAccountsIn(channel.facts)).toMatchObject([{ id: again, ownerId: String(OWNER), isEnabled: true }]);
    // Late news of the old connection still finds its thread.
    await fake.redeliver((await fake.pushUpdate(deletionBy(business))).updateId);
    expect((await settled()).at(-1)).toMatchObject({ type: 'messageDeleted', chat: { externalChatId: CHAT } });
  });
  const deletionBy = (connectionId: string) => ({
    deleted_business_messages: { business_connection_id: connectionId, chat: { id: ANNA, type: 'private' }, message_ids: [1] },
  });

  test('a connection from before is asked for once; while Telegram does not say, it is asked to deliver again', async () => {
    channel.facts = {};
    receiver.received.length = 0;
    await fake.refuse(1, 502, 'Bad Gateway', { method: 'getBusinessConnection' });
    await fake.clientWrites(ANNA, 'hello', { business });
    expect(await settled()).toMatchObject([{ type: 'messageReceived', chat: { externalChatId: CHAT } }]);
    expect(receiver.received.map(({ answer }) => answer.status)).toEqual([503, 200]);
    await fake.clientWrites(ANNA, 'and again', { business });
    await settled();
    expect(await asked()).toBe(1);
    await send('answered');
  });

  test('what came by a connection that Telegram does not know either is kept as it came', async () => {
    await fake.pushUpdate(deletionBy('bc-nobody'));
    expect(await settled()).toEqual([]);
    expect(receiver.received.at(-1)).toMatchObject({ answer: { status: 200 }, unparsed: expect.stringContaining('bc-nobody') });
  });

  test('polling hears the same, and is told of accounts too', async () => {
    const polled = { ...channel, receive: 'polling' as const, webhookUrl: undefined, facts: {} };
    await telegram.connect(polled);
    const second = (await fake.connectBusiness(OWNER + 1)).connectionId;
    await fake.clientWrites(ANNA, 'one', { business });
    await fake.clientWrites(ANNA, 'two', { business: second });
    const batch = await telegram.poll!(polled, undefined, new AbortController().signal);
    expect(batch.facts.map(({ chat }) => readBusinessChat(chat.externalChatId)?.ownerId)).toEqual([String(OWNER), String(OWNER + 1)]);
    expect(
      businessAccountsIn(batch.learned ?? {})
        .map(({ ownerId }) => ownerId)
        .toSorted(),
    ).toEqual([String(OWNER), String(OWNER + 1)]);
  });

  test('the accounts are known on after connecting anew, and forgotten with another bot’s token', async () => {
    const known = businessAccountsIn((await telegram.connect(channel)).facts);
    expect(known).toMatchObject([{ ownerName: 'Olga', username: 'Olga_Shop', mayReply: true }]);
    const other = await fake.addBot();
    const elsewhere = await telegram.connect({ ...channel, credentials: { token: other.token } });
    expect(businessAccountsIn(elsewhere.facts)).toEqual([]);
  });

  test('an owner is found by name, address or number', async () => {
    const olga = { externalId: String(OWNER), name: 'Olga' };
    for (const given of ['@olga_shop', 'https://t.me/olga_shop', ' Olga_Shop', String(OWNER)]) {
      await expect(telegram.findColleague!(channel, given)).resolves.toEqual(olga);
    }
    await expect(telegram.findColleague!(channel, '@nobody')).rejects.toMatchObject({ name: 'ChannelInputError', field: 'externalId' });
  });
});
