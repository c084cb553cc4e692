import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ChannelError, type ConnectedChannel, type OutgoingFile } from '../../channels/channel.ts';
import { parseExact } from '../../channels/viber/exact-json.ts';
import { keyboardOf } from '../../channels/viber/keyboard.ts';
import { parseEvent } from '../../channels/viber/parse.ts';
import { isSigned, signatureOf } from '../../channels/viber/signature.ts';
import { viberChannel } from '../../channels/viber/viber.ts';
import type { Attachment, Button, PartPlan } from '../../domain/message/model.ts';
import { type FakeViber, startFakeViber } from '../fakes/viber/index.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const viber = viberChannel();
const NOW = 1_795_000_123_456;
const USER = '01234567890A==';
const TOKEN = '4912661846655238145';
const KEY = 'k3yk3yk3yk3yk3yk3yk3yk';
const sender = `{"id":"${USER}","name":"Anna","avatar":"https://a.example/a.jpg","country":"RU","language":"ru","api_version":10}`;

function factsOf(fields: string) {
  return parseEvent(parseExact(`{"timestamp":1795000000123,"message_token":${TOKEN},"chat_hostname":"SN-CHAT-01_",${fields}}`), NOW);
}
function messageOf(message: string) {
  const fact = factsOf(`"event":"message","sender":${sender},"message":${message}`)?.[0];
  if (fact?.type !== 'messageReceived') throw new Error(`no message: ${message}`);
  return fact.message;
}

describe('what Viber signs and counts', () => {
  const token = '44dafb7e0f40021e-61a47a1e6778d187-f2c5a676a07050b3';
  const body = Buffer.from('{"event":"webhook","timestamp":4977069964384421269,"message_token":1478683725125}');
  const signature = 'd21b343448c8aee33b8e93768ef6ceb64a6ba6163099973a2b8bd028fea510ef';

  test("the vector of Viber's own client is signed as there", () => {
    expect(signatureOf(token, body)).toBe(signature);
    expect(isSigned(token, body, signature)).toBe(true);
  });

  test.each([
    ['no signature', undefined],
    ['an empty one', ''],
    ['one that is cut', signature.slice(0, -1)],
    ['one with a letter changed', `e${signature.slice(1)}`],
    ['capital letters', signature.toUpperCase()],
  ])('%s proves nothing', (_name, given) => {
    expect(isSigned(token, body, given)).toBe(false);
  });

  test('one byte more, another token or none at all break the signature', () => {
    expect(isSigned(token, Buffer.concat([body, Buffer.from(' ')]), signature)).toBe(false);
    expect(isSigned(`${token}1`, body, signature)).toBe(false);
    expect(isSigned('', body, signatureOf('', body))).toBe(false);
  });

  test.each([
    ['{"a":4912661846655238145}', { a: '4912661846655238145' }],
    ['[-9223372036854775808,9007199254740991,9007199254740992]', ['-9223372036854775808', 9007199254740991, '9007199254740992']],
    ['{"a":"4912661846655238145","b":"x\\"4912661846655238145\\\\"}', { a: '4912661846655238145', b: 'x"4912661846655238145\\' }],
    ['[1.2345678901234567890,12345678901234567890e-3,0,-5]', [Number('1.2345678901234567890'), Number('12345678901234567890e-3'), 0, -5]],
    ['"\\u0000\\ud83d"', '\0\ud83d'],
    ['{"a":', undefined],
    ['', undefined],
  ])('%s is read without losing a digit', (text, expected) => {
    expect(parseExact(text)).toEqual(expected);
  });

  test('a long text does not tire the reader', () => {
    expect(parseExact(JSON.stringify('я"\\'.repeat(2_000_000)))).toHaveLength(6_000_000);
  });
});

describe('an event becomes a fact', () => {
  test('a text: ids keep all digits, time and order are the messenger’s', () => {
    expect(factsOf(`"event":"message","sender":${sender},"message":{"type":"text","text":"hello","tracking_data":"m:1:0"}`)).toEqual([
      {
        type: 'messageReceived',
        id: `message/${TOKEN}`,
        chat: { externalChatId: USER, kind: 'private' },
        sender: { externalUserId: USER, name: 'Anna', languageCode: 'ru', avatarRef: 'https://a.example/a.jpg' },
        message: {
          externalId: TOKEN,
          receivedAt: 1_795_000_000_123,
          order: [1_795_000_000_123, expect.any(Number)],
          text: 'hello',
          attachments: [],
        },
      },
    ]);
  });

  test('neighbouring tokens, alike as JavaScript numbers, are two messages in their order', () => {
    const orderOf = (token: string) => {
      const fact = parseEvent(
        parseExact(`{"event":"message","timestamp":1,"message_token":${token},"sender":{"id":"a"},"message":{"type":"text","text":"x"}}`),
        NOW,
      )?.[0];
      return fact?.type === 'messageReceived' ? fact.message : undefined;
    };
    const [first, second] = [orderOf('4912661846655238145'), orderOf('4912661846655238146')];
    expect(Number('4912661846655238145')).toBe(Number('4912661846655238146'));
    expect(first?.externalId).not.toBe(second?.externalId);
    expect(first!.order[1]).toBeLessThan(second!.order[1]);
  });

  test.each([
    [`${KEY}.0`, true],
    [`${KEY}.123`, true],
    [`${KEY}.1234`, false],
    [`${KEY}`, false],
    [` ${KEY}.0`, false],
    ['yes', false],
  ])('the text %s is a press: %s', (text, isPress) => {
    const { text: shown, pressedKey } = messageOf(JSON.stringify({ type: 'text', text }));
    expect([shown, pressedKey]).toEqual(isPress ? ['', text] : [text, undefined]);
  });

  test.each([
    [
      '{"type":"picture","media":"https://m.example/a.png?x=1","text":"cap","thumbnail":"https://m.example/t","file_name":"me\\u0000.png","size":5}',
      {
        text: 'cap',
        attachments: [{ kind: 'picture', ref: 'https://m.example/a.png?x=1', name: 'me.png', mime: 'image/png', sizeBytes: 5 }],
      },
    ],
    [
      '{"type":"picture","media":"https://m.example/a"}',
      { text: '', attachments: [{ kind: 'picture', ref: 'https://m.example/a', name: `picture-${TOKEN}.jpg`, mime: 'image/jpeg' }] },
    ],
    [
      '{"type":"video","media":"https://m.example/v","size":9,"duration":4}',
      {
        text: '',
        attachments: [
          { kind: 'video', ref: 'https://m.example/v', name: `video-${TOKEN}.mp4`, mime: 'video/mp4', sizeBytes: 9, durationSeconds: 4 },
        ],
      },
    ],
    [
      '{"type":"file","media":"https://m.example/f","file_name":"offer.pdf","size":7}',
      { text: '', attachments: [{ kind: 'file', ref: 'https://m.example/f', name: 'offer.pdf', mime: 'application/pdf', sizeBytes: 7 }] },
    ],
    [
      '{"type":"sticker","sticker_id":46105,"media":"https://m.example/s.png"}',
      { text: '', attachments: [{ kind: 'sticker', ref: 'https://m.example/s.png', name: `sticker-${TOKEN}.png`, mime: 'image/png' }] },
    ],
    ['{"type":"sticker","sticker_id":46105}', { text: '', attachments: [], unsupported: 'sticker' }],
    ['{"type":"contact","contact":{"phone_number":"+7999"}}', { text: '', attachments: [], contact: { name: '', phone: '+7999' } }],
    [
      '{"type":"location","location":{"lat":"55.75","lon":37.6}}',
      { text: '', attachments: [], location: { latitude: 55.75, longitude: 37.6 } },
    ],
    ['{"type":"url","media":"https://example.org/x"}', { text: 'https://example.org/x', attachments: [] }],
    ['{"type":"rich_media","rich_media":{}}', { text: '', attachments: [], unsupported: 'rich_media' }],
  ])('%s', (message, expected) => {
    expect(messageOf(message)).toEqual({ externalId: TOKEN, receivedAt: 1_795_000_000_123, order: expect.anything(), ...expected });
  });

  test.each([
    ['"event":"webhook"', []],
    [`"event":"conversation_started","type":"open","context":"promo7","subscribed":false,"user":${sender}`, []],
    [`"event":"subscribed","user":${sender}`, [{ type: 'clientUnblocked', id: `subscribed/${TOKEN}` }]],
    [`"event":"unsubscribed","user_id":"${USER}"`, [{ type: 'clientBlocked', id: `unsubscribed/${TOKEN}` }]],
    [
      `"event":"delivered","user_id":"${USER}"`,
      [{ type: 'receiptCame', id: `delivered/${TOKEN}`, status: 'delivered', externalIds: [TOKEN] }],
    ],
    [`"event":"seen","user_id":"${USER}"`, [{ type: 'receiptCame', id: `seen/${TOKEN}`, status: 'read', externalIds: [TOKEN] }]],
    [
      `"event":"failed","user_id":"${USER}","desc":"failed: too old"`,
      [{ type: 'receiptCame', id: `failed/${TOKEN}`, status: 'failed', externalIds: [TOKEN], words: 'failed: too old' }],
    ],
  ])('%s', (event, expected) => {
    const chat = { externalChatId: USER, kind: 'private' };
    expect(factsOf(event)).toEqual(expected.map((fact) => ({ ...fact, chat, receivedAt: 1_795_000_000_123 })));
  });

  test.each([
    '"event":"hologram"',
    `"event":"message","sender":${sender}`,
    `"event":"message","sender":{"id":""},"message":{"type":"text","text":"a"}`,
    `"event":"message","sender":${sender},"message":{"type":"text"}`,
    `"event":"message","sender":${sender},"message":{"type":"text","text":5}`,
    `"event":"message","sender":${sender},"message":{"type":"location","location":{"lat":"","lon":1}}`,
    '"event":"delivered"',
  ])('%s is kept as it came', (event) => {
    expect(factsOf(event)).toBeUndefined();
  });

  test('a time that cannot be is replaced by now', () => {
    const body = (timestamp: string) => `{"event":"seen","timestamp":${timestamp},"message_token":1,"user_id":"a"}`;
    for (const timestamp of ['4977069964384421269', '9007199254740991', '-1', '"x"', 'null'])
      expect(parseEvent(parseExact(body(timestamp)), NOW)).toMatchObject([{ receivedAt: NOW }]);
  });
});

describe('a keyboard', () => {
  const reply = (label: string, index = 0): Button => ({ type: 'reply', label, key: `${KEY}.${index}` });
  const columns = (buttons: Button[]) => keyboardOf(buttons)?.Buttons.map((button) => button.Columns);

  test('two short labels share a row, a long one stands alone', () => {
    expect(columns([reply('Yes'), reply('No'), reply('Maybe')])).toEqual([3, 3, 6]);
    expect(columns([reply('Yes'), reply('I would rather talk to a person'), reply('No')])).toEqual([6, 6, 6]);
    expect(keyboardOf([])).toBeUndefined();
  });

  test('24 long labels still make no more than 12 rows', () => {
    const wide = columns(Array.from({ length: 24 }, (_, index) => reply('a label that is long enough', index)));
    expect(wide).toEqual(Array.from({ length: 24 }, () => 3));
  });

  test('what was written as text stays text, within the limit after escaping, never with half an escape', () => {
    const [button] = keyboardOf([reply(`<b>${'&'.repeat(240)}</b>`)])!.Buttons;
    expect(button!.Text.length).toBeLessThanOrEqual(250);
    expect(button!.Text).toMatch(/^&lt;b&gt;(&amp;)+…?$/);
  });
});

describe('against a local Viber', () => {
  let fake: FakeViber;
  let receiver: Receiver;
  let channel: ConnectedChannel;

  beforeEach(async () => {
    fake = await startFakeViber({ timeScale: 0.002 });
    receiver = await startReceiver(viber, () => channel);
    channel = {
      accountId: 1,
      id: 7,
      type: 'viber',
      credentials: { token: fake.token, senderName: 'Shop' },
      apiRoot: fake.apiRoot,
      receive: 'webhook',
      webhookUrl: receiver.url,
      webhookSecret: 's',
      facts: {},
    };
    channel = { ...channel, facts: (await viber.connect(channel)).facts };
    await fake.clientWrites(USER, 'hello');
    await receiver.facts(1);
  });
  afterEach(async () => {
    await receiver.stop();
    await fake.stop();
  });

  const send = (part: Partial<PartPlan>, files: Record<string, OutgoingFile> = {}, to = channel) =>
    viber.send(to, {
      externalChatId: USER,
      key: 'm7:0',
      part: { index: 0, text: '', attachments: [], buttons: [], ...part },
      files,
      signal: new AbortController().signal,
    });
  const failureOf = (attempt: Promise<unknown>): Promise<unknown> =>
    attempt.then(
      () => 'no failure',
      (error: unknown) => error,
    );
  const attachment = (fields: Partial<Attachment>): Attachment => ({ kind: 'file', name: 'offer.pdf', mime: 'application/pdf', ...fields });

  test('connecting answers the handshake during the call and keeps what Viber says of the bot', async () => {
    expect(receiver.received[0]).toMatchObject({ facts: [], answer: { status: 200, body: '' } });
    expect(receiver.received[0]?.unparsed).toBeUndefined();
    const { accountId } = await fake.info();
    await expect(viber.connect(channel)).resolves.toEqual({
      externalId: accountId,
      name: 'Local bot',
      facts: { accountId, uri: 'localbot', name: 'Local bot' },
    });
    expect(await viber.test(channel)).toEqual({ words: 'Local bot (localbot); subscribers: 1' });
    expect((await fake.counters()).answersWithBody).toBe(0);
  });

  test('connecting names the field that is wrong', async () => {
    const refused = (change: Partial<ConnectedChannel>) => failureOf(viber.connect({ ...channel, ...change }));
    expect(await refused({ credentials: { token: 'wrong' } })).toMatchObject({ name: 'ChannelInputError', field: 'token' });
    expect(await refused({ webhookUrl: undefined as never })).toMatchObject({
      field: 'receive',
      message: expect.stringContaining('PUBLIC_URL'),
    });
    for (const webhookUrl of ['http://127.0.0.1:1/hook', 'http://shop.example.com/hook'])
      expect(await refused({ webhookUrl })).toMatchObject({ field: 'receive', message: expect.stringContaining('PUBLIC_URL') });
  });

  test.each([
    [{}, 'token'],
    [{ token: ' ' }, 'token'],
    [{ token: 'a\nb' }, 'token'],
    [{ token: 'a', senderName: 5 }, 'senderName'],
    [{ token: 'a', senderName: 'x'.repeat(29) }, 'senderName'],
  ])('credentials %j: the field %s is named', (input, field) => {
    expect(() => viber.parseCredentials(input)).toThrow(expect.objectContaining({ name: 'ChannelInputError', field }));
  });

  test('a webhook that points elsewhere fails the test of the channel', async () => {
    expect(await failureOf(viber.test({ ...channel, webhookUrl: 'https://other.example/' }))).toMatchObject({ code: 'webhook_elsewhere' });
    await fake.revokeToken(fake.token);
    expect(await failureOf(viber.test(channel))).toMatchObject({ kind: 'refused', scope: 'account', words: 'invalidAuthToken' });
    await viber.disconnect(channel);
  });

  test('the receipt is the token with all its digits, by which later receipts name the message', async () => {
    const { externalIds } = await send({ text: 'one' });
    expect(BigInt(externalIds[0]!)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
    await fake.deliver(USER, 'last', { devices: 2 });
    await fake.see(USER, 'last');
    await fake.fail(USER, 'last', 'client rejected');
    const [first, again, seen, failed] = (await receiver.facts(5)).slice(1);
    expect(first).toMatchObject({ type: 'receiptCame', status: 'delivered', externalIds });
    expect(again?.id).toBe(first?.id);
    expect(seen).toMatchObject({ status: 'read', externalIds });
    expect(failed).toMatchObject({ status: 'failed', externalIds, words: 'client rejected' });
  });

  test('the sender’s name is the one given, else the bot’s, never longer than Viber takes', async () => {
    await send({ text: 'a' });
    await send({ text: 'b' }, {}, { ...channel, credentials: { token: fake.token } });
    await send({ text: 'c' }, {}, { ...channel, credentials: { token: fake.token }, facts: { name: 'n'.repeat(40) } });
    const names = (await fake.sentTo(USER)).map(({ senderName }) => senderName);
    expect(names).toEqual(['Shop', 'Local bot', `${'n'.repeat(27)}…`]);
    expect((await fake.sentTo(USER))[0]?.trackingData).toBe('m7:0');
  });

  test.each([
    ['a picture by address', { kind: 'picture', url: 'https://x.example/a.JPG?v=2', name: 'a' }, 'cap', { kind: 'picture', text: 'cap' }],
    [
      'a picture whose address does not say so',
      { kind: 'picture', url: 'https://x.example/a' },
      '',
      { kind: 'url', media: 'https://x.example/a' },
    ],
    ['the same with a text', { kind: 'picture', url: 'https://x.example/a' }, 'cap', { kind: 'text', text: 'cap\nhttps://x.example/a' }],
    ['a file of known size', { url: 'https://x.example/f.pdf', sizeBytes: 9 }, '', { kind: 'file', media: 'https://x.example/f.pdf' }],
    ['a file of unknown size', { url: 'https://x.example/f.pdf' }, '', { kind: 'url', media: 'https://x.example/f.pdf' }],
    ['a video', { kind: 'video', mime: 'video/mp4', url: 'https://x.example/v.mp4', sizeBytes: 9 }, '', { kind: 'video' }],
    [
      'a video of another type',
      { kind: 'video', mime: 'video/webm', url: 'https://x.example/v.webm', sizeBytes: 9, name: 'v' },
      '',
      { kind: 'file' },
    ],
  ] as const)('%s goes out as what Viber can show', async (_name, fields, text, expected) => {
    await send({ text, attachments: [attachment(fields)] });
    expect((await fake.sentTo(USER))[0]).toMatchObject(expected);
  });

  test.each([
    ['is gone', { fileId: 'f' }, {}, 'file_missing'],
    ['has no public address', { fileId: 'f' }, { f: {} }, 'no_public_address'],
    ['has an address of another kind', { url: 'ftp://x.example/f' }, {}, 'bad_address'],
    ['has too long an address', { url: `https://x.example/${'f'.repeat(2000)}` }, {}, 'bad_address'],
  ])('a file that %s is refused with words that help', async (_name, fields, files, code) => {
    const error = await failureOf(send({ attachments: [attachment(fields)] }, files as Record<string, OutgoingFile>));
    expect(error).toMatchObject({ kind: 'refused', scope: 'message', code, words: expect.stringMatching(/\S/) });
    expect(await fake.sentTo(USER)).toEqual([]);
  });

  test('the longest text with 24 long labels fits one call, with shorter labels; addresses that never fit are refused', async () => {
    const text = 'я'.repeat(7000);
    const replies: Button[] = Array.from({ length: 24 }, (_, index) => ({ type: 'reply', label: 'ж'.repeat(250), key: `${KEY}.${index}` }));
    await send({ text, buttons: replies });
    const [sent] = await fake.sentTo(USER);
    expect(sent?.text).toBe(text);
    expect(sent?.buttons?.map(({ body }) => body)).toEqual(replies.map((button) => button.type === 'reply' && button.key));
    const links: Button[] = Array.from({ length: 24 }, () => ({ type: 'url', label: 'x', url: `https://x.example/${'y'.repeat(1500)}` }));
    expect(await failureOf(send({ text, buttons: links }))).toMatchObject({ kind: 'refused', scope: 'message', code: 'too_long' });
  });

  test('a keyboard is gone when another message follows', async () => {
    await send({ text: 'Choose', buttons: [{ type: 'reply', label: 'A & <B>', key: `${KEY}.0` }] });
    await fake.clientPresses(USER, 'A & <B>');
    const pressed = (await receiver.facts(2)).at(-1);
    expect(pressed).toMatchObject({ message: { text: '', pressedKey: `${KEY}.0` } });
    await send({ text: 'Thanks' });
    await expect(fake.clientPresses(USER, 'A & <B>')).rejects.toThrow('no button');
  });

  test.each([
    [1, 'refused', 'message'],
    [2, 'refused', 'account'],
    [3, 'refused', 'message'],
    [4, 'refused', 'message'],
    [5, 'refused', 'contact'],
    [6, 'refused', 'contact'],
    [7, 'refused', 'contact'],
    [8, 'refused', 'account'],
    [9, 'refused', 'account'],
    [10, 'refused', 'account'],
    [11, 'refused', 'contact'],
    [12, 'rateLimited', 'message'],
    [13, 'refused', 'message'],
    [14, 'refused', 'message'],
    [15, 'refused', 'account'],
    [21, 'refused', 'contact'],
    [23, 'refused', 'account'],
    [24, 'refused', 'account'],
    [99, 'refused', 'message'],
  ])('status %i: %s, scope %s', async (status, kind, scope) => {
    await fake.refuse(1, status, `words of ${status}, token ${fake.token}`);
    const error = await failureOf(send({ text: 'x' }));
    expect(error).toMatchObject({ kind, scope, code: String(status), words: `words of ${status}, token …` });
  });

  test.each([
    [500, 'unknown', 'message'],
    [200, 'unknown', 'message'],
    [429, 'rateLimited', 'message'],
    [403, 'refused', 'account'],
    [413, 'refused', 'message'],
  ])('HTTP %i without an answer of the API: %s', async (status, kind, scope) => {
    await fake.break(status);
    expect(await failureOf(send({ text: 'x' }))).toMatchObject({ kind, scope });
  });

  test('a client who unsubscribed and comes back, events twice and out of order: the ids tell which are the same', async () => {
    await fake.hold();
    const made = await fake.clientWrites(USER, 'first');
    await fake.clientWrites(USER, 'second');
    await fake.release('reversed');
    await fake.waitUntilTaken();
    await fake.redeliver(made.messageToken);
    const messages = (await receiver.facts(4)).slice(1).flatMap((fact) => (fact.type === 'messageReceived' ? [fact] : []));
    expect(messages.map(({ message }) => message.text)).toEqual(['second', 'first', 'first']);
    expect(messages[1]).toEqual(messages[2]);
    expect(messages[1]!.message.order[1]).toBeLessThan(messages[0]!.message.order[1]);
  });

  test('the secret of the address is not enough: only the signature of the bytes counts', async () => {
    const { body } = await fake.eventOf((await fake.clientWrites(USER, 'x')).messageToken);
    const request = { method: 'POST', headers: {}, query: { sig: signatureOf(fake.token, Buffer.from(body)) }, body: Buffer.from(body) };
    expect(await failureOf(viber.receive(channel, request))).toMatchObject({ kind: 'refused', scope: 'account', code: 'bad_signature' });
  });

  test('files of clients are read from public addresses, from the host of apiRoot, and from private ones only where allowed', async () => {
    const signal = new AbortController().signal;
    const server = createServer((request, response) => {
      if (request.url === '/away') response.writeHead(302, { location: '/file.txt' }).end();
      else if (request.url === '/round') response.writeHead(302, { location: '/round' }).end();
      else if (request.url === '/gone') response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': 'text/plain; charset=x' }).end('bytes');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const real = { ...channel, apiRoot: undefined as never };
      for (const address of [
        base,
        base.replace('127.0.0.1', 'localhost'),
        base.replace('127.0.0.1', '[::ffff:127.0.0.1]'),
        'http://169.254.169.254/',
      ]) {
        const error = await failureOf(viber.fetchMedia!(real, `${address}/file.txt`, signal));
        expect(error).toMatchObject({ kind: 'refused', code: 'private_address' });
      }
      expect(await failureOf(viber.fetchMedia!(real, 'file:///etc/passwd', signal))).toMatchObject({ code: 'bad_address' });
      const generous = viberChannel({ allowPrivateAddresses: true });
      for (const path of ['/file.txt', '/away']) {
        const { body, mime } = await generous.fetchMedia!(real, base + path, signal);
        expect([mime, Buffer.concat(await body.toArray()).toString()]).toEqual(['text/plain', 'bytes']);
      }
      expect(await failureOf(generous.fetchMedia!(real, `${base}/round`, signal))).toBeInstanceOf(ChannelError);
      expect(await failureOf(generous.fetchMedia!(real, `${base}/gone`, signal))).toMatchObject({ kind: 'refused', code: '404' });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
