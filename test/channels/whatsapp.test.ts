/** What is WhatsApp's own in what comes: many chats in one delivery, receipts with words, and setting up. */
import { describe, expect, test } from 'vitest';
import type { ConnectedChannel } from '../../channels/channel.ts';
import type { FakeWhatsApp } from '../fakes/whatsapp/index.ts';
import type { Receiver } from './receiver.ts';
import { channel, connectWhatsApp, failureOf } from './whatsapp-bench.ts';

let fake: FakeWhatsApp;
let receiver: Receiver;
let connected: ConnectedChannel;
const { newChat, factsOf, sendPart } = connectWhatsApp((started) => {
  ({ fake, receiver, connected } = started);
});

describe('deliveries', () => {
  test('one post of several chats, messages and statuses gives every fact once, though one of them is broken', async () => {
    const [anna, boris] = [await newChat(), await newChat()];
    await sendPart(boris, { text: 'to be read' });
    const facts = await factsOf(async () => {
      await fake.hold();
      await fake.clientWrites(anna, 'one');
      await fake.clientWrites(boris, 'two');
      await fake.clientSends(anna, { message: { type: 'text', text: { body: 5 } } });
      await fake.status(boris, 'last', 'read');
      await fake.clientWrites(anna, 'three');
      await fake.release('batched');
    });
    expect(facts.map((fact) => [fact.type, fact.chat.externalChatId, fact.type === 'messageReceived' ? fact.message.text : ''])).toEqual([
      ['messageReceived', anna, 'one'],
      ['messageReceived', boris, 'two'],
      ['receiptCame', boris, ''],
      ['messageReceived', anna, 'three'],
    ]);
    expect(receiver.received.at(-1)?.unparsed).toContain('"body":5');
  });

  test('what concerns another number of the same app is left to its own channel', async () => {
    const other = await fake.addNumber();
    const value = {
      metadata: { phone_number_id: other.phoneNumberId },
      messages: [{ id: 'x', from: '1234567', type: 'text', text: { body: 'a' } }],
    };
    expect(await factsOf(() => fake.pushChange({ field: 'messages', value }))).toEqual([]);
    expect(receiver.received.at(-1)?.unparsed).toBeUndefined();
  });

  test('delivered, read and failed are receipts; the failure carries the words of Meta, the closed window ours', async () => {
    const chat = await newChat();
    const { externalIds } = await sendPart(chat, { text: 'a' });
    const told = await factsOf(async () => {
      await fake.status(chat, 'last', 'delivered');
      await fake.status(chat, 'last', 'played');
      await fake.status(chat, 'last', 'failed', { code: 131026, title: 'Message undeliverable', details: 'Receiver is incapable' });
      await fake.status(chat, 'last', 'failed', { code: 131047, title: 'Re-engagement message', details: 'More than 24 hours' });
    });
    expect(told).toMatchObject([
      { type: 'receiptCame', status: 'delivered', externalIds, chat: { externalChatId: chat } },
      { status: 'read', externalIds },
      { status: 'failed', externalIds, words: 'Message undeliverable: Receiver is incapable' },
      { status: 'failed', words: expect.stringContaining('24 hours') },
    ]);
  });

  test('a reply written in the app on the phone is a colleague’s, in the same chat', async () => {
    const chat = await newChat();
    expect(await factsOf(() => fake.colleagueWrites(chat, 'from the phone'))).toMatchObject([
      { type: 'colleagueReplied', chat: { externalChatId: chat }, message: { text: 'from the phone' } },
    ]);
  });

  test('an edit, a message taken back and an answer to a message name what they concern', async () => {
    const chat = await newChat();
    const { id } = await fake.clientWrites(chat, 'befroe');
    const facts = await factsOf(async () => {
      await fake.clientEdits(chat, id, 'before');
      await fake.clientRevokes(chat, id);
      await fake.clientWrites(chat, 'to that', { replyTo: id });
    });
    expect(facts).toMatchObject([
      { type: 'messageEdited', externalId: id, text: 'before' },
      { type: 'messageDeleted', externalId: id },
      { type: 'messageReceived', message: { replyToExternalId: id, text: 'to that' } },
    ]);
  });

  test('a reaction is what somebody says under a message; without an emoji it was taken back', async () => {
    const chat = await newChat();
    const { id } = await fake.clientWrites(chat, 'hello');
    const facts = await factsOf(async () => {
      await fake.clientSends(chat, { message: { type: 'reaction', reaction: { message_id: id, emoji: '👍' } } });
      await fake.clientSends(chat, { message: { type: 'reaction', reaction: { message_id: id } } });
    });
    const by = { externalUserId: expect.stringMatching(/\S/), side: 'client' };
    expect(facts).toMatchObject([
      { type: 'reactionChanged', chat: { externalChatId: chat }, externalId: id, by, emoji: ['👍'] },
      { type: 'reactionChanged', chat: { externalChatId: chat }, externalId: id, by, emoji: [] },
    ]);
  });

  test.each([
    [
      'a change of number',
      { type: 'system', system: { type: 'user_changed_number', body: 'A changed' } },
      { unsupported: 'system', text: 'A changed' },
    ],
    ['an order', { type: 'order', order: { catalog_id: '1' } }, { unsupported: 'order', text: '' }],
    ['what WhatsApp cannot show', { type: 'unsupported', errors: [{ code: 131051 }] }, { unsupported: 'unsupported' }],
    ['an interactive message without its object', { type: 'interactive' }, { unsupported: 'interactive' }],
    ['a press of somebody else’s button', { type: 'button', button: { payload: 'x', text: 'Stop' } }, { text: 'Stop' }],
    [
      'a place with a name',
      { type: 'location', location: { latitude: 1, longitude: 2, name: 'Shop' } },
      { text: 'Shop', location: { latitude: 1, longitude: 2 } },
    ],
  ])('%s is stored as what it is', async (_name, message, expected) => {
    const chat = await newChat();
    expect(await factsOf(() => fake.clientSends(chat, { message }))).toMatchObject([{ type: 'messageReceived', message: expected }]);
  });

  test('a client who hides the phone is known by the id Meta gives, and gets our answers', async () => {
    const [fact] = await factsOf(() => fake.clientWrites('79222000001', 'hidden', { hidesPhone: true, userId: 'RU.777', name: 'Ghost' }));
    expect(fact).toMatchObject({ chat: { externalChatId: 'RU.777' }, sender: { externalUserId: 'RU.777', name: 'Ghost' } });
    await sendPart('RU.777', { text: 'hello, ghost' });
    expect(await fake.sentTo('79222000001')).toMatchObject([{ text: 'hello, ghost' }]);
  });
});

describe('setting up', () => {
  const given = () => ({ token: fake.token, phoneNumberId: fake.phoneNumberId, appSecret: fake.appSecret });

  test('the challenge is answered for our verify token only', async () => {
    const ask = (token: string) =>
      channel.receive(connected, {
        method: 'GET',
        headers: {},
        query: { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': token },
        body: new Uint8Array(),
      });
    expect(await ask(connected.credentials.verifyToken ?? '')).toMatchObject({ facts: [], answer: { status: 200, body: '1158201444' } });
    expect(await failureOf(ask('wrong'))).toMatchObject({ kind: 'refused', scope: 'account', code: 'bad_verify_token' });
  });

  test('the verify token is made once and kept, or taken as given', () => {
    const made = channel.parseCredentials(given());
    expect(made.verifyToken).toMatch(/^[\w-]{32}$/);
    expect(channel.parseCredentials(given(), made)).toEqual(made);
    expect(channel.parseCredentials({ ...given(), verifyToken: 'mine' }, made).verifyToken).toBe('mine');
  });

  test.each(['token', 'phoneNumberId', 'appSecret'])('a missing %s is named', (field) => {
    expect(() => channel.parseCredentials({ ...given(), [field]: '' })).toThrow(
      expect.objectContaining({ name: 'ChannelInputError', field }),
    );
  });

  test('a wrong token and a wrong number are told apart', async () => {
    const credentials = (change: object) => ({ ...connected, credentials: { ...connected.credentials, ...change } });
    await expect(channel.connect(credentials({ token: 'EAAwrong' }))).rejects.toMatchObject({ field: 'token' });
    await expect(channel.connect(credentials({ phoneNumberId: '5' }))).rejects.toMatchObject({ field: 'phoneNumberId' });
    await expect(channel.connect({ ...connected, webhookUrl: undefined as never })).rejects.toMatchObject({ field: 'receive' });
  });

  test('where Meta does not let us set the address, it is set by hand and works all the same', async () => {
    await fake.forbidOverrides();
    expect((await channel.connect(connected)).facts.webhook).toBe('manual');
    expect(channel.reveal?.(connected)).toEqual({ channelId: fake.phoneNumberId, secret: connected.credentials.verifyToken });
    await fake.setWebhook(receiver.url, connected.credentials.verifyToken ?? '');
    await expect(fake.setWebhook(receiver.url, 'wrong')).rejects.toThrow();
    expect(await factsOf(() => fake.clientWrites('79333000001', 'hello'))).toHaveLength(1);
  });
});
