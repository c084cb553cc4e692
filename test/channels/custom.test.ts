import { beforeEach, describe, expect, test } from 'vitest';
import { ChannelError, type ConnectedChannel, type Outgoing } from '../../channels/channel.ts';
import { customChannel } from '../../channels/custom/custom.ts';
import { hookBody } from '../../channels/custom/hook.ts';
import { candidatesOf, conversationIdOf, ourId, partId, unnamedChat } from '../../channels/custom/ids.ts';
import { factOf, parseEvent } from '../../channels/custom/parse.ts';
import { flawOf, hookSignature, requestSignature } from '../../channels/custom/signature.ts';
import { startFakeIntegration } from '../fakes/custom/index.ts';

const SECRET = '5a44c5dff55f3c15a4cce8d7c4cc27e207c7e189';
const DATE = 'Sun, 04 Jan 2026 10:00:00 +0000';
const AT = Date.parse(DATE);
const CONNECT = '/v2/origin/custom/f62a0162-46a7-430e-b06c-0ef798d56b21/connect';
const HISTORY =
  '/v2/origin/custom/f62a0162-46a7-430e-b06c-0ef798d56b21_52fd2a28-d2eb-4bd8-b862-a67934927b38/chats/0a6b0c9e-7d4e-5b1c-9d0a-3f1f0a6f7a11/history';

describe('signatures are the documented ones (vectors made with another language)', () => {
  const body = Buffer.from('{"account_id":"52fd2a28-d2eb-4bd8-b862-a67934927b38","title":"Магазин","hook_api_version":"v2"}\n');
  const good = {
    method: 'POST',
    path: CONNECT,
    headers: {
      date: DATE,
      'content-type': 'application/json',
      'content-md5': '865fadb0ad40e3fb214ad5e9d0e688d9',
      'x-signature': 'cd6e8509262f9282b8dacc2507304463b8e1e4fd',
    } as Record<string, string | undefined>,
    body,
  };

  test('a call with a body, its newline at the end included', () => {
    expect(requestSignature(SECRET, good)).toBe('cd6e8509262f9282b8dacc2507304463b8e1e4fd');
    expect(flawOf(SECRET, good, AT)).toBeUndefined();
  });

  test('a GET without a body: the MD5 of nothing, and an empty line for a missing header', () => {
    const headers = {
      date: DATE,
      'content-md5': 'd41d8cd98f00b204e9800998ecf8427e',
      'x-signature': 'e842a357ecf9c345b43e878c6b47f7f4255c4621',
    };
    expect(flawOf(SECRET, { method: 'GET', path: HISTORY, headers, body: Buffer.alloc(0) }, AT)).toBeUndefined();
  });

  test('a hook: the raw body alone', () => {
    expect(hookSignature(SECRET, '{"account_id":"a-1","time":1767520900,"message":{"message":{"text":"Привет"}}}')).toBe(
      '791252afeef0c50f00093d2769fef9e01806edce',
    );
  });

  test('fifteen minutes in both directions, not more', () => {
    for (const minutes of [-14.9, 14.9]) expect(flawOf(SECRET, good, AT + minutes * 60_000)).toBeUndefined();
    for (const minutes of [-15.1, 15.1]) expect(flawOf(SECRET, good, AT + minutes * 60_000)).toMatch(/15 minutes/);
  });

  test.each([
    ['another byte of the body', { body: Buffer.from(body.toString().trimEnd()) }],
    ['another method', { method: 'DELETE' }],
    ['another path', { path: `${CONNECT}/` }],
    ['no digest beside a body', { headers: { ...good.headers, 'content-md5': undefined } }],
    ['the digest of another body', { headers: { ...good.headers, 'content-md5': 'd41d8cd98f00b204e9800998ecf8427e' } }],
    ['no date', { headers: { ...good.headers, date: undefined } }],
    ['another date of the same hour', { headers: { ...good.headers, date: 'Sun, 04 Jan 2026 10:00:01 +0000' } }],
    ['another type', { headers: { ...good.headers, 'content-type': 'text/plain' } }],
    ['no signature', { headers: { ...good.headers, 'x-signature': undefined } }],
    ["the hook's way to sign", { headers: { ...good.headers, 'x-signature': hookSignature(SECRET, body.toString()) } }],
  ])('%s is not believed', (_what, change) => {
    expect(flawOf(SECRET, { ...good, ...change }, AT)).toMatch(/^The header /);
  });

  test('another secret, or none, is not believed', () => {
    for (const secret of ['another', '']) expect(flawOf(secret, good, AT)).toMatch(/X-Signature/);
  });
});

describe('what an integration tells', () => {
  const payload = {
    timestamp: 1767520800,
    msec_timestamp: 1767520800123,
    msgid: 'm-1',
    conversation_id: 'c-77',
    silent: false,
    sender: { id: 'u-5', name: 'Ann', avatar: 'https://example.test/a.png', profile: { phone: '79990000000', email: 'ann@example.test' } },
    message: { type: 'picture', text: 'caption', media: 'https://example.test/1.png', file_name: '1.png', file_size: 20480 },
  };
  const event = (change: object = {}, event_type = 'new_message') => parseEvent({ event_type, payload: { ...payload, ...change } }, AT);
  const message = (one: object) => {
    const parsed = event({ message: one });
    if (parsed.type !== 'new_message') throw new Error('a message was expected');
    return parsed.message;
  };

  test('the documented example is a message with its file, person and time', () => {
    expect(factOf(event(), { externalChatId: 'c-77', kind: 'private' })).toEqual({
      type: 'messageReceived',
      id: 'message/m-1',
      chat: { externalChatId: 'c-77', kind: 'private' },
      sender: {
        externalUserId: 'u-5',
        name: 'Ann',
        phone: '79990000000',
        email: 'ann@example.test',
        avatarRef: 'https://example.test/a.png',
      },
      message: {
        externalId: 'm-1',
        receivedAt: 1767520800123,
        order: [1767520800123, 0],
        text: 'caption',
        attachments: [{ kind: 'picture', ref: 'https://example.test/1.png', name: '1.png', mime: 'image/jpeg', sizeBytes: 20480 }],
      },
    });
  });

  test('seconds alone, or milliseconds in their field, are understood; nonsense is now', () => {
    for (const [times, wanted] of [
      [{ msec_timestamp: undefined }, 1767520800000],
      [{ msec_timestamp: undefined, timestamp: 1767520800123 }, 1767520800123],
      [{ msec_timestamp: 'soon', timestamp: 'soon' }, AT],
      [{ msec_timestamp: undefined, timestamp: undefined }, AT],
    ] as const) {
      expect(event(times)).toMatchObject({ message: { receivedAt: wanted } });
    }
  });

  test('every type arrives as what it is, with the press of a button and the answered message', () => {
    expect(message({ type: 'location', location: { lon: 37.61, lat: '55.75' } }).location).toEqual({ latitude: 55.75, longitude: 37.61 });
    expect(message({ type: 'contact', contact: { name: 'Bob', phone: '+7999' } }).contact).toEqual({ name: 'Bob', phone: '+7999' });
    expect(message({ type: 'sticker', sticker_id: 12 })).toMatchObject({ unsupported: 'sticker', attachments: [] });
    expect(message({ type: 'poll' })).toMatchObject({ unsupported: 'poll' });
    expect(message({ type: 'voice', media: 'https://example.test/v', media_duration: 7 }).attachments).toMatchObject([
      { kind: 'voice', mime: 'audio/ogg', name: 'voice-m-1.ogg', durationSeconds: 7 },
    ]);
    expect(message({ type: 'text', text: 'Delivery', callback_data: 'row-2' })).toMatchObject({ text: 'Delivery', pressedKey: 'row-2' });
    expect(message({ type: 'text', text: '', callback_data: 'row-2' })).toMatchObject({ text: 'row-2', pressedKey: 'row-2' });
    expect(event({ reply_to: { message: { msgid: 'm-0' } }, message: { type: 'text', text: 'yes', media_group_id: 'g' } })).toMatchObject({
      message: { replyToExternalId: 'm-0', albumId: 'g' },
    });
  });

  test('numbers are taken for ids, as many integrations write them', () => {
    expect(event({ msgid: 12, conversation_id: 77 })).toMatchObject({ conversationId: '77', message: { externalId: '12' } });
  });

  test('only a message with a receiver is ours; silent makes history of an incoming one, and of an old one of ours', () => {
    const receiver = { id: 'u-5', name: 'Ann' };
    const sender = { id: 'x', name: 'Manager', ref_id: '76fc2bea-902f-425c-9a3d-dcdac4766090' };
    expect(event({ silent: true })).toMatchObject({ direction: 'in', message: { silent: true } });
    const fresh = event({ silent: true, sender, receiver, msec_timestamp: AT - 60_000 });
    expect(fresh).toMatchObject({ direction: 'out', senderRef: sender.ref_id, client: { externalUserId: 'u-5' } });
    expect(fresh).not.toHaveProperty('message.silent');
    expect(event({ silent: true, sender, receiver, msec_timestamp: AT - 7_200_000 })).toHaveProperty('message.silent', true);
    expect(event({ sender: { id: 'u-5', name: 'Ann', ref_id: 'r' }, conversation_ref_id: 'our-chat' })).toMatchObject({
      direction: 'in',
      conversationRef: 'our-chat',
    });
  });

  test.each([
    ['payload.msgid', { msgid: '' }],
    ['payload.conversation_id', { conversation_id: undefined }],
    ['payload.sender', { sender: 'Ann' }],
    ['payload.sender.id', { sender: { name: 'Ann' } }],
    ['payload.message.type', { message: {} }],
    ['payload.message.text', { message: { type: 'text' } }],
    ['payload.message.media', { message: { type: 'file', media: 'file:///etc/passwd' } }],
    ['payload.message.location.lat', { message: { type: 'location', location: { lon: 1 } } }],
  ])('what is wrong is named: %s', (field, change) => {
    expect(() => event(change)).toThrow(expect.objectContaining({ name: 'FieldError', message: expect.stringContaining(field) }));
  });

  test('two edits of one moment are two facts, the same one again is the same', () => {
    const edit = (text: string) =>
      factOf(event({ message: { type: 'text', text } }, 'edit_message'), { externalChatId: 'c-77', kind: 'private' });
    expect(edit('a')).toMatchObject({ type: 'messageEdited', externalId: 'm-1', text: 'a' });
    expect(edit('a').id).toBe(edit('a').id);
    expect(edit('a').id).not.toBe(edit('b').id);
  });
});

describe('hooks', () => {
  let channel: ConnectedChannel;
  const outgoing: Outgoing = {
    externalChatId: 'c-77',
    key: '0a6b0c9e-7d4e-4b1c-9d0a-3f1f0a6f7a11:0',
    part: {
      index: 0,
      text: 'Hello',
      attachments: [],
      buttons: [
        { type: 'reply', label: 'Yes', key: 'k.0' },
        { type: 'url', label: 'Site', url: 'https://example.org' },
      ],
    },
    files: {},
    people: {
      chatId: '5b0c9e0a-6b7d-4e4b-9c9d-0a3f1f0a6f7a',
      client: { externalUserId: 'u-5', name: 'Ann', phone: '79990000000' },
      author: { id: '76fc2bea-902f-425c-9a3d-dcdac4766090', name: 'Manager' },
    },
    signal: new AbortController().signal,
  };
  beforeEach(() => {
    channel = {
      accountId: 1,
      id: 7,
      type: 'custom',
      credentials: { webhookUrl: 'http://127.0.0.1:9/hooks/:scope_id', secret: SECRET },
      receive: 'webhook',
      webhookSecret: 's',
      facts: { channelId: 'f62a0162-46a7-430e-b06c-0ef798d56b21', scopeId: 'scope', amojoId: 'a-1', hookVersion: 'v2' },
    };
  });

  test('v2 has the documented shape', () => {
    expect(hookBody(channel, outgoing, 1767520900456)).toEqual({
      account_id: 'a-1',
      time: 1767520900,
      message: {
        receiver: { id: ourId(channel.facts.channelId!, 'user', 'u-5'), client_id: 'u-5', name: 'Ann', phone: '79990000000' },
        sender: { id: '76fc2bea-902f-425c-9a3d-dcdac4766090', name: 'Manager' },
        conversation: { id: '5b0c9e0a-6b7d-4e4b-9c9d-0a3f1f0a6f7a', client_id: 'c-77' },
        timestamp: 1767520900,
        msec_timestamp: 1767520900456,
        message: {
          id: '0a6b0c9e-7d4e-4b1c-9d0a-3f1f0a6f7a11',
          type: 'text',
          text: 'Hello',
          markup: { mode: 'inline', buttons: [[{ text: 'Yes', callback_data: 'k.0' }], [{ text: 'Site', url: 'https://example.org' }]] },
          media: '',
          thumbnail: '',
          file_name: '',
          file_size: 0,
        },
      },
    });
  });

  test('v1, the default, is flat', () => {
    const old = { ...channel, facts: { ...channel.facts, hookVersion: '' } };
    expect(hookBody(old, { ...outgoing, part: { ...outgoing.part, buttons: [] } }, 0)).toEqual({
      receiver: 'u-5',
      conversation_id: 'c-77',
      message_id: '0a6b0c9e-7d4e-4b1c-9d0a-3f1f0a6f7a11',
      type: 'text',
      text: 'Hello',
      media: '',
      thumbnail: '',
      file_name: '',
      file_size: 0,
    });
  });

  test('where we write first, what the integration has not named is left out', () => {
    const chatId = outgoing.people!.chatId;
    const first = {
      ...outgoing,
      externalChatId: unnamedChat(chatId),
      people: { ...outgoing.people!, client: { name: 'Ann', phone: '7999' } },
    };
    const { message } = hookBody(channel, first, 0) as { message: { conversation: object; receiver: object } };
    expect(message.conversation).toEqual({ id: chatId });
    expect(message.receiver).not.toHaveProperty('client_id');
    expect(conversationIdOf('ref:not-a-uuid')).toBe('ref:not-a-uuid');
  });

  test('parts of one message have ids of their own, from which the message is found again', () => {
    const id = '0a6b0c9e-7d4e-4b1c-9d0a-3f1f0a6f0001';
    const ids = Array.from({ length: 60 }, (_, index) => partId(id, index));
    expect(ids[0]).toBe(id);
    expect(new Set(ids).size).toBe(60);
    for (const [index, one] of ids.entries()) expect(candidatesOf(one)[index]).toBe(id);
  });

  test.each([
    [404, '{"error":"no such chat"}', {}, { kind: 'refused', scope: 'contact', words: 'no such chat' }],
    [404, '<html>not here</html>', {}, { kind: 'unavailable' }],
    [401, '', {}, { kind: 'refused', scope: 'account', words: 'The integration answered HTTP 401' }],
    [410, '', {}, { kind: 'refused', scope: 'account' }],
    [301, '', { location: 'https://example.org/' }, { kind: 'refused', scope: 'account' }],
    [422, `{"message":"too long; ${SECRET}"}`, {}, { kind: 'refused', scope: 'message', words: 'too long; …' }],
    [429, '', {}, { kind: 'rateLimited', retryAfterMs: 1000 }],
    [503, '', {}, { kind: 'unknown' }],
  ])('an answer of %i %s falls into its class', async (status, body, headers, wanted) => {
    const integration = await startFakeIntegration({ secret: SECRET });
    try {
      integration.fault({ type: 'answer', status, body, headers: headers as Record<string, string> });
      await expect(customChannel().send({ ...channel, apiRoot: integration.url }, outgoing)).rejects.toMatchObject(wanted);
      expect(integration.hooks).toMatchObject([{ path: '/hooks/scope', isSigned: true }]);
    } finally {
      await integration.stop();
    }
  });

  test('a private address is not called, however it is written, unless the installation allows it', async () => {
    const sent = (webhookUrl: string) =>
      customChannel()
        .send({ ...channel, credentials: { ...channel.credentials, webhookUrl } }, outgoing)
        .catch((error: unknown) => error);
    for (const url of [
      'http://127.0.0.1:9/',
      'http://[::1]:9/',
      'http://localhost:9/',
      'http://169.254.169.254/',
      'http://[::ffff:10.0.0.1]/',
      'http://0x7f.1:9/',
    ]) {
      expect(await sent(url), url).toMatchObject({ kind: 'refused', scope: 'account', code: 'private_address' });
    }
    const allowed = await customChannel({ allowPrivateAddresses: true })
      .send(channel, outgoing)
      .catch((error: unknown) => error);
    expect(allowed).toMatchObject({ kind: 'unavailable' });
  });

  test('a file on a private address is not read', async () => {
    const fetched = customChannel().fetchMedia!(channel, 'http://127.0.0.1:9/secret', new AbortController().signal);
    await expect(fetched).rejects.toMatchObject({ kind: 'refused', code: 'private_address' });
  });

  test('a private address is named when the channel is connected', async () => {
    for (const webhookUrl of ['http://10.1.2.3/hook', 'http://localhost/hook']) {
      const attempt = customChannel().connect({ ...channel, credentials: { webhookUrl, secret: SECRET } });
      await expect(attempt).rejects.toMatchObject({ name: 'ChannelInputError', field: 'webhookUrl' });
    }
  });

  test('an account that the integration has not connected gets nothing, and the words say what to do', async () => {
    const { scopeId: _, ...facts } = channel.facts;
    const failed = await customChannel()
      .send({ ...channel, facts }, outgoing)
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ChannelError);
    expect(failed).toMatchObject({ kind: 'refused', scope: 'account', words: expect.stringContaining('/connect') });
  });

  test('a secret is made once and kept when the address changes', () => {
    const { parseCredentials } = customChannel();
    const first = parseCredentials({ webhookUrl: 'https://example.com/:scope_id' });
    expect(first.secret).toMatch(/^[0-9a-f]{40}$/);
    expect(parseCredentials({ webhookUrl: 'https://example.org/:scope_id' }, first)).toEqual({
      ...first,
      webhookUrl: 'https://example.org/:scope_id',
    });
    expect(parseCredentials({ webhookUrl: 'https://example.com/' }).secret).not.toBe(first.secret);
    expect(() => parseCredentials({ webhookUrl: 'https://example.com/', secret: 'short' })).toThrow(
      expect.objectContaining({ field: 'secret' }),
    );
  });
});
