import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectedChannel, OutgoingFile } from '../../channels/channel.ts';
import { vkChannel } from '../../channels/vk/vk.ts';
import type { Button, PartPlan } from '../../domain/message/model.ts';
import { SAMPLE_PNG } from '../fakes/telegram/images.ts';
import { type FakeVk, startFakeVk } from '../fakes/vk/index.ts';

const vk = vkChannel();
const ANNA = 5_550_001;
const TEAM = 2_000_000_003;

let fake: FakeVk;
let channel: ConnectedChannel;
let started = 0;
beforeEach(async () => {
  started += 1;
  fake = await startFakeVk({ timeScale: 0.001, token: `vk1.a.sending_${started}` });
  channel = {
    accountId: 1,
    id: 7,
    type: 'vk',
    credentials: { token: fake.token, groupId: String(fake.groupId) },
    apiRoot: fake.url,
    receive: 'polling',
    webhookSecret: 'f'.repeat(64),
    facts: {},
  };
  await fake.clientStarts(ANNA);
});
afterEach(() => fake.stop());

const signal = () => new AbortController().signal;
const send = (part: Partial<PartPlan>, files: Record<string, OutgoingFile> = {}, options: { key?: string; chat?: number } = {}) =>
  vk.send(channel, {
    externalChatId: String(options.chat ?? ANNA),
    key: options.key ?? 'k',
    part: { index: 0, text: '', attachments: [], buttons: [], ...part },
    files,
    signal: signal(),
  });
const stored = (content: Buffer, fields: Partial<OutgoingFile> = {}): OutgoingFile => ({
  name: 'a.png',
  mime: 'image/png',
  sizeBytes: content.length,
  open: async () => Readable.from([content]),
  ...fields,
});
const picture = { kind: 'picture' as const, fileId: 'f', name: 'a.png', mime: 'image/png' };

describe('sending', () => {
  const reply = (label: string, key = label): Button => ({ type: 'reply', label, key });

  test('an answer names the message that is answered; an id that is not of this chat is left out', async () => {
    const { messageId } = await fake.clientWrites(ANNA, 'Blue or red?');
    await send({ text: 'Red', replyToExternalId: String(messageId) });
    await send({ text: 'Blue', replyToExternalId: `${TEAM}/40` }, {}, { key: 'other' });
    const sends = (await fake.calls()).filter(({ method }) => method === 'messages.send');
    expect(sends.map(({ params }) => params.reply_to)).toEqual([String(messageId), undefined]);
  });

  test('the same part sent again arrives once and gives the same receipt; another part is another message', async () => {
    await fake.drop({ when: 'after' });
    await expect(send({ text: 'once' })).rejects.toMatchObject({ kind: 'unknown' });
    const receipt = await send({ text: 'once' });
    expect(await send({ text: 'once' })).toEqual(receipt);
    await send({ text: 'once' }, {}, { key: 'another' });
    expect((await fake.sentTo(ANNA)).map(({ text }) => text)).toEqual(['once', 'once']);
    expect(receipt.externalIds).toEqual([String((await fake.sentTo(ANNA))[0]?.messageId)]);
    expect(await fake.counters()).toMatchObject({ repeatedSends: 2 });
  });

  test('ten files of every kind go with the text and the buttons in one message; a repeat carries no file again', async () => {
    const kinds = ['picture', 'file', 'video', 'audio', 'picture', 'picture', 'file', 'picture', 'picture', 'picture'] as const;
    const attachments = kinds.map((kind, index) => ({ ...picture, kind, fileId: `f${index}` }));
    const files = Object.fromEntries(
      attachments.map(({ fileId }, index) => [fileId, stored(Buffer.concat([SAMPLE_PNG, Buffer.from([index])]))]),
    );
    await fake.drop({ when: 'after' });
    const part = { text: 'all', attachments, buttons: [reply('Go')] };
    await expect(send(part, files)).rejects.toMatchObject({ kind: 'unknown' });
    await send(part, files);
    const sent = await fake.sentTo(ANNA);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.files.map(({ kind }) => kind)).toEqual(kinds.map((kind) => (kind === 'picture' ? 'photo' : 'doc')));
    expect(await fake.counters()).toMatchObject({
      uploads: 10,
      byMethod: { 'docs.getMessagesUploadServer': 1, 'photos.getMessagesUploadServer': 1 },
    });
  });

  test('a picture that VK takes for no photo, and voice that is none, go as documents', async () => {
    const voice = (fileId: string) => [{ ...picture, kind: 'voice' as const, fileId }];
    await send({ attachments: [picture] }, { f: stored(Buffer.from('no picture at all')) });
    await send({ attachments: voice('v') }, { v: stored(SAMPLE_PNG, { name: 'v.m4a', mime: 'audio/mp4' }) }, { key: 'v' });
    await send({ attachments: voice('o') }, { o: stored(SAMPLE_PNG, { name: 'v.ogg', mime: 'audio/ogg' }) }, { key: 'o' });
    expect((await fake.sentTo(ANNA)).map(({ files }) => files[0]?.kind)).toEqual(['doc', 'doc', 'audio_message']);
  });

  test('a file name with quotes and line ends arrives readable; a refused file names itself', async () => {
    const file = stored(SAMPLE_PNG, { name: 'при"вет; a\r\nb/../c.pdf', mime: 'application/pdf' });
    await send({ attachments: [{ ...picture, kind: 'file' }] }, { f: file });
    expect((await fake.sentTo(ANNA))[0]?.files[0]?.name).toBe(file.name);
    await expect(
      send({ attachments: [{ ...picture, kind: 'file', fileId: 'x' }] }, { x: stored(SAMPLE_PNG, { name: 'x.exe' }) }),
    ).rejects.toMatchObject({
      kind: 'refused',
      scope: 'message',
      code: 'file_refused',
      words: expect.stringContaining('x.exe'),
    });
    await expect(send({ attachments: [picture] })).rejects.toMatchObject({ kind: 'refused', code: 'file_missing' });
  });

  test('an upload server that is away is tried again; the message was certainly not sent', async () => {
    for (const fault of [
      () => fake.fail(502, { method: 'upload' }),
      () => fake.drop({ method: 'upload' }),
      () => fake.refuse(1, 10, 'x', { method: 'photos.saveMessagesPhoto' }),
    ]) {
      await fault();
      await expect(send({ attachments: [picture] }, { f: stored(SAMPLE_PNG) })).rejects.toMatchObject({ kind: 'unavailable' });
    }
    await fake.fail(413, { method: 'upload' });
    await expect(send({ attachments: [picture] }, { f: stored(SAMPLE_PNG) })).rejects.toMatchObject({ kind: 'refused', scope: 'message' });
    expect(await fake.sentTo(ANNA)).toEqual([]);
  });

  test('an attachment that is only an address is read and uploaded', async () => {
    const { eventId } = await fake.clientSends(ANNA, [{ doc: { content: SAMPLE_PNG.toString('base64'), name: 'x.png' } }]);
    const event = (await fake.event(eventId)) as { object: { message: { attachments: { doc: { url: string } }[] } } };
    const { url } = event.object.message.attachments[0]!.doc;
    await send({ attachments: [{ kind: 'picture', url, name: 'x.png', mime: 'image/png' }] });
    expect((await fake.sentTo(ANNA))[0]?.files).toMatchObject([{ kind: 'photo', sizeBytes: SAMPLE_PNG.length }]);
    const gone = { kind: 'picture' as const, url: `${fake.url}/cdn/0.png`, name: 'x.png', mime: 'image/png' };
    await expect(send({ attachments: [gone] })).rejects.toMatchObject({ kind: 'refused', code: '404' });
  });

  test('up to ten buttons stand under the message, more replace the keyboard once; long labels are cut, their keys stay', async () => {
    await send({
      text: 'Rate',
      buttons: ['1', '2', '3', '4', '5', 'I would rather not say', 'Later', 'Never'].map((label) => reply(label)),
    });
    const long = Array.from({ length: 10 }, (_, index) => reply(`${index} ${'слово '.repeat(10)}`, `k${index}`));
    await send({ text: 'Long', buttons: long }, {}, { key: 'long' });
    const many = Array.from({ length: 40 }, (_, index) => reply(`Button number ${index}`, `k${index}`));
    await send({ text: 'Many', buttons: many }, {}, { key: 'many' });
    const [short, cut, regular] = await fake.sentTo(ANNA);
    expect(short?.buttons?.map((row) => row.map(({ label }) => label))).toEqual([
      ['1', '2', '3', '4', '5'],
      ['I would rather not say'],
      ['Later', 'Never'],
    ]);
    expect([cut?.inline, cut?.buttons?.length, cut?.buttons?.flat().map(({ payload }) => payload)]).toEqual([
      true,
      5,
      long.map((_, index) => `{"b":"k${index}"}`),
    ]);
    for (const { label } of cut!.buttons!.flat()) expect(label).toMatch(/^.{1,39}…$/);
    expect([regular?.inline, regular?.buttons?.length, regular?.buttons?.flat().length]).toEqual([false, 10, 40]);
    await expect(send({ text: 'a', buttons: [...many, reply('one more')] })).rejects.toMatchObject({
      kind: 'refused',
      code: 'too_many_buttons',
    });
    await expect(send({ text: 'a', buttons: [reply('a', 'x'.repeat(300))] })).rejects.toMatchObject({
      kind: 'refused',
      code: 'button_key',
    });
  });

  test('in a group chat the receipt names the message by its count there', async () => {
    await fake.clientWrites(TEAM, 'hello');
    await expect(send({ text: 'to all' }, {}, { chat: TEAM })).resolves.toEqual({ externalIds: [`${TEAM}/2`] });
    await expect(send({ text: 'to nobody' }, {}, { chat: TEAM + 1 })).rejects.toMatchObject({
      kind: 'refused',
      scope: 'contact',
      code: '917',
    });
  });

  test.each([
    [1, 'unknown', 'message', undefined],
    [5, 'refused', 'account', undefined],
    [6, 'rateLimited', 'message', 1_000],
    [7, 'refused', 'account', undefined],
    [9, 'rateLimited', 'message', 60_000],
    [10, 'unknown', 'message', undefined],
    [14, 'refused', 'account', undefined],
    [15, 'refused', 'account', undefined],
    [18, 'refused', 'contact', undefined],
    [27, 'refused', 'account', undefined],
    [29, 'rateLimited', 'message', 600_000],
    [100, 'refused', 'message', undefined],
    [900, 'refused', 'contact', undefined],
    [901, 'refused', 'contact', undefined],
    [902, 'refused', 'contact', undefined],
    [910, 'refused', 'message', undefined],
    [911, 'refused', 'message', undefined],
    [914, 'refused', 'message', undefined],
    [917, 'refused', 'contact', undefined],
    [936, 'refused', 'contact', undefined],
    [943, 'refused', 'message', undefined],
    [950, 'refused', 'contact', undefined],
    [983, 'refused', 'account', undefined],
    [1012, 'refused', 'contact', undefined],
  ])('error %i: %s, %s', async (code, kind, scope, retryAfterMs) => {
    await fake.refuse(1, code, 'in the words of VK');
    await expect(send({ text: 'a' })).rejects.toMatchObject({ kind, scope, code: String(code), words: 'in the words of VK', retryAfterMs });
  });

  test('an error inside of a list is the same error', async () => {
    await fake.clientWrites(TEAM, 'hello');
    await fake.block(TEAM);
    await expect(send({ text: 'a' }, {}, { chat: TEAM })).rejects.toMatchObject({ kind: 'refused', scope: 'contact', code: '917' });
  });

  test('buttons in a community whose bot capabilities are off: the words say what to switch on', async () => {
    await fake.allow({ bots: false });
    await expect(send({ text: 'a', buttons: [reply('b')] })).rejects.toMatchObject({
      kind: 'refused',
      code: '912',
      words: expect.stringContaining('Bot capabilities'),
    });
  });

  test('an answer that is none of VK’s is judged by its status', async () => {
    await fake.fail(429, { retryAfterSeconds: 35 });
    await expect(send({ text: 'a' })).rejects.toMatchObject({ kind: 'rateLimited', retryAfterMs: 35_000 });
    await fake.fail(502);
    await expect(send({ text: 'a' })).rejects.toMatchObject({ kind: 'unknown', code: '502' });
    await fake.fail(404);
    await expect(send({ text: 'a' })).rejects.toMatchObject({ kind: 'refused', scope: 'account', code: '404' });
  });

  test('should VK ever echo the key, it is cut out', async () => {
    await fake.refuse(1, 100, `invalid: access_token=${fake.token}`);
    const error = await send({ text: 'a' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ words: 'invalid: access_token=…' });
    expect(JSON.stringify(error)).not.toContain(fake.token);
  });
});
