/**
 * What every messenger's adapter guarantees, told once. A messenger plugs in with a `Messenger`: its local stand-in, driven in words that all
 * messengers share. What one of them cannot do is left out of its `Messenger`, and the case is skipped.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type Channel,
  ChannelError,
  type ChannelFact,
  type ConnectedChannel,
  type OutgoingFile,
  type WebhookRequest,
} from '../../channels/channel.ts';
import type { AttachmentKind, MessageContent, PartPlan } from '../../domain/message/model.ts';
import { planParts } from '../../domain/message/plan.ts';
import { SAMPLE_PNG } from '../fakes/telegram/images.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export interface SeenMessage {
  text: string;
  buttons: string[];
  files: { kind: AttachmentKind; sha256: string }[];
  albumId?: string;
}

export interface Messenger {
  credentials: Record<string, string>;
  apiRoot: string;
  /** An address of the same messenger where nobody listens. */
  deadApiRoot: string;
  /** Must never stand in an error. */
  secrets: string[];
  /** Makes a client who has written once, and answers the chat's id there. */
  newChat(): Promise<string>;
  /** What our side said in the chat. */
  sent(chat: string): Promise<SeenMessage[]>;
  clientWrites(chat: string, text: string): Promise<void>;
  clientSends(chat: string, kind: AttachmentKind, content: Buffer, caption: string): Promise<void>;
  clientSendsPictures?(chat: string, count: number, caption: string): Promise<void>;
  clientPresses(chat: string, label: string): Promise<{ answered(): Promise<boolean> }>;
  clientEdits?(chat: string, text: string): Promise<void>;
  clientSharesPhone?(chat: string, phone: string): Promise<void>;
  clientSharesPlace?(chat: string, latitude: number, longitude: number): Promise<void>;
  clientSendsUnknownKind?(chat: string): Promise<void>;
  clientBlocks?(chat: string): Promise<void>;
  clientUnblocks?(chat: string): Promise<void>;
  /** Delivers the last update again. */
  repeatLast(): Promise<void>;
  /** Meets the next sending call. */
  refuseNext(reason: 'message' | 'account' | 'broken'): Promise<void>;
  /** Without the seconds where the messenger does not say how long to wait. */
  rateLimitNext(retryAfterSeconds: number): Promise<void>;
  stallNext(ms: number, when: 'before' | 'after'): Promise<void>;
  dropNext(when: 'before' | 'after'): Promise<void>;
  dropNextDownload(): Promise<void>;
  clearFaults(): Promise<void>;
  /** Headers that prove a body of our own making, where the messenger signs what it sends. */
  sign?(body: string): Promise<Record<string, string>>;
  /** The same call without the proof that it comes from the messenger, where that does not stand in the headers. */
  unproven?(call: WebhookRequest): WebhookRequest;
  /** Bodies that nobody can read, with their proof, where that stands in the body. */
  unreadable?: string[];
  /** Where the messenger reads files from addresses instead of taking them: makes one readable and answers its address. */
  publish?(file: OutgoingFile): Promise<string>;
  stop(): Promise<void>;
}

export interface ConformanceOptions {
  channel: Channel;
  start(): Promise<Messenger>;
  /** Kinds a client can send. */
  inbound: AttachmentKind[];
  /** Kinds the channel can send. */
  outbound: AttachmentKind[];
  /** Whether the messenger says how long to wait after too many calls; true when left out. */
  tellsRetryAfter?: boolean;
}

/** Keys of buttons as the program makes them: some messengers can tell a press by this form only. */
const KEYS = ['k3y-A_1', 'k3y-A_2', 'go'].map((name, index) => `${name.padEnd(22, '0')}.${index}`) as [string, string, string];

const UNREADABLE = ['', '{', 'null', '{"update_id":1}', '{"update_id":2,"message":{"message_id":"x"}}', '{"update_id":3,"message":null}'];

export function describeChannel(name: string, { channel, start, inbound, outbound, tellsRetryAfter = true }: ConformanceOptions): void {
  describe(`${name} keeps what every channel promises`, () => {
    let messenger: Messenger;
    let receiver: Receiver;
    let connected: ConnectedChannel;

    beforeAll(async () => {
      messenger = await start();
      receiver = await startReceiver(channel, () => connected);
      connected = {
        accountId: 1,
        id: 7,
        type: channel.type,
        credentials: channel.parseCredentials(messenger.credentials),
        apiRoot: messenger.apiRoot,
        receive: 'webhook',
        webhookUrl: receiver.url,
        webhookSecret: 'hook-secret_1',
        facts: {},
      };
      const connection = await channel.connect(connected);
      connected = { ...connected, facts: connection.facts };
    });
    afterEach(() => messenger.clearFaults());
    afterAll(async () => {
      await receiver.stop();
      await messenger.stop();
    });

    /** The facts that an action of the client causes. */
    async function factsOf(count: number, act: () => Promise<unknown>): Promise<ChannelFact[]> {
      const before = receiver.received.flatMap((one) => one.facts).length;
      await act();
      return (await receiver.facts(before + count)).slice(before);
    }
    async function messageOf(act: () => Promise<unknown>) {
      const [fact] = await factsOf(1, act);
      if (fact?.type !== 'messageReceived') throw new Error(`a message was expected: ${JSON.stringify(fact)}`);
      return fact;
    }
    /** A chat whose first message is already behind us. */
    async function newChat(): Promise<string> {
      let chat = '';
      await factsOf(1, async () => {
        chat = await messenger.newChat();
      });
      return chat;
    }
    async function send(chat: string, content: Partial<MessageContent>, files: OutgoingFile[] = []) {
      const parts = planParts({ text: '', attachments: [], buttons: [], ...content }, channel.abilities);
      const publish = messenger.publish;
      const readable =
        publish === undefined ? files : await Promise.all(files.map(async (file) => ({ ...file, publicUrl: await publish(file) })));
      const byId = Object.fromEntries(readable.map((file) => [file.name, file]));
      const receipts = [];
      for (const part of parts) receipts.push(await sendOne(chat, part, byId));
      return { parts, receipts };
    }
    function sendOne(
      chat: string,
      part: PartPlan,
      files: Record<string, OutgoingFile> = {},
      signal = new AbortController().signal,
      to = connected,
    ) {
      return channel.send(to, { externalChatId: chat, key: `part-${part.index}`, part, files, signal });
    }
    async function failureOf(attempt: Promise<unknown>): Promise<ChannelError> {
      const error = await attempt.then(
        () => new Error('it did not fail'),
        (reason: unknown) => reason,
      );
      if (!(error instanceof ChannelError)) throw error;
      expectNoSecret(error);
      return error;
    }
    function expectNoSecret(error: Error): void {
      const told: unknown[] = [];
      for (let one: unknown = error; one instanceof Error; one = one.cause)
        told.push(one.message, one.stack, JSON.stringify(one), Object.values(one));
      const all = JSON.stringify(told);
      for (const secret of messenger.secrets) expect(all).not.toContain(secret);
    }

    test('a connected channel passes its test', async () => {
      await expect(channel.test(connected)).resolves.toMatchObject({ words: expect.any(String) });
    });

    test('credentials without a token name the field', () => {
      expect(() => channel.parseCredentials({})).toThrow(expect.objectContaining({ name: 'ChannelInputError', field: expect.any(String) }));
    });

    test('a text arrives as it was written, free of NUL and halves of characters, with its chat and sender', async () => {
      const chat = await newChat();
      const fact = await messageOf(() => messenger.clientWrites(chat, 'Привет\u0000, 👍\ud83d!\n<b>'));
      expect(fact.chat).toEqual({ externalChatId: chat, kind: 'private' });
      expect(fact.message.text).toMatch(/^Привет, 👍\ufffd?!\n<b>$/u);
      expect(fact.sender.externalUserId).not.toBe('');
      expect(fact.sender.name).not.toBe('');
      expect(Math.abs(fact.message.receivedAt - Date.now())).toBeLessThan(60_000);
    });

    test('messages of one chat carry the order in which they were written', async () => {
      const chat = await newChat();
      const facts = await factsOf(3, async () => {
        for (const text of ['one', 'two', 'three']) await messenger.clientWrites(chat, text);
      });
      const sorted = facts
        .flatMap((fact) => (fact.type === 'messageReceived' ? [fact.message] : []))
        .sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1]);
      expect(sorted.map((message) => message.text)).toEqual(['one', 'two', 'three']);
    });

    test('a repeated delivery gives the same fact', async () => {
      const chat = await newChat();
      const first = await messageOf(() => messenger.clientWrites(chat, 'twice'));
      const again = await messageOf(() => messenger.repeatLast());
      expect(again).toEqual(first);
    });

    test('a call with a wrong or missing secret is refused as not from the messenger', async () => {
      const chat = await newChat();
      await messageOf(() => messenger.clientWrites(chat, 'original'));
      const real = receiver.requests.at(-1)!;
      const unproven = messenger.unproven ?? ((call: WebhookRequest) => ({ ...call, headers: {} }));
      const other = {
        ...connected,
        webhookSecret: 'another',
        credentials: { ...connected.credentials, token: '9:another', secret: 'another', appSecret: 'another' },
      };
      for (const attempt of [channel.receive(other, real), channel.receive(connected, unproven(real))]) {
        expect(await failureOf(attempt)).toMatchObject({ kind: 'refused', scope: 'account' });
      }
    });

    test('every request is answered so that the messenger does not deliver again', () => {
      for (const { answer } of receiver.received) expect(answer.status).toBe(200);
    });

    for (const kind of inbound) {
      test(`a ${kind} arrives as one, and its bytes can be brought, also after a failed try`, async () => {
        const chat = await newChat();
        const content = Buffer.concat([SAMPLE_PNG, Buffer.from(`${kind} ${'x'.repeat(100_000)}`)]);
        const fact = await messageOf(() => messenger.clientSends(chat, kind, content, ''));
        const [attachment] = fact.message.attachments;
        expect(attachment).toMatchObject({ kind, name: expect.any(String), mime: expect.stringContaining('/') });
        for (const secret of messenger.secrets) expect(JSON.stringify(fact)).not.toContain(secret);

        await messenger.dropNextDownload();
        const bring = async () => digestOf((await channel.fetchMedia!(connected, attachment!.ref, new AbortController().signal)).body);
        const lost = await bring().catch((error: unknown) => error);
        expect(lost).toBeInstanceOf(Error);
        expectNoSecret(lost as Error);
        await expect(bring()).resolves.toBe(digest(content));
      });
    }

    test('a caption is the text of its message', async () => {
      const chat = await newChat();
      const fact = await messageOf(() => messenger.clientSends(chat, inbound[0]!, SAMPLE_PNG, 'look here'));
      expect(fact.message.text).toBe('look here');
    });

    test('several pictures sent together share an album, and the text stands once', async (context) => {
      if (messenger.clientSendsPictures === undefined) return context.skip();
      const chat = await newChat();
      const facts = await factsOf(3, () => messenger.clientSendsPictures!(chat, 3, 'three of them'));
      const messages = facts.flatMap((fact) => (fact.type === 'messageReceived' ? [fact.message] : []));
      expect(new Set(messages.map((message) => message.albumId)).size).toBe(1);
      expect(messages[0]?.albumId).toBeDefined();
      expect(messages.flatMap((message) => message.attachments).map((attachment) => attachment.kind)).toEqual([
        'picture',
        'picture',
        'picture',
      ]);
      expect(messages.map((message) => message.text).filter((text) => text !== '')).toEqual(['three of them']);
    });

    test('a shared contact and a place arrive as what they are', async (context) => {
      if (messenger.clientSharesPhone === undefined || messenger.clientSharesPlace === undefined) return context.skip();
      const chat = await newChat();
      const contact = await messageOf(() => messenger.clientSharesPhone!(chat, '+79990001122'));
      expect(contact.message.contact?.phone).toBe('+79990001122');
      const place = await messageOf(() => messenger.clientSharesPlace!(chat, 55.75, 37.61));
      expect(place.message.location).toEqual({ latitude: 55.75, longitude: 37.61 });
    });

    test('a kind nobody knows is a message marked unsupported, not a lost one', async (context) => {
      if (messenger.clientSendsUnknownKind === undefined) return context.skip();
      const chat = await newChat();
      const fact = await messageOf(() => messenger.clientSendsUnknownKind!(chat));
      expect(fact.message.unsupported).toEqual(expect.any(String));
    });

    test('an edit names the message it changes and its new text', async (context) => {
      if (messenger.clientEdits === undefined) return context.skip();
      const chat = await newChat();
      const written = await messageOf(() => messenger.clientWrites(chat, 'before'));
      const [edit] = await factsOf(1, () => messenger.clientEdits!(chat, 'after'));
      expect(edit).toMatchObject({ type: 'messageEdited', externalId: written.message.externalId, text: 'after' });
      expect(edit?.id).not.toBe(written.id);
    });

    test('bodies that cannot be read are kept and answered, not repeated for ever', async () => {
      const { headers, ...rest } = receiver.requests.at(-1)!;
      for (const body of messenger.unreadable ?? UNREADABLE) {
        const proven = { ...headers, ...(await messenger.sign?.(body)) };
        const received = await channel.receive(connected, { ...rest, headers: proven, body: Buffer.from(body) });
        expect(received).toMatchObject({ facts: [], unparsed: body, answer: { status: 200 } });
      }
    });

    test('a text goes out as it is, with no character read as formatting', async () => {
      const chat = await newChat();
      const text = '*звёзды* _and_ <b>tags</b> & [links](x) `code` 👩‍👩‍👧';
      const { receipts } = await send(chat, { text });
      expect(receipts.map((receipt) => receipt.externalIds.length)).toEqual([1]);
      expect((await messenger.sent(chat)).map((message) => message.text)).toEqual([text]);
    });

    test('a long text arrives whole and in order', async () => {
      const chat = await newChat();
      const text = Array.from({ length: 1_500 }, (_, index) => `слово${index}`).join(' ');
      await send(chat, { text });
      const sent = await messenger.sent(chat);
      expect(
        sent
          .map((message) => message.text)
          .join(' ')
          .split(/\s+/),
      ).toEqual(text.split(' '));
    });

    for (const kind of outbound) {
      test(`a ${kind} with a text goes out with all its bytes`, async () => {
        const chat = await newChat();
        const file = storedFile(`тест; "${kind}" 1.${ENDINGS[kind]}`, MIMES[kind]);
        await send(chat, { text: 'with a text', attachments: [attachmentOf(kind, file)] }, [file]);
        const sent = await messenger.sent(chat);
        expect(sent.flatMap((message) => message.files)).toEqual([{ kind: expect.any(String), sha256: digest(file.content) }]);
        expect(sent.map((message) => message.text).filter((text) => text !== '')).toEqual(['with a text']);
      });
    }

    for (const count of [2, 11, 25]) {
      test(`${count} pictures and a text go out, each once, in order`, async () => {
        const chat = await newChat();
        const files = Array.from({ length: count }, (_, index) => storedFile(`${index}.png`, 'image/png', `${index}`));
        const { receipts } = await send(
          chat,
          { text: 'all of them', attachments: files.map((file) => attachmentOf('picture', file)) },
          files,
        );
        const sent = await messenger.sent(chat);
        expect(sent.flatMap((message) => message.files).map((file) => file.sha256)).toEqual(files.map((file) => digest(file.content)));
        expect(sent.map((message) => message.text).filter((text) => text !== '')).toEqual(['all of them']);
        expect(receipts.flatMap((receipt) => receipt.externalIds)).toHaveLength(sent.length);
      });
    }

    test('pressing a button brings its key back, and the press is answered', async () => {
      const chat = await newChat();
      await send(chat, {
        text: 'Choose',
        buttons: [
          { type: 'reply', label: 'Yes', key: KEYS[0] },
          { type: 'reply', label: 'No', key: KEYS[1] },
          { type: 'url', label: 'Site', url: 'https://example.org/a?b=c' },
        ],
      });
      const last = (await messenger.sent(chat)).at(-1);
      // Where links cannot stand beside answers, they stand in the text.
      const { urls } = channel.abilities.buttons;
      expect(last?.buttons).toEqual(urls ? ['Yes', 'No', 'Site'] : ['Yes', 'No']);
      expect(last?.text.includes('https://example.org/a?b=c')).toBe(!urls);
      let pressed: { answered(): Promise<boolean> } | undefined;
      const fact = await messageOf(async () => {
        pressed = await messenger.clientPresses(chat, 'No');
      });
      expect(fact.chat.externalChatId).toBe(chat);
      expect(fact.message.pressedKey).toBe(KEYS[1]);
      if (fact.message.pressToken === undefined) return;
      await channel.answerPress!(connected, fact.message.pressToken);
      await expect(pressed?.answered()).resolves.toBe(true);
      // Too late or repeated: no matter.
      await channel.answerPress!(connected, 'no-such-press');
    });

    test('pictures and buttons: the buttons stand once, after everything else', async () => {
      const chat = await newChat();
      const files = [storedFile('a.png', 'image/png', 'a'), storedFile('b.png', 'image/png', 'b')];
      const buttons = [{ type: 'reply' as const, label: 'Go', key: KEYS[2] }];
      await send(chat, { text: 'Two', attachments: files.map((file) => attachmentOf('picture', file)), buttons }, files);
      const sent = await messenger.sent(chat);
      expect(sent.flatMap((message) => message.buttons)).toEqual(['Go']);
      expect(sent.at(-1)?.buttons).toEqual(['Go']);
    });

    describe('failures fall into the class that decides what happens next', () => {
      const part: PartPlan = { index: 0, text: 'may fail', attachments: [], buttons: [] };
      const sentTexts = async (chat: string) => (await messenger.sent(chat)).map((message) => message.text);

      test('a message that can never be sent: refused, the message is at fault', async () => {
        const chat = await newChat();
        await messenger.refuseNext('message');
        expect(await failureOf(sendOne(chat, part))).toMatchObject({
          kind: 'refused',
          scope: 'message',
          words: expect.stringMatching(/\S/),
        });
      });

      test('an unknown chat: refused, the contact is at fault', async () => {
        expect(await failureOf(sendOne('999999999', part))).toMatchObject({ kind: 'refused', scope: 'contact' });
      });

      test('a client who blocked us: told as a fact, then refused with the contact at fault, until unblocked', async (context) => {
        if (messenger.clientBlocks === undefined || messenger.clientUnblocks === undefined) return context.skip();
        const chat = await newChat();
        expect(await factsOf(1, () => messenger.clientBlocks!(chat))).toMatchObject([
          { type: 'clientBlocked', chat: { externalChatId: chat } },
        ]);
        expect(await failureOf(sendOne(chat, part))).toMatchObject({ kind: 'refused', scope: 'contact' });
        // A message makes a chat reachable as well: a messenger may tell of the return by nothing else.
        const [back] = await factsOf(1, () => messenger.clientUnblocks!(chat));
        expect(['clientUnblocked', 'messageReceived']).toContain(back?.type);
        await sendOne(chat, part);
      });

      test('a revoked token: refused, the account is at fault', async () => {
        const chat = await newChat();
        await messenger.refuseNext('account');
        expect(await failureOf(sendOne(chat, part))).toMatchObject({ kind: 'refused', scope: 'account' });
      });

      test('too many calls: not sent, with the time to wait', async () => {
        const chat = await newChat();
        await messenger.rateLimitNext(35);
        expect(await failureOf(sendOne(chat, part))).toMatchObject({
          kind: 'rateLimited',
          ...(tellsRetryAfter ? { retryAfterMs: 35_000 } : {}),
        });
        expect(await sentTexts(chat)).toEqual([]);
      });

      test("the messenger's own failure: the outcome is unknown", async () => {
        const chat = await newChat();
        await messenger.refuseNext('broken');
        expect(await failureOf(sendOne(chat, part))).toMatchObject({ kind: 'unknown' });
      });

      for (const when of ['before', 'after'] as const) {
        test(`a connection lost ${when} the messenger took it: the outcome is unknown`, async () => {
          const chat = await newChat();
          await messenger.dropNext(when);
          expect(await failureOf(sendOne(chat, part))).toMatchObject({ kind: 'unknown' });
          expect(await sentTexts(chat)).toEqual(when === 'before' ? [] : ['may fail']);
        });

        test(`our time is over ${when} the messenger took it: the outcome is unknown`, async () => {
          const chat = await newChat();
          await messenger.stallNext(700, when);
          expect(await failureOf(sendOne(chat, part, {}, AbortSignal.timeout(300)))).toMatchObject({ kind: 'unknown' });
          if (when === 'after') await expect.poll(() => sentTexts(chat)).toEqual(['may fail']);
        });
      }

      test('nobody listens: certainly not sent, try again', async () => {
        const dead = { ...connected, apiRoot: messenger.deadApiRoot };
        expect(await failureOf(sendOne('1', part, {}, undefined, dead))).toMatchObject({ kind: 'unavailable' });
      });

      test('aborted before anything left: certainly not sent', async () => {
        const chat = await newChat();
        expect(await failureOf(sendOne(chat, part, {}, AbortSignal.abort()))).toMatchObject({ kind: 'unavailable' });
        expect(await sentTexts(chat)).toEqual([]);
      });

      test('our file cannot be read: certainly not sent, and nothing half goes out', async (context) => {
        // Where the messenger reads the file itself, it says so afterwards.
        if (messenger.publish !== undefined) return context.skip();
        const chat = await newChat();
        for (const file of [brokenFile('opens.png', 'at the start'), brokenFile('breaks.png', 'in the middle')]) {
          const attempt = send(chat, { attachments: [attachmentOf(outbound[0]!, file)] }, [file]);
          expect(await failureOf(attempt)).toMatchObject({ kind: 'unavailable', code: 'file_unreadable' });
        }
        expect(await messenger.sent(chat)).toEqual([]);
      });

      test('after a failure the same part goes out', async () => {
        const chat = await newChat();
        await messenger.rateLimitNext(1);
        await failureOf(sendOne(chat, part));
        await sendOne(chat, part);
        expect(await sentTexts(chat)).toEqual(['may fail']);
      });
    });

    test('after disconnecting nothing is delivered here any more, and disconnecting twice is no error', async () => {
      const chat = await newChat();
      await channel.disconnect(connected);
      await channel.disconnect(connected);
      const before = receiver.requests.length;
      await messenger.clientWrites(chat, 'nobody hears this');
      await channel.connect(connected);
      await receiver.facts(receiver.received.flatMap((one) => one.facts).length);
      expect(receiver.requests.length - before).toBeLessThanOrEqual(1);
    });
  });
}

const ENDINGS: Record<AttachmentKind, string> = { picture: 'png', video: 'mp4', audio: 'mp3', voice: 'ogg', file: 'pdf', sticker: 'webp' };
const MIMES: Record<AttachmentKind, string> = {
  picture: 'image/png',
  video: 'video/mp4',
  audio: 'audio/mpeg',
  voice: 'audio/ogg',
  file: 'application/pdf',
  sticker: 'image/webp',
};

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

async function digestOf(stream: Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}

type StoredFile = OutgoingFile & { content: Buffer };

/** A file of ours with a valid picture in it, different by `mark`. */
function storedFile(name: string, mime: string, mark = name): StoredFile {
  const content = Buffer.concat([SAMPLE_PNG, Buffer.from(mark)]);
  return {
    name,
    mime,
    sizeBytes: content.length,
    content,
    open: async () => Readable.from([content.subarray(0, 20), content.subarray(20)]),
  };
}

function brokenFile(name: string, where: 'at the start' | 'in the middle'): StoredFile {
  const file = storedFile(name, 'image/png');
  const broken = async function* () {
    yield file.content;
    throw new Error('the disk is gone');
  };
  return { ...file, open: async () => (where === 'at the start' ? Promise.reject(new Error('no such file')) : Readable.from(broken())) };
}

function attachmentOf(kind: AttachmentKind, file: OutgoingFile) {
  return { kind, fileId: file.name, name: file.name, mime: file.mime, sizeBytes: file.sizeBytes };
}
