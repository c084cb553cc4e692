import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ChannelError, type ConnectedChannel, type OutgoingFile } from '../../channels/channel.ts';
import { telegramChannel } from '../../channels/telegram/telegram.ts';
import type { PartPlan } from '../../domain/message/model.ts';
import { SAMPLE_PNG } from '../fakes/telegram/images.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/index.ts';

const telegram = telegramChannel();

describe('Telegram as a channel', () => {
  let fake: FakeTelegram;
  let channel: ConnectedChannel;
  beforeEach(async () => {
    fake = await startFakeTelegram({ timeScale: 0.01 });
    channel = {
      accountId: 1,
      id: 7,
      type: 'telegram',
      credentials: { token: fake.token },
      apiRoot: `${fake.url}/`,
      receive: 'polling',
      webhookSecret: 'secret',
      facts: {},
    };
    await fake.clientWrites(1, '/start');
  });
  afterEach(() => fake.stop());

  const signal = () => new AbortController().signal;
  const send = (part: Partial<PartPlan>, files: Record<string, OutgoingFile> = {}) =>
    telegram.send(channel, {
      externalChatId: '1',
      key: 'k',
      part: { index: 0, text: '', attachments: [], buttons: [], ...part },
      files,
      signal: signal(),
    });
  const stored = (content: Buffer): OutgoingFile => ({
    name: 'a.png',
    mime: 'image/png',
    sizeBytes: content.length,
    open: async () => Readable.from([content]),
  });
  const picture = { kind: 'picture' as const, fileId: 'f', name: 'a.png', mime: 'image/png' };

  test('connecting tells who the bot is and takes away a webhook before polling', async () => {
    await telegram.connect({ ...channel, receive: 'webhook', webhookUrl: 'http://127.0.0.1:9/hook' });
    await expect(telegram.connect(channel)).resolves.toEqual({
      externalId: '100200300',
      name: 'Local bot',
      facts: { botId: '100200300', username: 'local_test_bot' },
    });
    await expect(telegram.test(channel)).resolves.toEqual({ words: '@local_test_bot; pending updates: 1' });
  });

  test('a token that Telegram does not know is an error of the field', async () => {
    const stranger = { ...channel, credentials: { token: '100200300:AAAA_wrong' } };
    await expect(telegram.connect(stranger)).rejects.toMatchObject({ name: 'ChannelInputError', field: 'token' });
    await expect(telegram.test(stranger)).rejects.toMatchObject({ kind: 'refused', scope: 'account', code: '401' });
    await expect(telegram.disconnect(stranger)).resolves.toBeUndefined();
  });

  test.each(['', 'abc', '12:', '12:a b', ' 12:abc/../x'])('%j is no token', (token) => {
    expect(() => telegram.parseCredentials({ token })).toThrow(expect.objectContaining({ field: 'token' }));
  });

  test('a webhook address that Telegram refuses names the setting to correct', async () => {
    const wrong = { ...channel, receive: 'webhook' as const, webhookUrl: 'http://example.org/hook' };
    await expect(telegram.connect(wrong)).rejects.toMatchObject({ name: 'ChannelInputError', field: 'receive' });
    await expect(telegram.connect({ ...wrong, webhookUrl: undefined })).rejects.toMatchObject({ field: 'receive' });
  });

  test('the short wait that Telegram asks for between two registrations is waited', async () => {
    await fake.rateLimit(1, { method: 'deleteWebhook' });
    await expect(telegram.connect(channel)).resolves.toMatchObject({ externalId: '100200300' });
  });

  test('a test of the channel notices a webhook that points elsewhere', async () => {
    const here = { ...channel, receive: 'webhook' as const, webhookUrl: 'http://127.0.0.1:9/here' };
    await telegram.connect({ ...here, webhookUrl: 'http://127.0.0.1:9/elsewhere' });
    await expect(telegram.test(here)).rejects.toMatchObject({ kind: 'refused', scope: 'account', code: 'webhook_elsewhere' });
    await expect(telegram.test(channel)).rejects.toMatchObject({ code: 'webhook_set' });
  });

  test('polling moves on with its cursor, and a cursor of another bot is not used', async () => {
    const first = await telegram.poll!(channel, undefined, signal());
    expect(first.facts).toMatchObject([{ id: 'message/1' }]);
    expect(first.cursor).toBe('100200300/70002');
    await fake.clientWrites(1, 'next');
    expect((await telegram.poll!(channel, first.cursor, signal())).facts).toMatchObject([{ message: { text: 'next' } }]);

    const other = await fake.addBot();
    await fake.clientWrites(1, 'to the other', { token: other.token });
    const otherChannel = { ...channel, credentials: { token: other.token } };
    expect((await telegram.poll!(otherChannel, first.cursor, signal())).facts).toHaveLength(1);
  });

  test('a poll that is aborted ends at once and says so', async () => {
    await telegram.poll!(channel, undefined, signal());
    const controller = new AbortController();
    const waiting = telegram.poll!(channel, '100200300/70002', controller.signal);
    controller.abort();
    await expect(waiting).rejects.toBeInstanceOf(ChannelError);
  });

  test('polling beside a webhook or another poller is a clear error, not a revoked account', async () => {
    await telegram.connect({ ...channel, receive: 'webhook', webhookUrl: 'http://127.0.0.1:9/hook' });
    await expect(telegram.poll!(channel, undefined, signal())).rejects.toMatchObject({
      kind: 'unavailable',
      scope: 'account',
      code: '409',
      words: expect.stringContaining('webhook is active'),
    });
  });

  test('an answer without the shape of the Bot API is judged by its status', async () => {
    await fake.refuse(1, 503, 'Service Unavailable');
    await expect(send({ text: 'a' })).rejects.toMatchObject({ kind: 'unknown', code: '503' });
    const elsewhere = { ...channel, apiRoot: `${fake.url}/control/nothing` };
    await expect(
      telegram.send(elsewhere, {
        externalChatId: '1',
        key: 'k',
        part: { index: 0, text: 'a', attachments: [], buttons: [] },
        files: {},
        signal: signal(),
      }),
    ).rejects.toMatchObject({ kind: 'refused', scope: 'account', code: '404' });
  });

  test('a picture that is none, or has impossible sides, goes as a document', async () => {
    await send({ text: 'c', attachments: [picture] }, { f: stored(Buffer.from('no picture at all')) });
    const long = Buffer.from(SAMPLE_PNG);
    long.writeUInt32BE(9_000, 16);
    long.writeUInt32BE(10, 20);
    await send({ attachments: [picture] }, { f: stored(long) });
    expect((await fake.sentTo(1)).map(({ kind, text }) => [kind, text])).toEqual([
      ['document', 'c'],
      ['document', ''],
    ]);
  });

  test('a file name that could break a header or a path arrives harmless and readable', async () => {
    const file = { ...stored(SAMPLE_PNG), name: 'при"вет; a\r\nb/../c.png' };
    await send({ attachments: [{ ...picture, kind: 'file' }] }, { f: file });
    expect((await fake.sentTo(1))[0]?.file?.name).toBe('при_вет_ a_b_.._c.png');
  });

  test('a file that is no longer stored is refused with the remedy, and nothing is called', async () => {
    await expect(send({ attachments: [picture] })).rejects.toMatchObject({ kind: 'refused', scope: 'message', code: 'file_missing' });
    expect((await fake.counters()).byMethod).toEqual({});
  });

  test('an attachment that is only an address is left to Telegram to fetch', async () => {
    await send({
      attachments: [{ kind: 'picture', url: `${fake.url}/file/bot${fake.token}/${await uploaded()}`, name: 'x', mime: 'image/png' }],
    });
    expect((await fake.sentTo(1)).at(-1)).toMatchObject({ kind: 'photo' });
    await expect(
      send({ attachments: [{ kind: 'picture', url: `${fake.url}/nothing.png`, name: 'x', mime: 'image/png' }] }),
    ).rejects.toMatchObject({ kind: 'refused', scope: 'message' });
  });

  async function uploaded(): Promise<string> {
    const [written] = await fake.clientSends(1, { photo: {} });
    const update = (await fake.update(written!.updateId)) as { message: { photo: { file_id: string }[] } };
    const fetched = await telegram.fetchMedia!(channel, update.message.photo.at(-1)!.file_id, signal());
    fetched.body.resume();
    return `photos/${fetched.name}`;
  }

  test('a group that became a supergroup is reached under its new id', async () => {
    await fake.clientWrites(-5, 'hello');
    await fake.upgradeGroup(-5, -1005);
    const part = { index: 0, text: 'moved', attachments: [], buttons: [] };
    const receipt = await telegram.send(channel, { externalChatId: '-5', key: 'k', part, files: {}, signal: signal() });
    expect(receipt.externalIds).toEqual([expect.stringMatching(/^-1005\/\d+$/)]);
    expect((await fake.sentTo(-1005)).map(({ text }) => text)).toEqual(['moved']);
  });

  test.each([
    ['TLS cannot be agreed on', () => fake.url.replace('http:', 'https:')],
    ['the name is not known', () => 'http://telegram.invalid'],
  ])('when %s, nothing was sent: try again', async (_name, apiRoot) => {
    const part = { index: 0, text: 'a', attachments: [], buttons: [] };
    const attempt = telegram.send({ ...channel, apiRoot: apiRoot() }, { externalChatId: '1', key: 'k', part, files: {}, signal: signal() });
    await expect(attempt).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('an upload that is aborted half way was certainly not sent, and its file is closed', async () => {
    const controller = new AbortController();
    const slow = new Readable({ read: () => undefined });
    slow.push(SAMPLE_PNG);
    const attempt = telegram.send(channel, {
      externalChatId: '1',
      key: 'k',
      part: { index: 0, text: '', attachments: [picture], buttons: [] },
      files: { f: { ...stored(SAMPLE_PNG), open: async () => slow } },
      signal: controller.signal,
    });
    const outcome = expect(attempt).rejects.toMatchObject({ kind: 'unavailable', code: 'aborted' });
    await expect.poll(() => slow.readableLength).toBe(0);
    controller.abort();
    await outcome;
    await expect.poll(() => slow.destroyed).toBe(true);
    expect(await fake.sentTo(1)).toEqual([]);
  });

  test('short labels share a row, long ones stand alone', async () => {
    const reply = (label: string) => ({ type: 'reply' as const, label, key: label });
    await send({ text: 'Rate', buttons: ['1', '2', '3', '4', '5', 'I would rather not say', 'Ask me later', 'Never'].map(reply) });
    const rows = (await fake.sentTo(1))[0]?.buttons?.map((row) => row.map(({ label }) => label));
    expect(rows).toEqual([['1', '2', '3', '4', '5'], ['I would rather not say'], ['Ask me later', 'Never']]);
  });

  test('a wrong file reference is refused, a file that Telegram cannot give yet is tried again', async () => {
    await expect(telegram.fetchMedia!(channel, 'no-such-file', signal())).rejects.toMatchObject({ kind: 'refused', scope: 'message' });
    await fake.refuse(1, 400, 'Bad Request: wrong file_id or the file is temporarily unavailable', { method: 'getFile' });
    await expect(telegram.fetchMedia!(channel, 'x', signal())).rejects.toMatchObject({ kind: 'unavailable' });
    await fake.refuse(1, 502, 'Bad Gateway', { method: 'getFile' });
    await expect(telegram.fetchMedia!(channel, 'x', signal())).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('should Telegram ever echo the token, it is cut out', async () => {
    await fake.refuse(1, 400, `Bad Request: cannot read https://api.telegram.org/bot${fake.token}/x`);
    const error = await send({ text: 'a' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ChannelError);
    expect((error as ChannelError).words).toBe('Bad Request: cannot read https://api.telegram.org/bot…/x');
    expect(JSON.stringify(error)).not.toContain(fake.token);
  });
});
