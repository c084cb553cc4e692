import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ChannelError, type ConnectedChannel } from '../../channels/channel.ts';
import { vkChannel } from '../../channels/vk/vk.ts';
import { type FakeVk, startFakeVk } from '../fakes/vk/index.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const vk = vkChannel();
const ANNA = 5_550_001;

let fake: FakeVk;
let channel: ConnectedChannel;
let receiver: Receiver;
let started = 0;
beforeEach(async () => {
  fake = await startFakeVk({ timeScale: 0.001, token: `vk1.a.receiving_${++started}` });
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
const send = (text: string) =>
  vk.send(channel, {
    externalChatId: String(ANNA),
    key: text,
    part: { index: 0, text, attachments: [], buttons: [] },
    files: {},
    signal: signal(),
  });
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
        events: [
          'message_new',
          'message_reply',
          'message_edit',
          'message_event',
          'message_reaction_event',
          'message_allow',
          'message_deny',
          'message_read',
        ],
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

  test('a name that was asked for in a crowded second is asked for again', async () => {
    await vk.connect(channel);
    await fake.refuse(1, 6, 'Too many requests per second', { method: 'users.get' });
    await fake.clientWrites(ANNA, 'a', { name: 'Anna X' });
    expect(await receiver.facts(1)).toMatchObject([{ sender: { name: 'Anna X' } }]);
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
    await send('from the bot');
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

  test('a reaction names the message as it is known here, which VK has to be asked for', async () => {
    await vk.connect(channel);
    await fake.clientStarts(ANNA);
    await receiver.facts(1);
    const { externalIds } = await send('one');
    const cmid = (await fake.sentTo(ANNA))[0]!.conversationMessageId;
    await fake.pushEvent('message_reaction_event', { reacted_id: ANNA, peer_id: ANNA, cmid, reaction_id: 4 });
    expect((await receiver.facts(2)).at(-1)).toMatchObject({ type: 'reactionChanged', externalId: externalIds[0], emoji: ['👍'] });
  });

  test('an administrator is found by the address of their page, their short name or their number', async () => {
    await vk.connect(channel);
    await fake.clientWrites(ANNA, 'hello', { name: 'Anna X', screenName: 'anna' });
    const anna = { externalId: String(ANNA), name: 'Anna X' };
    for (const given of [`https://vk.com/id${ANNA}`, 'vk.com/anna', '@anna', String(ANNA)]) {
      await expect(vk.findColleague!(channel, given)).resolves.toEqual(anna);
    }
    for (const given of ['vk.com/nobody_at_all', 'https://example.com/anna', 'Anna X']) {
      await expect(vk.findColleague!(channel, given)).rejects.toMatchObject({ name: 'ChannelInputError', field: 'externalId' });
    }
  });

  test('the read receipt names the message that was sent', async () => {
    await vk.connect(channel);
    await fake.clientStarts(ANNA);
    const { externalIds } = await send('one');
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
    // What fell into the gap VK no longer tells; that there was one is kept.
    const gap = (failed: number) => [expect.stringContaining(`"failed":${failed}`)];
    expect(await poll(cursor)).toMatchObject({ facts: [], cursor: `${fake.groupId}/1`, unparsed: gap(1) });
    await fake.loseLongPoll(3);
    expect(await poll(cursor)).toMatchObject({ facts: [], cursor: `${fake.groupId}/1`, unparsed: gap(3) });
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
