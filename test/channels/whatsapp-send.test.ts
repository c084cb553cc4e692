/** What is WhatsApp's own in what goes out: lists and links, the window, templates, the pair limit, words of refusals. */
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { ChannelError, ConnectedChannel } from '../../channels/channel.ts';
import type { Button } from '../../domain/message/model.ts';
import { fillTemplate } from '../../domain/message/template.ts';
import type { FakeWhatsApp } from '../fakes/whatsapp/index.ts';
import { channel, connectWhatsApp, failureOf } from './whatsapp-bench.ts';

let fake: FakeWhatsApp;
let connected: ConnectedChannel;
const { newChat, factsOf, sendPart, send } = connectWhatsApp((started) => {
  ({ fake, connected } = started);
});

const pickupButtons = [
  { type: 'QUICK_REPLY', text: 'I will come' },
  { type: 'URL', text: 'Track', url: 'https://shop.example/o/{{1}}', example: ['https://shop.example/o/a17'] },
  { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550001111' },
];
const answers = (count: number): Button[] =>
  Array.from({ length: count }, (_, index) => ({ type: 'reply', label: `Answer ${index + 1}`, key: `${'k'.repeat(22)}.${index}` }));

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
