/** What is WhatsApp's own: many chats in one delivery, receipts with words, lists and links, the window, templates, the pair limit, setting up. */
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ChannelError, ConnectedChannel } from '../../channels/channel.ts';
import { whatsappChannel } from '../../channels/whatsapp/whatsapp.ts';
import type { Button, MessageContent, PartPlan } from '../../domain/message/model.ts';
import { planParts } from '../../domain/message/plan.ts';
import { fillTemplate } from '../../domain/message/template.ts';
import { type FakeWhatsApp, startFakeWhatsApp } from '../fakes/whatsapp/index.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const channel = whatsappChannel();
const pickupButtons = [
  { type: 'QUICK_REPLY', text: 'I will come' },
  { type: 'URL', text: 'Track', url: 'https://shop.example/o/{{1}}', example: ['https://shop.example/o/a17'] },
  { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550001111' },
];
let fake: FakeWhatsApp;
let receiver: Receiver;
let connected: ConnectedChannel;

beforeAll(async () => {
  fake = await startFakeWhatsApp({ timeScale: 0.01 });
  receiver = await startReceiver(channel, () => connected);
  const { token, phoneNumberId, businessAccountId, appSecret } = fake;
  connected = {
    accountId: 1,
    id: 7,
    type: 'whatsapp',
    credentials: channel.parseCredentials({ token, phoneNumberId, businessAccountId, appSecret }),
    apiRoot: fake.apiRoot,
    receive: 'webhook',
    webhookUrl: receiver.url,
    webhookSecret: 'unused',
    facts: {},
  };
  connected = { ...connected, facts: (await channel.connect(connected)).facts };
});
afterEach(() => fake.clearFaults());
afterAll(async () => {
  await receiver.stop();
  await fake.stop();
});

let lastPhone = 79_111_000_000;
async function newChat(): Promise<string> {
  lastPhone += 1;
  await fake.clientWrites(String(lastPhone), 'hello');
  await fake.waitUntilTaken();
  return `+${lastPhone}`;
}
async function factsOf(act: () => Promise<unknown>) {
  await fake.waitUntilTaken();
  const before = receiver.received.flatMap(({ facts }) => facts).length;
  await act();
  await fake.waitUntilTaken();
  return receiver.received.flatMap(({ facts }) => facts).slice(before);
}
const sendPart = (chat: string, part: Partial<PartPlan>, key = 'k') =>
  channel.send(connected, {
    externalChatId: chat,
    key,
    part: { index: 0, text: '', attachments: [], buttons: [], ...part },
    files: {},
    signal: new AbortController().signal,
  });
async function send(chat: string, content: Partial<MessageContent>) {
  for (const part of planParts({ text: '', attachments: [], buttons: [], ...content }, channel.abilities)) await sendPart(chat, part);
}
const failureOf = (attempt: Promise<unknown>): Promise<ChannelError> =>
  attempt.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: ChannelError) => error,
  );
const answers = (count: number): Button[] =>
  Array.from({ length: count }, (_, index) => ({ type: 'reply', label: `Answer ${index + 1}`, key: `${'k'.repeat(22)}.${index}` }));

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

describe('sending', () => {
  test('up to three answers are buttons, up to ten a list, more are numbered lines, one link is a button', async () => {
    const chat = await newChat();
    await send(chat, { text: 'a', buttons: answers(3) });
    await send(chat, { text: 'b', buttons: answers(10) });
    await send(chat, { text: 'c', buttons: answers(11) });
    await send(chat, { text: 'd', buttons: [{ type: 'url', label: 'Site', url: 'https://example.org/' }] });
    const kinds = (await fake.sentTo(chat)).map(({ kind, buttons }) => [kind, buttons?.[0]?.kind, buttons?.length]);
    expect(kinds).toEqual([
      ['interactive', 'reply', 3],
      ['interactive', 'row', 10],
      ['text', undefined, undefined],
      ['interactive', 'url', 1],
    ]);
    expect(await factsOf(() => fake.clientPresses(chat, 'Answer 9'))).toMatchObject([
      { message: { pressedKey: `${'k'.repeat(22)}.8`, text: '' } },
    ]);
  });

  test('an answer to a message names it, and the key of the part comes back', async () => {
    const chat = await newChat();
    await sendPart(chat, { text: 'a', replyToExternalId: 'wamid.Q' }, 'm:77:1');
    expect(await fake.sentTo(chat)).toMatchObject([{ replyTo: 'wamid.Q', callbackData: 'm:77:1' }]);
  });

  test('outside the window only an approved template goes out, with all its variables', async () => {
    const chat = await newChat();
    await fake.closeWindow(chat);
    await fake.approveTemplate('order_ready', 'ru', 2);
    expect(await failureOf(sendPart(chat, { text: 'late' }))).toMatchObject({
      kind: 'refused',
      scope: 'contact',
      code: '131047',
      words: expect.stringContaining('template'),
    });
    const template = { name: 'order_ready', language: 'ru', variables: ['Anna', '17'] };
    await sendPart(chat, { template });
    expect((await fake.sentTo(chat)).at(-1)).toMatchObject({ kind: 'template', template });
    expect(await failureOf(sendPart(chat, { template: { ...template, variables: [] } }))).toMatchObject({
      kind: 'refused',
      scope: 'message',
    });
  });

  test('templates are listed as they were approved, all pages of them; what cannot be filled here is left out', async () => {
    await fake.approveTemplate('pickup', 'en_US', {
      category: 'MARKETING',
      components: [
        { type: 'BUTTONS', buttons: pickupButtons },
        { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['17'] } },
        { type: 'BODY', text: 'Dear {{1}}, come to {{2}}', example: { body_text: [['Ann', 'Main st.']] } },
        { type: 'FOOTER', text: 'The shop' },
      ],
    });
    await fake.approveTemplate('map', 'en', {
      components: [
        { type: 'HEADER', format: 'LOCATION' },
        { type: 'BODY', text: 'Here' },
      ],
    });
    await fake.approveTemplate('code', 'en', { category: 'AUTHENTICATION', components: [{ type: 'BODY', text: '{{1}}' }] });
    await fake.approveTemplate('waiting', 'en', { status: 'PENDING', components: [{ type: 'BODY', text: 'Soon' }] });
    for (let one = 0; one < 210; one += 1) await fake.approveTemplate(`x${String(one).padStart(3, '0')}`, 'ru', 1);
    const templates = await channel.templates!(connected, new AbortController().signal);
    const names = templates.map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('x'))).toHaveLength(210);
    expect(names).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(map|code|waiting)$/)]));
    expect(templates.find(({ name }) => name === 'pickup')).toEqual({
      name: 'pickup',
      language: 'en_US',
      category: 'MARKETING',
      heading: 'Order {{1}}',
      media: null,
      text: 'Dear {{1}}, come to {{2}}',
      footer: 'The shop',
      buttons: [
        { type: 'reply', label: 'I will come' },
        { type: 'url', label: 'Track', url: 'https://shop.example/o/{{1}}' },
        { type: 'phone', label: 'Call', phone: '+15550001111' },
      ],
      fields: [
        { key: 'heading.1', example: '17' },
        { key: 'text.1', example: 'Ann' },
        { key: 'text.2', example: 'Main st.' },
        { key: 'button.1', example: 'a17' },
      ],
      named: false,
    });
  });

  test('a template goes out with everything it has: heading, places, the ends of its links; a press of it names our button', async () => {
    const chat = await newChat();
    await fake.closeWindow(chat);
    const [template] = (await channel.templates!(connected, new AbortController().signal)).filter(({ name }) => name === 'pickup');
    const values = { 'heading.1': '17', 'text.1': 'Ann', 'text.2': 'Main st.', 'button.1': 'a17' };
    const filled = fillTemplate(template!, values);
    const key = `${'k'.repeat(22)}.0`;
    const buttons = filled.buttons.map((button): Button => (button.type === 'reply' ? { ...button, key } : button));
    await sendPart(chat, { ...filled, buttons });
    expect((await fake.sentTo(chat)).at(-1)).toMatchObject({
      template: { name: 'pickup', variables: ['Ann', 'Main st.'], heading: '17', links: { 1: 'a17' }, payloads: { 0: key } },
      buttons: [
        { kind: 'quick', id: key },
        { kind: 'url', id: 'https://shop.example/o/a17' },
      ],
    });
    const [fact] = await factsOf(() => fake.clientPresses(chat, 'I will come'));
    expect(fact).toMatchObject({ type: 'messageReceived', message: { pressedKey: key, text: '' } });
  });

  test('a picture stands above a template, and places may be named', async () => {
    const chat = await newChat();
    await fake.approveTemplate('sale', 'ru', {
      parameterFormat: 'NAMED',
      components: [
        { type: 'HEADER', format: 'IMAGE' },
        { type: 'BODY', text: 'Скидка {{percent}}', example: { body_text_named_params: [{ param_name: 'percent', example: '10 %' }] } },
      ],
    });
    const [template] = (await channel.templates!(connected, new AbortController().signal)).filter(({ name }) => name === 'sale');
    expect(template).toMatchObject({ media: 'picture', named: true, fields: [{ key: 'text.percent', example: '10 %' }] });
    const { template: filled } = fillTemplate(template!, { 'text.percent': '15 %' });
    const bytes = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    await channel.send(connected, {
      externalChatId: chat,
      key: 'k',
      part: {
        index: 0,
        text: 'Скидка 15 %',
        buttons: [],
        template: filled,
        attachments: [{ kind: 'picture', fileId: 'f1', name: 'sale.png', mime: 'image/png' }],
      },
      files: { f1: { name: 'sale.png', mime: 'image/png', sizeBytes: bytes.length, open: async () => Readable.from([bytes]) } },
      signal: new AbortController().signal,
    });
    expect((await fake.sentTo(chat)).at(-1)).toMatchObject({
      kind: 'template',
      fileKind: 'image',
      file: { mime: 'image/png' },
      template: { variables: ['15 %'], names: ['percent'] },
    });
  });

  test('templates without the id of their account are refused with what to do', async () => {
    const { businessAccountId: _, ...credentials } = connected.credentials;
    const asked = channel.templates!({ ...connected, credentials }, new AbortController().signal);
    await expect(asked).rejects.toMatchObject({ kind: 'refused', scope: 'account', words: expect.stringContaining('businessAccountId') });
  });

  test.each([
    ['+7 999 000-11-22', '+79990001122'],
    ['8 (999) 000-11-22', '+79990001122'],
    ['+84 912 345 678', '+84912345678'],
    ['00 1', undefined],
    ['', undefined],
  ])('a chat begins with the phone of the card: %s', (phone, chat) => {
    const begin = () => channel.beginChat!('any', { phone });
    if (chat === undefined) expect(begin).toThrow(expect.objectContaining({ field: 'phone' }));
    else expect(begin()).toBe(chat);
  });

  test.each<[number, string, Partial<ChannelError>]>([
    [130429, 'too many', { kind: 'rateLimited', retryAfterMs: 1_000 }],
    [131056, 'too many to this person', { kind: 'rateLimited', retryAfterMs: 6_000 }],
    [131048, 'spam', { kind: 'rateLimited', retryAfterMs: 3_600_000 }],
    [131016, 'trouble of Meta', { kind: 'unknown' }],
    [131026, 'not reachable', { kind: 'refused', scope: 'contact' }],
    [131050, 'opted out', { kind: 'refused', scope: 'contact' }],
    [131009, 'our fault', { kind: 'refused', scope: 'message' }],
    [190, 'token', { kind: 'refused', scope: 'account' }],
    [200, 'permission', { kind: 'refused', scope: 'account' }],
    [368, 'blocked', { kind: 'refused', scope: 'account' }],
  ])('error %s (%s)', async (code, _words, expected) => {
    const chat = await newChat();
    await fake.refuse(1, code, 'says Meta');
    expect(await failureOf(sendPart(chat, { text: 'a' }))).toMatchObject({ ...expected, code: String(code) });
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
