import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectedChannel, OutgoingFile } from '../../channels/channel.ts';
import { maxChannel } from '../../channels/max/max.ts';
import type { AttachmentKind, Button, PartPlan } from '../../domain/message/model.ts';
import { type FakeMax, startFakeMax } from '../fakes/max/index.ts';
import { SAMPLE_PNG } from '../fakes/telegram/images.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const max = maxChannel();
const ANNA = 182_182_182;

let fake: FakeMax;
let channel: ConnectedChannel;
let receiver: Receiver;
let started = 0;
beforeEach(async () => {
  started += 1;
  fake = await startFakeMax({ timeScale: 0.0005, token: `token_of_run_${started}` });
  receiver = await startReceiver(max, () => channel);
  channel = {
    accountId: 1,
    id: 7,
    type: 'max',
    credentials: { token: fake.token },
    apiRoot: `${fake.url}/`,
    receive: 'webhook',
    webhookUrl: receiver.url,
    webhookSecret: 'f'.repeat(64),
    facts: {},
  };
});
afterEach(async () => {
  await receiver.stop();
  await fake.stop();
});

const signal = () => new AbortController().signal;
const connect = async () => {
  channel = { ...channel, facts: (await max.connect(channel)).facts };
};
const send = (part: Partial<PartPlan>, files: Record<string, OutgoingFile> = {}, options: { chat?: string; signal?: AbortSignal } = {}) =>
  max.send(channel, {
    externalChatId: options.chat ?? String(ANNA),
    key: 'm7:0',
    part: { index: 0, text: '', attachments: [], buttons: [], ...part },
    files,
    signal: options.signal ?? signal(),
  });
const stored = (fields: Partial<OutgoingFile> = {}): OutgoingFile => ({
  name: 'a.png',
  mime: 'image/png',
  sizeBytes: SAMPLE_PNG.length,
  open: async () => Readable.from([SAMPLE_PNG]),
  ...fields,
});
const attached = (kind: AttachmentKind, mime = 'image/png') => ({ kind, fileId: 'f', name: 'a', mime });
const texts = async () => (await fake.sentTo(ANNA)).map(({ text }) => text);

describe('connecting', () => {
  test('subscribes with our secret and hears updates from then on', async () => {
    const connection = await max.connect(channel);
    expect(connection).toEqual({
      externalId: '229229229',
      name: 'Local bot',
      facts: { botId: '229229229', username: 'bot229229229_bot', webhookUrl: receiver.url },
    });
    expect(await fake.subscriptions()).toEqual([
      {
        url: receiver.url,
        secret: expect.stringMatching(/^[0-9a-f]{64}$/),
        updateTypes: ['message_created', 'message_edited', 'message_removed', 'message_callback', 'bot_started', 'bot_stopped'],
      },
    ]);
    channel = { ...channel, facts: connection.facts };
    await fake.clientWrites(ANNA, 'hello', { name: 'Anna X' });
    expect(await receiver.facts(1)).toMatchObject([{ sender: { name: 'Anna X' }, message: { text: 'hello' } }]);
    await expect(max.test(channel)).resolves.toEqual({ words: 'Local bot (@bot229229229_bot)' });
  });

  test('connecting again leaves one subscription, also when our address changed; those of others stay', async () => {
    await connect();
    await connect();
    const other = await startReceiver(max, () => channel);
    await fetch(`${fake.url}/subscriptions`, {
      method: 'POST',
      headers: { authorization: fake.token, 'content-type': 'application/json' },
      body: JSON.stringify({ url: 'https://crm.example.org/max' }),
    });
    channel = { ...channel, webhookUrl: other.url };
    await connect();
    expect((await fake.subscriptions()).map(({ url }) => url)).toEqual(['https://crm.example.org/max', other.url]);
    await max.disconnect(channel);
    expect((await fake.subscriptions()).map(({ url }) => url)).toEqual(['https://crm.example.org/max']);
    await other.stop();
  });

  test('what is wrong is named: the token, the address, the missing address', async () => {
    await expect(max.connect({ ...channel, credentials: { token: 'wrong' } })).rejects.toMatchObject({ field: 'token' });
    await expect(max.connect({ ...channel, webhookUrl: 'http://shop.example.org/hook' })).rejects.toMatchObject({ field: 'receive' });
    const { webhookUrl: _webhookUrl, ...without } = channel;
    await expect(max.connect(without)).rejects.toMatchObject({ field: 'receive' });
    for (const token of [undefined, '', ' ', 'two words']) expect(() => max.parseCredentials({ token })).toThrow(/token/i);
    expect(max.parseCredentials({ token: ' abc ' })).toEqual({ token: 'abc' });
  });

  test('a subscription that is gone, or that another program made, fails the test', async () => {
    await connect();
    await max.disconnect(channel);
    await expect(max.test(channel)).rejects.toMatchObject({ kind: 'refused', scope: 'account', code: 'no_subscription' });
    await connect();
    await expect(max.test({ ...channel, receive: 'polling' })).rejects.toMatchObject({ code: 'subscribed' });
  });

  test('a revoked token is no hindrance to disconnecting', async () => {
    await connect();
    await fake.revokeToken(fake.token);
    await max.disconnect(channel);
    await expect(max.test(channel)).rejects.toMatchObject({ kind: 'refused', scope: 'account', code: 'verify.token' });
  });
});

describe('receiving', () => {
  test('an update that was not answered 200 comes again and gives the same fact; others come out of order', async () => {
    await connect();
    const right = channel;
    channel = { ...channel, webhookSecret: 'another one' };
    await fake.clientWrites(ANNA, 'again');
    await expect.poll(() => receiver.refused.length).toBeGreaterThan(0);
    channel = right;
    expect(await receiver.facts(1)).toMatchObject([{ message: { text: 'again' } }]);
    await fake.hold();
    for (const text of ['one', 'two', 'three']) await fake.clientWrites(ANNA, text);
    await fake.release('reversed');
    const facts = (await receiver.facts(4)).slice(1).flatMap((fact) => (fact.type === 'messageReceived' ? [fact.message] : []));
    expect(facts.map(({ text }) => text)).toEqual(['three', 'two', 'one']);
    expect(facts.sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1]).map(({ text }) => text)).toEqual([
      'one',
      'two',
      'three',
    ]);
  });

  test('a start, a deletion, an answer and the return after a stop', async () => {
    await connect();
    await fake.clientStarts(ANNA, { payload: 'promo7' });
    const { mid } = await fake.clientWrites(ANNA, 'first');
    await fake.clientWrites(ANNA, 'second', { replyTo: mid! });
    await fake.clientRemoves(ANNA, mid!);
    await fake.clientStops(ANNA);
    await expect(send({ text: 'a' })).rejects.toMatchObject({ kind: 'refused', scope: 'contact', code: 'chat.denied' });
    await fake.clientStarts(ANNA);
    expect(await receiver.facts(6)).toMatchObject([
      { message: { text: '/start', startPayload: 'promo7' } },
      { message: { text: 'first' } },
      { message: { text: 'second', replyToExternalId: mid } },
      { type: 'messageDeleted', externalId: mid },
      { type: 'clientBlocked' },
      { message: { text: '/start' } },
    ]);
    await send({ text: 'welcome back' });
    expect(await texts()).toEqual(['welcome back']);
  });

  test('polling takes each update once, across polls and markers beyond 2^53; subscriptions stand in its way', async () => {
    await connect();
    await expect(max.poll!(channel, undefined, signal())).rejects.toMatchObject({ kind: 'refused', scope: 'account' });
    channel = { ...channel, receive: 'polling' };
    await connect();
    expect(await fake.subscriptions()).toEqual([]);
    await fake.clientWrites(ANNA, 'one');
    await fake.pushUpdate({ update_type: 'message_created', message: null });
    const first = await max.poll!(channel, undefined, signal());
    expect(first.facts).toMatchObject([{ message: { text: 'one' } }]);
    expect(first.unparsed).toHaveLength(1);
    expect(Number.isSafeInteger(Number(first.cursor?.split('/')[1]))).toBe(false);
    // Until a later marker says so, nothing was taken.
    expect((await max.poll!(channel, undefined, signal())).facts).toEqual(first.facts);
    const second = max.poll!(channel, first.cursor, signal());
    await fake.clientWrites(ANNA, 'two');
    expect((await second).facts).toMatchObject([{ message: { text: 'two' } }]);
    // The marker of another token means nothing.
    expect((await max.poll!(channel, `other/${'9'.repeat(18)}`, signal())).facts).toMatchObject([{ message: { text: 'two' } }]);
  });

  test('a poll ends with its signal, and a lost one may be asked again', async () => {
    channel = { ...channel, receive: 'polling' };
    await connect();
    const controller = new AbortController();
    const waiting = max.poll!(channel, undefined, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ kind: 'unavailable' });
    await fake.drop({ method: 'GET updates', when: 'after' });
    await fake.clientWrites(ANNA, 'kept');
    await expect(max.poll!(channel, undefined, signal())).rejects.toMatchObject({ kind: 'unavailable' });
    expect((await max.poll!(channel, undefined, signal())).facts).toMatchObject([{ message: { text: 'kept' } }]);
  });

  test('a video is read from its largest file; while MAX prepares it, from the address of the message', async () => {
    await connect();
    const content = Buffer.from('a video').toString('base64');
    await fake.clientSends(ANNA, [{ video: { content } }]);
    await fake.clientSends(ANNA, [{ video: { content, preparing: true } }]);
    const refs = (await receiver.facts(2)).map((fact) => (fact.type === 'messageReceived' ? fact.message.attachments[0]!.ref : ''));
    const read = async (ref: string) => Buffer.concat(await (await max.fetchMedia!(channel, ref, signal())).body.toArray()).toString();
    expect(await read(refs[0]!)).toBe('a video');
    expect(await read(refs[1]!)).toContain('player');
    await expect(max.fetchMedia!(channel, 'video:unknown', signal())).rejects.toMatchObject({ kind: 'refused' });
    await expect(
      max.fetchMedia!({ ...channel, apiRoot: 'https://platform-api2.max.ru' }, `${fake.url}/cdn/1/x`, signal()),
    ).rejects.toMatchObject({
      code: 'private_address',
    });
  });
});

describe('sending', () => {
  beforeEach(() => fake.clientWrites(ANNA, 'hello'));

  test('a receipt names the message, and an answer the message it answers', async () => {
    const { mid } = await fake.clientWrites(ANNA, 'a question');
    const receipt = await send({ text: 'an answer', replyToExternalId: mid! });
    expect(await fake.sentTo(ANNA)).toMatchObject([{ mid: receipt.externalIds[0], text: 'an answer', replyTo: mid }]);
  });

  test('an answer to a message that is gone, or to a press, still goes out', async () => {
    await send({ text: 'gone', replyToExternalId: 'mid.gone' });
    await send({ text: 'press', replyToExternalId: 'press/x/1' });
    expect((await fake.sentTo(ANNA)).map(({ text, replyTo }) => [text, replyTo])).toEqual([
      ['gone', undefined],
      ['press', undefined],
    ]);
  });

  test('eleven pictures, a text and buttons are one message', async () => {
    const files = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`f${index}`, stored({ name: `${index}.png` })]));
    const attachments = Object.keys(files).map((fileId) => ({ ...attached('picture'), fileId }));
    await send({ text: 'all', attachments, buttons: [{ type: 'reply', label: 'Go', key: 'k' }] }, files);
    const [sent, second] = await fake.sentTo(ANNA);
    expect([sent?.files.length, sent?.text, sent?.buttons?.length, second]).toEqual([11, 'all', 1, undefined]);
    expect(sent?.files.map(({ name }) => name)).toEqual(Object.values(files).map(({ name }) => name));
  });

  test.each([
    ['picture', 'image/png', 'image'],
    ['picture', 'image/webp', 'file'],
    ['video', 'video/mp4', 'video'],
    ['audio', 'audio/mpeg', 'audio'],
    ['voice', 'audio/ogg', 'audio'],
    ['file', 'application/pdf', 'file'],
    ['sticker', 'image/webp', 'file'],
  ] as const)('a %s of %s travels as %s', async (kind, mime, uploaded) => {
    await send({ attachments: [attached(kind, mime)] }, { f: stored({ mime }) });
    expect(await fake.sentTo(ANNA)).toMatchObject([{ files: [{ kind: uploaded, sizeBytes: SAMPLE_PNG.length }] }]);
  });

  test('buttons share rows by their length, links at most three a row, and ninety fit', async () => {
    const reply = (label: string): Button => ({ type: 'reply', label, key: label });
    await send({ text: 'a', buttons: [...'abcdefgh'].map(reply) });
    await send({ text: 'b', buttons: [reply('a'), { type: 'url', label: 'b', url: 'https://x.example' }, reply('c'), reply('d')] });
    await send({ text: 'c', buttons: Array.from({ length: 90 }, (_, index) => reply(`a longer label ${index}`)) });
    const sizes = (await fake.sentTo(ANNA)).map(({ buttons }) => buttons?.map((row) => row.length));
    expect(sizes.slice(0, 2)).toEqual([
      [7, 1],
      [3, 1],
    ]);
    expect(sizes[2]?.reduce((sum, size) => sum + size, 0)).toBe(90);
  });

  test('a file that MAX is still preparing is waited for without being uploaded again', async () => {
    await fake.notReady(2);
    await send({ text: 'ready', attachments: [attached('video', 'video/mp4')] }, { f: stored({ mime: 'video/mp4' }) });
    expect(await texts()).toEqual(['ready']);
    expect((await fake.counters()).uploads).toBe(1);
  });

  test('our time is over while MAX prepares a file: certainly not sent, and the next try keeps the upload', async () => {
    await fake.notReady(1);
    const part = { attachments: [attached('file', 'application/pdf')] };
    const files = { f: stored({ mime: 'application/pdf' }) };
    await expect(send(part, files, { signal: AbortSignal.timeout(250) })).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'attachment.not.ready',
    });
    await send(part, files);
    expect((await fake.counters()).uploads).toBe(1);
  });

  test('a refused message forgets its uploads', async () => {
    const part = { attachments: [attached('file', 'application/pdf')] };
    await fake.refuse(1, 400, 'proto.payload', 'attachments: invalid file token');
    await expect(send(part, { f: stored() })).rejects.toMatchObject({ kind: 'refused', scope: 'message' });
    await send(part, { f: stored() });
    expect((await fake.counters()).uploads).toBe(2);
  });

  test.each([
    [
      'a picture that is none',
      stored({ open: async () => Readable.from([Buffer.from('text')]), sizeBytes: 4 }),
      { kind: 'refused', scope: 'message', code: 'file_refused' },
    ],
    ['no file at all', undefined, { kind: 'refused', scope: 'message', code: 'file_missing' }],
  ])('%s is the message’s fault', async (_name, file, error) => {
    await expect(send({ attachments: [attached('picture')] }, file === undefined ? {} : { f: file })).rejects.toMatchObject(error);
    expect(await texts()).toEqual([]);
  });

  test('the upload server failing, dropping or limiting: certainly not sent', async () => {
    const attempt = () => send({ attachments: [attached('picture')] }, { f: stored() });
    await fake.break(502, { method: 'upload' });
    await expect(attempt()).rejects.toMatchObject({ kind: 'unavailable' });
    await fake.drop({ method: 'upload', when: 'after' });
    await expect(attempt()).rejects.toMatchObject({ kind: 'unavailable' });
    await fake.rateLimit(undefined, { method: 'upload' });
    await expect(attempt()).rejects.toMatchObject({ kind: 'rateLimited' });
    await fake.refuse(1, 503, 'service.unavailable', 'later', { method: 'POST uploads' });
    await expect(attempt()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await texts()).toEqual([]);
    await attempt();
  });

  test.each([
    [403, 'chat.denied', 'error.dialog.suspended', { kind: 'refused', scope: 'contact' }],
    [404, 'dialog.not.found', 'error.dialog.notfound', { kind: 'refused', scope: 'contact' }],
    [400, 'proto.payload', 'chat.not.found', { kind: 'refused', scope: 'contact' }],
    [404, 'not.found', 'attachment was not found', { kind: 'refused', scope: 'message' }],
    [400, 'proto.payload', 'text: too long', { kind: 'refused', scope: 'message', words: 'text: too long' }],
    [401, 'verify.token', 'Invalid access_token', { kind: 'refused', scope: 'account' }],
    [429, 'too.many.requests', 'Too many requests', { kind: 'rateLimited', retryAfterMs: undefined }],
    [500, 'internal.error', 'oops', { kind: 'unknown' }],
    [503, 'service.unavailable', 'oops', { kind: 'unknown' }],
  ])('%i %s %s', async (status, code, message, error) => {
    await fake.refuse(1, status, code, message);
    await expect(send({ text: 'a' })).rejects.toMatchObject(error);
  });

  test('429 with Retry-After says how long; a chat that is none is the contact’s fault', async () => {
    await fake.rateLimit(7);
    await expect(send({ text: 'a' })).rejects.toMatchObject({ kind: 'rateLimited', retryAfterMs: 7_000 });
    for (const chat of ['', 'anna', '0', '1e5'])
      await expect(send({ text: 'a' }, {}, { chat })).rejects.toMatchObject({ scope: 'contact' });
  });

  test('words that hold the token are told without it', async () => {
    await fake.refuse(1, 400, 'proto.payload', `no such thing: ${fake.token}`);
    await expect(send({ text: 'a' })).rejects.toMatchObject({ words: 'no such thing: …' });
  });
});
