import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ChannelError, type ConnectedChannel, type OutgoingFile } from '../../channels/channel.ts';
import { vkChannel } from '../../channels/vk/vk.ts';
import type { Button, PartPlan } from '../../domain/message/model.ts';
import { SAMPLE_PNG } from '../fakes/telegram/images.ts';
import { type FakeVk, startFakeVk } from '../fakes/vk/index.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const vk = vkChannel();
const ANNA = 5_550_001;
const TEAM = 2_000_000_003;

let fake: FakeVk;
let channel: ConnectedChannel;
let receiver: Receiver;
beforeEach(async () => {
  fake = await startFakeVk({ timeScale: 0.001, token: `vk1.a.${Math.random().toString(36).slice(2)}` });
  channel = {
    accountId: 1,
    id: 7,
    type: 'vk',
    credentials: { token: fake.token, groupId: String(fake.groupId) },
    apiRoot: `${fake.url}/`,
    receive: 'webhook',
    webhookSecret: 'f'.repeat(64),
    facts: {},
  };
  receiver = await startReceiver(vk, () => channel);
  channel = { ...channel, webhookUrl: receiver.url };
});
afterEach(async () => {
  await receiver.stop();
  await fake.stop();
});

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
const methods = async () => (await fake.counters()).byMethod;

describe('connecting', () => {
  test('makes a callback server, answers its handshake and hears events from then on', async () => {
    const connection = await vk.connect(channel);
    expect(connection).toEqual({
      externalId: String(fake.groupId),
      name: 'Local community',
      facts: { groupId: String(fake.groupId), screenName: `local${fake.groupId}`, serverId: '1' },
    });
    expect(await fake.servers()).toEqual([
      {
        id: 1,
        url: receiver.url,
        status: 'ok',
        secret: 'f'.repeat(50),
        events: ['message_new', 'message_reply', 'message_edit', 'message_event', 'message_allow', 'message_deny', 'message_read'],
      },
    ]);
    await fake.clientWrites(ANNA, 'hello', { name: 'Anna X', screenName: 'anna' });
    expect(await receiver.facts(1)).toMatchObject([{ sender: { externalUserId: String(ANNA), name: 'Anna X', username: 'anna' } }]);
    await fake.waitUntilTaken();
    expect(await fake.counters()).toMatchObject({ delivered: 1, failedAttempts: 0 });
    await expect(vk.test({ ...channel, facts: connection.facts })).resolves.toEqual({
      words: `Local community (vk.com/local${fake.groupId})`,
    });
  });

  test('connecting again keeps a server that works, and replaces one with another secret or address', async () => {
    const { facts } = await vk.connect(channel);
    channel = { ...channel, facts };
    expect((await vk.connect(channel)).facts.serverId).toBe('1');
    channel = { ...channel, credentials: { ...channel.credentials, secret: 'another' } };
    expect((await vk.connect(channel)).facts.serverId).toBe('2');
    expect(await fake.servers()).toMatchObject([{ id: 2, secret: 'another', status: 'ok' }]);
  });

  test('an address that VK cannot reach names the setting to correct, and leaves no server behind', async () => {
    await expect(vk.connect({ ...channel, webhookUrl: 'http://127.0.0.1:1/hook' })).rejects.toMatchObject({
      name: 'ChannelInputError',
      field: 'receive',
    });
    expect(await fake.servers()).toEqual([]);
    await expect(vk.connect({ ...channel, webhookUrl: undefined })).rejects.toMatchObject({ field: 'receive' });
  });

  test('a server made by hand is confirmed with the code that was given, and left alone', async () => {
    channel = { ...channel, credentials: { ...channel.credentials, secret: 's3', confirmationCode: 'handmade1' }, webhookUrl: undefined };
    await expect(vk.connect(channel)).resolves.toMatchObject({ externalId: String(fake.groupId) });
    expect(await fake.addServerByHand(receiver.url, 's3')).toMatchObject({ status: 'ok' });
    await fake.clientWrites(ANNA, 'hello');
    expect(await receiver.facts(1)).toMatchObject([{ message: { text: 'hello' } }]);
    await vk.test(channel);
    await vk.disconnect(channel);
    expect(await fake.servers()).toHaveLength(1);
  });

  test('a key that VK does not know, a foreign community and a key without rights are errors of their fields', async () => {
    const withCredentials = (credentials: Record<string, string>) => ({
      ...channel,
      credentials: { ...channel.credentials, ...credentials },
    });
    await expect(vk.connect(withCredentials({ token: 'wrong' }))).rejects.toMatchObject({ name: 'ChannelInputError', field: 'token' });
    await expect(vk.test(withCredentials({ token: 'wrong' }))).rejects.toMatchObject({ kind: 'refused', scope: 'account', code: '5' });
    await expect(vk.disconnect(withCredentials({ token: 'wrong' }))).resolves.toBeUndefined();
    await expect(vk.connect(withCredentials({ groupId: '5' }))).rejects.toMatchObject({ name: 'ChannelInputError', field: 'groupId' });
    await fake.allow({ manage: false });
    await expect(vk.connect(channel)).rejects.toMatchObject({ name: 'ChannelInputError', field: 'token' });
    await expect(vk.connect({ ...channel, receive: 'polling' })).rejects.toMatchObject({ name: 'ChannelInputError', field: 'token' });
    await fake.allow({ longPoll: true });
    await expect(vk.connect({ ...channel, receive: 'polling' })).resolves.toMatchObject({ externalId: String(fake.groupId) });
  });

  test('a test of the channel notices a server that is gone', async () => {
    const { facts } = await vk.connect(channel);
    channel = { ...channel, facts };
    await vk.disconnect(channel);
    await expect(vk.test(channel)).rejects.toMatchObject({ kind: 'refused', scope: 'account', code: 'no_server' });
  });

  test.each([
    [{}, 'token'],
    [{ token: 'a b', groupId: '1' }, 'token'],
    [{ token: 'a' }, 'groupId'],
    [{ token: 'a', groupId: 'shop' }, 'groupId'],
    [{ token: 'a', groupId: '0' }, 'groupId'],
    [{ token: 'a', groupId: '1', secret: 'x'.repeat(51) }, 'secret'],
    [{ token: 'a', groupId: '1', confirmationCode: 'c' }, 'secret'],
    [null, 'token'],
  ])('%j names the field %s', (input, field) => {
    expect(() => vk.parseCredentials(input)).toThrow(expect.objectContaining({ name: 'ChannelInputError', field }));
  });

  test.each(['77', 77, 'club77', 'public77', '-77', ' 77 '])('%j is community 77', (groupId) => {
    expect(vk.parseCredentials({ token: ' a ', groupId, secret: '', confirmationCode: '' })).toEqual({ token: 'a', groupId: '77' });
  });
});

describe('callback events', () => {
  const call = (body: object, headers: Record<string, string> = {}) =>
    vk.receive(channel, { method: 'POST', headers, query: {}, body: Buffer.from(JSON.stringify(body)) });

  test('the handshake needs no secret, but the right community; every other event needs both', async () => {
    channel = { ...channel, credentials: { ...channel.credentials, secret: 's3', confirmationCode: 'c0de' } };
    const group_id = fake.groupId;
    await expect(call({ type: 'confirmation', group_id })).resolves.toEqual({
      facts: [],
      answer: { status: 200, body: 'c0de', contentType: 'text/plain' },
    });
    await expect(call({ type: 'confirmation', group_id: 5 })).rejects.toMatchObject({ kind: 'refused', scope: 'account' });
    const event = { type: 'message_deny', event_id: 'e', object: { user_id: ANNA } };
    for (const proof of [
      { group_id },
      { group_id, secret: '' },
      { group_id, secret: 's4' },
      { group_id, secret: ['s3'] },
      { secret: 's3' },
      { group_id: 5, secret: 's3' },
    ]) {
      await expect(call({ ...event, ...proof })).rejects.toMatchObject({ kind: 'refused', scope: 'account' });
    }
    await expect(call({ ...event, group_id, secret: 's3' })).resolves.toMatchObject({ facts: [{}], answer: { status: 200, body: 'ok' } });
  });

  test('a body that names no community proves nothing', async () => {
    for (const body of ['', '{', 'null', '[]', '"x"']) {
      const attempt = vk.receive(channel, { method: 'POST', headers: {}, query: {}, body: Buffer.from(body) });
      await expect(attempt).rejects.toMatchObject({ kind: 'refused', scope: 'account' });
    }
  });

  test('a cropped message arrives with all its pictures, in one message', async () => {
    await vk.connect(channel);
    await fake.clientSends(
      ANNA,
      Array.from({ length: 7 }, () => ({ photo: {} })),
      'seven',
      { ref: 'promo7' },
    );
    const [fact] = await receiver.facts(1);
    expect(fact).toMatchObject({ message: { text: 'seven', startPayload: 'promo7' } });
    expect(fact?.type === 'messageReceived' && fact.message.attachments).toHaveLength(7);
  });

  test('while VK cannot show the rest, it is asked to deliver again; in the end what there is arrives', async () => {
    await vk.connect(channel);
    await fake.refuse(1, 10, 'Internal server error', { method: 'messages.getByConversationMessageId' });
    await fake.clientSends(
      ANNA,
      Array.from({ length: 5 }, () => ({ photo: {} })),
    );
    const [fact] = await receiver.facts(1);
    expect(fact?.type === 'messageReceived' && fact.message.attachments).toHaveLength(5);
    // The first of all is the handshake's.
    expect(receiver.received.slice(1).map(({ answer }) => answer.status)).toEqual([503, 200]);

    await fake.refuse(99, 10, 'Internal server error', { method: 'messages.getByConversationMessageId' });
    await fake.clientSends(
      ANNA,
      Array.from({ length: 5 }, () => ({ photo: {} })),
    );
    const facts = await receiver.facts(2);
    expect(facts[1]).toMatchObject({ message: { attachments: [{ kind: 'picture' }] } });
  });

  test('names are asked for together and once; without VK a person is called by number, and nothing waits twice', async () => {
    await vk.connect(channel);
    await fake.refuse(1, 10, 'Internal server error', { method: 'users.get' });
    await fake.clientWrites(ANNA, 'a');
    expect(await receiver.facts(1)).toMatchObject([{ sender: { name: `id${ANNA}` } }]);
    expect((await methods())['users.get']).toBeUndefined();
  });

  test('a hundred new people cost few calls', async () => {
    await vk.connect(channel);
    await fake.hold();
    for (let id = 1; id <= 100; id += 1) await fake.clientWrites(id, 'hi', { name: `Person ${id}` });
    await fake.release('together');
    const facts = await receiver.facts(100);
    for (const fact of facts) expect(fact).toMatchObject({ sender: { name: expect.stringMatching(/^Person \d+$/) } });
    expect((await methods())['users.get']).toBeLessThan(50);
    await fake.clientWrites(1, 'again');
    const before = (await methods())['users.get'];
    await receiver.facts(101);
    expect((await methods())['users.get']).toBe(before);
  });

  test("what an administrator writes in VK is a person's reply; echoes of our own sends are not", async () => {
    await vk.connect(channel);
    await fake.clientStarts(ANNA);
    await receiver.facts(1);
    await send({ text: 'from the bot' });
    await fake.adminWrites(ANNA, 'from the office');
    await fake.clientReads(ANNA);
    expect(
      (await receiver.facts(3))
        .slice(1)
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['colleagueReplied', 'receiptCame']);
    const { randomId } = (await fake.sentTo(ANNA))[0]!;
    const echo = { id: 990, date: 1, peer_id: ANNA, from_id: -fake.groupId, out: 1, text: 'x', conversation_message_id: 9 };
    await fake.pushEvent('message_reply', { ...echo, random_id: randomId, admin_author_id: 5 });
    await fake.waitUntilTaken();
    expect(receiver.received.flatMap(({ facts }) => facts)).toHaveLength(3);
  });

  test('the read receipt names the message that was sent', async () => {
    await vk.connect(channel);
    await fake.clientStarts(ANNA);
    const { externalIds } = await send({ text: 'one' });
    await fake.clientReads(ANNA);
    expect((await receiver.facts(2)).at(-1)).toMatchObject({ type: 'receiptCame', status: 'read', externalIds });
  });

  test('a pressed callback button is answered once and within its minute', async () => {
    await vk.connect(channel);
    await fake.clientStarts(ANNA);
    const { answerId } = await fake.clientPressesPayload(ANNA, { b: 'key.1' });
    const fact = (await receiver.facts(2)).find(({ id }) => id.startsWith('press/'));
    if (fact?.type !== 'messageReceived') throw new Error('no press');
    expect(fact.message).toMatchObject({ pressedKey: 'key.1', text: '' });
    expect(await fake.pressAnswered(answerId)).toBe(false);
    await vk.answerPress!(channel, fact.message.pressToken!);
    expect(await fake.pressAnswered(answerId)).toBe(true);
    for (const token of [fact.message.pressToken!, '1/2/gone', 'no token at all']) await vk.answerPress!(channel, token);
  });

  test('a file on a private address is not read, but for the address the channel was connected with', async () => {
    const { url } = fake;
    const elsewhere = { ...channel, apiRoot: 'https://api.vk.example' };
    for (const address of [
      url,
      url.replace('127.0.0.1', 'localhost'),
      'http://[::1]:9',
      'http://169.254.169.254/latest',
      'file:///etc/passwd',
    ]) {
      await expect(vk.fetchMedia!(elsewhere, address, signal())).rejects.toMatchObject({ kind: 'refused' });
    }
    await expect(vk.fetchMedia!(channel, `${url}/cdn/nothing.png`, signal())).rejects.toMatchObject({ kind: 'refused', code: '404' });
  });
});

describe('long poll', () => {
  beforeEach(async () => {
    channel = { ...channel, receive: 'polling', webhookUrl: undefined };
    await vk.connect(channel);
  });
  const poll = (cursor?: string) => vk.poll!(channel, cursor, signal());

  test('begins with now, then moves on with its cursor, also in another process with a new session', async () => {
    await fake.clientWrites(ANNA, 'before');
    const begin = await poll();
    expect(begin).toMatchObject({ facts: [], cursor: `${fake.groupId}/1` });
    await fake.clientWrites(ANNA, 'one', { name: 'Anna X' });
    await fake.clientSends(
      ANNA,
      Array.from({ length: 5 }, () => ({ photo: {} })),
      'two',
    );
    const next = await poll(begin.cursor);
    expect(next.facts).toMatchObject([{ message: { text: 'one' }, sender: { name: 'Anna X' } }, { message: { text: 'two' } }]);
    expect(next.facts[1]).toMatchObject({ message: { attachments: [{}, {}, {}, {}, {}] } });
    // The same cursor again (a crash before it was stored): the same facts.
    expect((await poll(begin.cursor)).facts).toEqual(next.facts);
    const waiting = poll(next.cursor);
    await fake.clientWrites(ANNA, 'three');
    expect((await waiting).facts).toMatchObject([{ message: { text: 'three' } }]);
  });

  test('an expired key goes on where it stopped, lost history goes on from now', async () => {
    const { cursor } = await poll();
    await fake.loseLongPoll(2);
    await fake.clientWrites(ANNA, 'kept');
    expect((await poll(cursor)).facts).toMatchObject([{ message: { text: 'kept' } }]);
    await fake.loseLongPoll(1);
    expect(await poll(cursor)).toMatchObject({ facts: [], cursor: `${fake.groupId}/1` });
    await fake.loseLongPoll(3);
    expect(await poll(cursor)).toMatchObject({ facts: [], cursor: `${fake.groupId}/1` });
  });

  test("a cursor of another community is not used, and another community's event is kept unread", async () => {
    expect((await poll('5/900')).cursor).toBe(`${fake.groupId}/0`);
    await fake.pushEvent('message_new', { nonsense: true });
    const { facts, unparsed } = await poll(`${fake.groupId}/0`);
    expect([facts, unparsed]).toEqual([[], [expect.stringContaining('nonsense')]]);
  });

  test('an aborted poll ends at once; a server that stumbles is tried again; a revoked key is an error of the account', async () => {
    const { cursor } = await poll();
    const controller = new AbortController();
    const waiting = vk.poll!(channel, cursor, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toBeInstanceOf(ChannelError);
    await fake.fail(404, { method: 'poll' });
    await expect(poll(cursor)).rejects.toMatchObject({ kind: 'unavailable' });
    await fake.drop({ method: 'poll' });
    await expect(poll(cursor)).rejects.toMatchObject({ kind: 'unavailable' });
    await fake.loseLongPoll(2);
    await fake.revokeToken(fake.token);
    await expect(poll(cursor)).rejects.toMatchObject({ kind: 'refused', scope: 'account', code: '5' });
  });
});

describe('sending', () => {
  beforeEach(() => fake.clientStarts(ANNA));
  const reply = (label: string, key = label): Button => ({ type: 'reply', label, key });

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
