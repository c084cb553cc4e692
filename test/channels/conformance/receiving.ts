/** What a messenger brings: messages of every kind, edits, repeats, and calls that are not its own. */
import { expect, test } from 'vitest';
import type { WebhookRequest } from '../../../channels/channel.ts';
import type { AttachmentKind } from '../../../domain/message/model.ts';
import { SAMPLE_PNG } from '../../fakes/telegram/images.ts';
import type { Bench } from './bench.ts';
import { digest, digestOf } from './files.ts';

const UNREADABLE = ['', '{', 'null', '{"update_id":1}', '{"update_id":2,"message":{"message_id":"x"}}', '{"update_id":3,"message":null}'];

/** `inbound`: kinds a client can send. */
export function testReceiving(bench: Bench, inbound: AttachmentKind[]): void {
  const { factsOf, messageOf, newChat, failureOf, expectNoSecret, channel } = bench;
  const { abilities } = channel;

  test('a text arrives as it was written, free of NUL and halves of characters, with its chat and sender', async () => {
    const chat = await newChat();
    const fact = await messageOf(() => bench.messenger.clientWrites(chat, 'Привет\u0000, 👍\ud83d!\n<b>'));
    expect(fact.chat).toEqual({ externalChatId: chat, kind: 'private' });
    expect(fact.message.text).toMatch(/^Привет, 👍\ufffd?!\n<b>$/u);
    expect(fact.sender.externalUserId).not.toBe('');
    expect(fact.sender.name).not.toBe('');
    expect(Math.abs(fact.message.receivedAt - Date.now())).toBeLessThan(60_000);
  });

  test('messages of one chat carry the order in which they were written', async () => {
    const chat = await newChat();
    const facts = await factsOf(3, async () => {
      for (const text of ['one', 'two', 'three']) await bench.messenger.clientWrites(chat, text);
    });
    const sorted = facts
      .flatMap((fact) => (fact.type === 'messageReceived' ? [fact.message] : []))
      .sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1]);
    expect(sorted.map((message) => message.text)).toEqual(['one', 'two', 'three']);
  });

  test('a repeated delivery gives the same fact', async () => {
    const chat = await newChat();
    const first = await messageOf(() => bench.messenger.clientWrites(chat, 'twice'));
    const again = await messageOf(() => bench.messenger.repeatLast());
    expect(again).toEqual(first);
  });

  test('a call with a wrong or missing secret is refused as not from the messenger', async () => {
    const chat = await newChat();
    await messageOf(() => bench.messenger.clientWrites(chat, 'original'));
    const real = bench.receiver.requests.at(-1)!;
    const unproven = bench.messenger.unproven ?? ((call: WebhookRequest) => ({ ...call, headers: {} }));
    const other = {
      ...bench.connected,
      webhookSecret: 'another',
      credentials: { ...bench.connected.credentials, token: '9:another', secret: 'another', appSecret: 'another' },
    };
    for (const attempt of [channel.receive(other, real), channel.receive(bench.connected, unproven(real))]) {
      expect(await failureOf(attempt)).toMatchObject({ kind: 'refused', scope: 'account' });
    }
  });

  test('every request is answered so that the messenger does not deliver again', () => {
    for (const { answer } of bench.receiver.received) expect(answer.status).toBe(200);
  });

  for (const kind of inbound) {
    test(`a ${kind} arrives as one, and its bytes can be brought, also after a failed try`, async () => {
      const chat = await newChat();
      const content = Buffer.concat([SAMPLE_PNG, Buffer.from(`${kind} ${'x'.repeat(100_000)}`)]);
      const fact = await messageOf(() => bench.messenger.clientSends(chat, kind, content, ''));
      const [attachment] = fact.message.attachments;
      expect(attachment).toMatchObject({ kind, name: expect.any(String), mime: expect.stringContaining('/') });
      for (const secret of bench.messenger.secrets) expect(JSON.stringify(fact)).not.toContain(secret);

      await bench.messenger.dropNextDownload();
      const bring = async () => digestOf((await channel.fetchMedia!(bench.connected, attachment!.ref, new AbortController().signal)).body);
      const lost = await bring().catch((error: unknown) => error);
      expect(lost).toBeInstanceOf(Error);
      expectNoSecret(lost as Error);
      await expect(bring()).resolves.toBe(digest(content));
    });
  }

  test('a caption is the text of its message', async () => {
    const chat = await newChat();
    const fact = await messageOf(() => bench.messenger.clientSends(chat, inbound[0]!, SAMPLE_PNG, 'look here'));
    expect(fact.message.text).toBe('look here');
  });

  test('several pictures sent at once arrive as the table says, each once, and their text stands once', async () => {
    const chat = await newChat();
    const together = abilities.hears.pictures === 'together';
    const facts = await factsOf(together ? 1 : 3, () => bench.messenger.clientSendsPictures(chat, 3, 'three of them'));
    const messages = facts.flatMap((fact) => (fact.type === 'messageReceived' ? [fact.message] : []));
    const pictures = messages.flatMap((message) => message.attachments);
    expect(pictures.map((attachment) => attachment.kind)).toEqual(['picture', 'picture', 'picture']);
    expect(new Set(pictures.map(({ ref }) => ref)).size).toBe(3);
    expect(messages.map((message) => message.text).filter((text) => text !== '')).toEqual(['three of them']);
    const albums = new Set(messages.map((message) => message.albumId));
    expect(albums.size).toBe(1);
    expect([...albums][0] !== undefined).toBe(abilities.hears.pictures === 'album');
  });

  test('what the client wrote is known by the messenger’s own id, digit by digit', async () => {
    const chat = await newChat();
    const fact = await messageOf(() => bench.messenger.clientWrites(chat, 'which one'));
    expect(fact.message.externalId).toBe(bench.messenger.written());
  });

  test.runIf(abilities.hears.contacts)('a shared contact arrives as what it is', async () => {
    const chat = await newChat();
    const { message } = await messageOf(() => bench.messenger.clientSharesPhone!(chat, '+79990001122'));
    expect(message.contact?.phone).toBe('+79990001122');
  });

  test.runIf(abilities.hears.places)('a place arrives as what it is', async () => {
    const chat = await newChat();
    const { message } = await messageOf(() => bench.messenger.clientSharesPlace!(chat, 55.75, 37.61));
    expect(message.location).toEqual({ latitude: 55.75, longitude: 37.61 });
  });

  test('a kind nobody knows is a message marked unsupported, not a lost one', async () => {
    const chat = await newChat();
    const fact = await messageOf(() => bench.messenger.clientSendsUnknownKind(chat));
    expect(fact.message.unsupported).toEqual(expect.any(String));
  });

  test.runIf(abilities.tells.edits)('an edit names the message it changes and its new text', async () => {
    const chat = await newChat();
    const written = await messageOf(() => bench.messenger.clientWrites(chat, 'before'));
    const [edit] = await factsOf(1, () => bench.messenger.clientEdits!(chat, 'after'));
    expect(edit).toMatchObject({ type: 'messageEdited', externalId: written.message.externalId, text: 'after' });
    expect(edit?.id).not.toBe(written.id);
  });

  test.runIf(abilities.tells.deletions)('a message taken back is named', async () => {
    const chat = await newChat();
    const written = await messageOf(() => bench.messenger.clientWrites(chat, 'forget it'));
    const [deletion] = await factsOf(1, () => bench.messenger.clientDeletes!(chat));
    expect(deletion).toMatchObject({ type: 'messageDeleted', chat: { externalChatId: chat }, externalId: written.message.externalId });
    expect(deletion?.id).not.toBe(written.id);
  });

  test.runIf(abilities.tells.reactions)('a reaction names its message and who put it there, and can be taken back', async () => {
    const chat = await newChat();
    const written = await messageOf(() => bench.messenger.clientWrites(chat, 'good?'));
    const [put] = await factsOf(1, () => bench.messenger.clientReacts!(chat, '👍'));
    const reaction = { type: 'reactionChanged', chat: { externalChatId: chat }, externalId: written.message.externalId };
    expect(put).toMatchObject({ ...reaction, by: { side: 'client', externalUserId: expect.stringMatching(/\S/) }, emoji: ['👍'] });
    const [taken] = await factsOf(1, () => bench.messenger.clientReacts!(chat, ''));
    expect(taken).toMatchObject({ ...reaction, by: put?.type === 'reactionChanged' ? put.by : {}, emoji: [] });
    expect(taken?.id).not.toBe(put?.id);
  });

  test('the table says of everything that a client can do whether the messenger tells it', () => {
    const { clientEdits, clientDeletes, clientReacts, clientBlocks, clientUnblocks, clientSharesPhone, clientSharesPlace } =
      bench.messenger;
    const { tells, hears } = abilities;
    expect([clientEdits, clientDeletes, clientReacts, clientBlocks, clientUnblocks].map((can) => can !== undefined)).toEqual([
      tells.edits,
      tells.deletions,
      tells.reactions,
      tells.blocks,
      tells.blocks,
    ]);
    expect([clientSharesPhone, clientSharesPlace].map((can) => can !== undefined)).toEqual([hears.contacts, hears.places]);
  });

  test('bodies that cannot be read are kept and answered, not repeated for ever', async () => {
    const { headers, ...rest } = bench.receiver.requests.at(-1)!;
    for (const body of bench.messenger.unreadable ?? UNREADABLE) {
      const proven = { ...headers, ...(await bench.messenger.sign?.(body)) };
      const received = await channel.receive(bench.connected, { ...rest, headers: proven, body: Buffer.from(body) });
      expect(received).toMatchObject({ facts: [], unparsed: body, answer: { status: 200 } });
    }
  });
}
