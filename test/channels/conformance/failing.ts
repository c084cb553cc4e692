/** What goes wrong, each failure in the class that decides what happens next. */
import { describe, expect, test } from 'vitest';
import type { AttachmentKind, PartPlan } from '../../../domain/message/model.ts';
import type { Bench } from './bench.ts';
import { attachmentOf, brokenFile } from './files.ts';

/** `sends`: a kind the channel can send; `tellsRetryAfter`: whether the messenger says how long to wait after too many calls. */
export function testFailures(bench: Bench, { sends, tellsRetryAfter }: { sends: AttachmentKind; tellsRetryAfter: boolean }): void {
  const { factsOf, newChat, send, sendOne, failureOf } = bench;

  describe('failures fall into the class that decides what happens next', () => {
    const part: PartPlan = { index: 0, text: 'may fail', attachments: [], buttons: [] };
    const sentTexts = async (chat: string) => (await bench.messenger.sent(chat)).map((message) => message.text);

    test('a message that can never be sent: refused, the message is at fault', async () => {
      const chat = await newChat();
      await bench.messenger.refuseNext('message');
      expect(await failureOf(sendOne(chat, part))).toMatchObject({
        kind: 'refused',
        scope: 'message',
        words: expect.stringMatching(/\S/),
      });
    });

    test('an unknown chat: refused, the contact is at fault', async () => {
      expect(await failureOf(sendOne('999999999', part))).toMatchObject({ kind: 'refused', scope: 'contact' });
    });

    test.runIf(bench.channel.abilities.tells.blocks)(
      'a client who blocked us: told as a fact, then refused with the contact at fault, until unblocked',
      async () => {
        const chat = await newChat();
        expect(await factsOf(1, () => bench.messenger.clientBlocks!(chat))).toMatchObject([
          { type: 'clientBlocked', chat: { externalChatId: chat } },
        ]);
        expect(await failureOf(sendOne(chat, part))).toMatchObject({ kind: 'refused', scope: 'contact' });
        // A message makes a chat reachable as well: a messenger may tell of the return by nothing else.
        const [back] = await factsOf(1, () => bench.messenger.clientUnblocks!(chat));
        expect(['clientUnblocked', 'messageReceived']).toContain(back?.type);
        await sendOne(chat, part);
      },
    );

    test('a revoked token: refused, the account is at fault', async () => {
      const chat = await newChat();
      await bench.messenger.refuseNext('account');
      expect(await failureOf(sendOne(chat, part))).toMatchObject({ kind: 'refused', scope: 'account' });
    });

    test('too many calls: not sent, with the time to wait', async () => {
      const chat = await newChat();
      await bench.messenger.rateLimitNext(35);
      expect(await failureOf(sendOne(chat, part))).toMatchObject({
        kind: 'rateLimited',
        ...(tellsRetryAfter ? { retryAfterMs: 35_000 } : {}),
      });
      expect(await sentTexts(chat)).toEqual([]);
    });

    test('too many calls, and not a word on how long: not sent, and no time is made up that has already passed', async () => {
      const chat = await newChat();
      await bench.messenger.rateLimitNext();
      const { kind, retryAfterMs } = await failureOf(sendOne(chat, part));
      expect(kind).toBe('rateLimited');
      if (retryAfterMs !== undefined) expect(retryAfterMs).toBeGreaterThan(0);
      expect(await sentTexts(chat)).toEqual([]);
    });

    test("the messenger's own failure: the outcome is unknown", async () => {
      const chat = await newChat();
      await bench.messenger.refuseNext('broken');
      expect(await failureOf(sendOne(chat, part))).toMatchObject({ kind: 'unknown' });
    });

    for (const when of ['before', 'after'] as const) {
      test(`a connection lost ${when} the messenger took it: the outcome is unknown`, async () => {
        const chat = await newChat();
        await bench.messenger.dropNext(when);
        expect(await failureOf(sendOne(chat, part))).toMatchObject({ kind: 'unknown' });
        expect(await sentTexts(chat)).toEqual(when === 'before' ? [] : ['may fail']);
      });

      test(`our time is over ${when} the messenger took it: the outcome is unknown`, async () => {
        const chat = await newChat();
        await bench.messenger.stallNext(700, when);
        expect(await failureOf(sendOne(chat, part, {}, AbortSignal.timeout(300)))).toMatchObject({ kind: 'unknown' });
        if (when === 'after') await expect.poll(() => sentTexts(chat)).toEqual(['may fail']);
      });
    }

    test('nobody listens: certainly not sent, try again', async () => {
      const dead = { ...bench.connected, apiRoot: bench.messenger.deadApiRoot };
      expect(await failureOf(sendOne('1', part, {}, undefined, dead))).toMatchObject({ kind: 'unavailable' });
    });

    test('aborted before anything left: certainly not sent', async () => {
      const chat = await newChat();
      expect(await failureOf(sendOne(chat, part, {}, AbortSignal.abort()))).toMatchObject({ kind: 'unavailable' });
      expect(await sentTexts(chat)).toEqual([]);
    });

    test('our file cannot be read: certainly not sent, and nothing half goes out', async (context) => {
      // Where the messenger reads the file itself, it says so afterwards.
      if (bench.messenger.publish !== undefined) return context.skip();
      const chat = await newChat();
      for (const file of [brokenFile('opens.png', 'at the start'), brokenFile('breaks.png', 'in the middle')]) {
        const attempt = send(chat, { attachments: [attachmentOf(sends, file)] }, [file]);
        expect(await failureOf(attempt)).toMatchObject({ kind: 'unavailable', code: 'file_unreadable' });
      }
      expect(await bench.messenger.sent(chat)).toEqual([]);
    });

    test('a part sent again stands once or twice, as the table says', async () => {
      const chat = await newChat();
      const first = await sendOne(chat, part);
      const again = await sendOne(chat, part);
      const { idempotentSend } = bench.channel.abilities;
      expect(await sentTexts(chat)).toHaveLength(idempotentSend ? 1 : 2);
      if (idempotentSend) expect(again).toEqual(first);
    });

    test('after a failure the same part goes out', async () => {
      const chat = await newChat();
      await bench.messenger.rateLimitNext(1);
      await failureOf(sendOne(chat, part));
      await sendOne(chat, part);
      expect(await sentTexts(chat)).toEqual(['may fail']);
    });
  });
}
