import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ChannelError, type ConnectedChannel, type OutgoingFile } from '../../channels/channel.ts';
import { signatureOf } from '../../channels/viber/signature.ts';
import { viberChannel } from '../../channels/viber/viber.ts';
import type { Attachment, Button, PartPlan } from '../../domain/message/model.ts';
import { type FakeViber, startFakeViber } from '../fakes/viber/index.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const viber = viberChannel();
const USER = '01234567890A==';
const KEY = 'k3yk3yk3yk3yk3yk3yk3yk';

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
