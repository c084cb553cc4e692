import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ChannelError, type ConnectedChannel, type OutgoingFile } from '../../channels/channel.ts';
import { parseUpdate } from '../../channels/telegram/parse.ts';
import { telegramChannel } from '../../channels/telegram/telegram.ts';
import type { PartPlan } from '../../domain/message/model.ts';
import { SAMPLE_PNG } from '../fakes/telegram/images.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/index.ts';

const telegram = telegramChannel();
const NOW = 1_795_000_123_456;
const anna = { id: 5_550_001, is_bot: false, first_name: 'Anna', last_name: 'X', username: 'anna_x', language_code: 'ru' };
const chat = { id: 5_550_001, type: 'private', first_name: 'Anna' };
const group = { id: -100_200, type: 'supergroup', title: 'Team' };

function factOf(message: Record<string, unknown>) {
  const facts = parseUpdate({ update_id: 1, message: { message_id: 12, date: 1_795_000_000, from: anna, chat, ...message } }, NOW);
  const fact = facts?.[0];
  if (fact?.type !== 'messageReceived') throw new Error(`no message: ${JSON.stringify(facts)}`);
  return fact;
}

describe('an update becomes a fact', () => {
  test('a text, with ids that tell duplicates and an order within the chat', () => {
    expect(factOf({ text: 'hello', reply_to_message: { message_id: 9 } })).toEqual({
      type: 'messageReceived',
      id: 'message/12',
      chat: { externalChatId: '5550001', kind: 'private' },
      sender: { externalUserId: '5550001', name: 'Anna X', username: 'anna_x', languageCode: 'ru' },
      message: {
        externalId: '12',
        receivedAt: 1_795_000_000_000,
        order: [1_795_000_000, 12],
        text: 'hello',
        attachments: [],
        replyToExternalId: '9',
      },
    });
  });

  test.each([
    ['/start promo7', 'promo7'],
    ['/start@shop_bot promo-7_A', 'promo-7_A'],
    ['/start', undefined],
    ['/started promo7', undefined],
    ['say /start promo7', undefined],
  ])('%s opens with the payload %s', (text, payload) => {
    const { message } = factOf({ text });
    expect([message.text, message.startPayload]).toEqual([text, payload]);
  });

  test('the largest size of a photo is taken', () => {
    const size = (id: string, side: number) => ({ file_id: id, file_unique_id: id, width: side, height: side, file_size: side * 10 });
    const { message } = factOf({
      photo: [size('small', 90), size('large', 1280), size('middle', 320)],
      caption: 'c',
      media_group_id: '139',
    });
    expect(message).toMatchObject({ text: 'c', albumId: '139' });
    expect(message.attachments).toEqual([
      { kind: 'picture', ref: 'large', name: 'photo-12.jpg', mime: 'image/jpeg', sizeBytes: 12_800, widthPx: 1280, heightPx: 1280 },
    ]);
  });

  const file = { file_id: 'F', file_unique_id: 'u', file_size: 5 };
  test.each([
    [
      'document',
      { document: { ...file, file_name: 'offer\u0000.pdf', mime_type: 'application/pdf' } },
      { kind: 'file', name: 'offer.pdf', mime: 'application/pdf' },
    ],
    ['document without a name', { document: file }, { kind: 'file', name: 'file-12', mime: 'application/octet-stream' }],
    ['voice', { voice: { ...file, duration: 4, mime_type: 'audio/ogg' } }, { kind: 'voice', mime: 'audio/ogg', durationSeconds: 4 }],
    [
      'video note',
      { video_note: { ...file, length: 240, duration: 3 } },
      { kind: 'video', mime: 'video/mp4', widthPx: 240, heightPx: 240 },
    ],
    [
      'animation, whose copy is a document',
      { animation: { ...file, width: 1, height: 2, duration: 1 }, document: file },
      { kind: 'video', heightPx: 2 },
    ],
    ['audio', { audio: { ...file, duration: 7, file_name: 'song.mp3' } }, { kind: 'audio', name: 'song.mp3', mime: 'audio/mpeg' }],
    ['sticker', { sticker: { ...file, width: 512, height: 512 } }, { kind: 'sticker', mime: 'image/webp' }],
    ['animated sticker', { sticker: { ...file, is_animated: true } }, { kind: 'sticker', mime: 'application/x-tgsticker' }],
    ['video sticker', { sticker: { ...file, is_video: true } }, { kind: 'sticker', mime: 'video/webm' }],
  ])('%s', (_name, fields, expected) => {
    const { message } = factOf(fields);
    expect(message.attachments).toEqual([expect.objectContaining({ ref: 'F', sizeBytes: 5, ...expected })]);
    expect(message.unsupported).toBeUndefined();
  });

  test("an own contact's phone is the sender's, a friend's is not", () => {
    const own = factOf({ contact: { phone_number: '+7999', first_name: 'Anna', user_id: anna.id } });
    expect([own.sender.phone, own.message.contact]).toEqual(['+7999', { name: 'Anna', phone: '+7999' }]);
    const friend = factOf({ contact: { phone_number: '+7000', first_name: 'Boris', last_name: 'Y', user_id: 2 } });
    expect([friend.sender.phone, friend.message.contact]).toEqual([undefined, { name: 'Boris Y', phone: '+7000' }]);
  });

  test('a venue is a place with its name and address', () => {
    const location = { latitude: 1.5, longitude: 2.5 };
    const { message } = factOf({ venue: { location, title: 'Café', address: 'Main st. 1' }, location });
    expect(message).toMatchObject({ text: 'Café\nMain st. 1', location });
  });

  test.each(['poll', 'dice', 'story', 'game', 'paid_media', 'hologram'])('a %s is unsupported, not lost', (kind) => {
    expect(factOf({ [kind]: {} }).message).toMatchObject({ text: '', attachments: [], unsupported: kind });
  });

  test.each(['pinned_message', 'new_chat_members', 'message_auto_delete_timer_changed'])("a notice (%s) is nobody's message", (kind) => {
    expect(parseUpdate({ update_id: 1, message: { message_id: 1, date: 1, from: anna, chat, [kind]: [] } }, NOW)).toEqual([]);
  });

  test('in a supergroup, where every chat counts for itself, the message id carries the chat', () => {
    const fact = factOf({ chat: group, text: 'hi', reply_to_message: { message_id: 3 } });
    expect(fact.chat).toEqual({ externalChatId: '-100200', kind: 'group' });
    expect([fact.message.externalId, fact.message.replyToExternalId]).toEqual(['-100200/12', '-100200/3']);
    expect(fact.sender.externalUserId).toBe('5550001');
  });

  test('a press carries its key, token and the label that was pressed', () => {
    const reply_markup = { inline_keyboard: [[{ text: 'Yes', callback_data: 'k1' }], [{ text: 'No', callback_data: 'k2' }]] };
    const message = { message_id: 15, chat, date: 1_795_000_020, text: 'Sure?', reply_markup };
    const facts = parseUpdate({ update_id: 77, callback_query: { id: '4382', from: anna, chat_instance: '1', data: 'k2', message } }, NOW);
    expect(facts).toMatchObject([
      {
        type: 'messageReceived',
        id: 'press/4382',
        chat: { externalChatId: '5550001', kind: 'private' },
        message: { externalId: 'press/4382', text: 'No', pressedKey: 'k2', pressToken: '4382', receivedAt: NOW, replyToExternalId: '15' },
      },
    ]);
  });

  test('a press under a message that Telegram no longer shows still arrives', () => {
    const inaccessible = { message_id: 15, chat, date: 0 };
    for (const message of [inaccessible, undefined]) {
      const facts = parseUpdate({ update_id: 77, callback_query: { id: '1', from: anna, chat_instance: '1', data: 'k', message } }, NOW);
      expect(facts).toMatchObject([{ chat: { externalChatId: '5550001', kind: 'private' }, message: { pressedKey: 'k', text: '' } }]);
    }
  });

  test('an edit is known by its own time, so that two edits are two facts', () => {
    const edit = (edit_date: number, text: string) =>
      parseUpdate({ update_id: 1, edited_message: { message_id: 12, date: 1_795_000_000, edit_date, from: anna, chat, text } }, NOW);
    expect([...edit(1_795_000_005, 'a')!, ...edit(1_795_000_006, 'b')!]).toMatchObject([
      { type: 'messageEdited', id: 'edit/12/1795000005', externalId: '12', text: 'a' },
      { type: 'messageEdited', id: 'edit/12/1795000006', externalId: '12', text: 'b', receivedAt: 1_795_000_006_000 },
    ]);
  });

  test('a moving live location makes no facts', () => {
    const edited_message = { message_id: 12, date: 1, edit_date: 2, from: anna, chat, location: { latitude: 1, longitude: 2 } };
    expect(parseUpdate({ update_id: 1, edited_message }, NOW)).toEqual([]);
  });

  test.each([
    ['member', 'kicked', 'clientBlocked'],
    ['kicked', 'member', 'clientUnblocked'],
    ['member', 'administrator', undefined],
  ])('membership %s → %s: %s', (before, after, type) => {
    const my_chat_member = { chat, from: anna, date: 5, old_chat_member: { status: before }, new_chat_member: { status: after } };
    const facts = parseUpdate({ update_id: 1, my_chat_member }, NOW);
    expect(facts).toEqual(type === undefined ? [] : [expect.objectContaining({ type, id: `member/5/${after}`, receivedAt: 5_000 })]);
  });

  test.each([
    [null],
    [[]],
    ['text'],
    [{ update_id: 1 }],
    [{ update_id: 1, channel_post: {} }],
    [{ update_id: 1, message: {} }],
    [{ update_id: 1, message: { message_id: 1, date: 1, chat: { id: 'x' }, text: 'a' } }],
    [{ update_id: 1, message: { message_id: 1, date: 1, chat, from: anna, text: 5 } }],
    [{ update_id: 1, message: { message_id: 1, date: 1, chat, from: anna, photo: [{}] } }],
    [{ update_id: 1, callback_query: { from: anna } }],
    [{ update_id: 1, my_chat_member: { chat } }],
  ])('what cannot be read is told apart and never throws: %j', (update) => {
    expect(parseUpdate(update, NOW)).toBeUndefined();
  });
});

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
