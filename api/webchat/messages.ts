import { Hono } from 'hono';
import { z } from 'zod';
import type { ChannelFact } from '../../channels/channel.ts';
import { VISITOR_ID } from '../../domain/links/visitor-uid.ts';
import { wellFormed } from '../../domain/message/clean.ts';
import type { InboundAttachment } from '../../domain/message/model.ts';
import { parseBody, readJson } from './body.ts';
import { takeToken, type WebchatEnv } from './guard.ts';
import type { WebchatChannel, WebchatChat, WebchatDeps, WebchatLimits } from './model.ts';
import { WebchatProblem } from './problem.ts';
import type { RateGate } from './rate.ts';
import { readFileHandle } from './session.ts';
import type { WireHistory } from './wire.ts';
import { wired } from './wired.ts';

export const TEXT_LIMIT = 4096;
export const FILES_LIMIT = 10;
const PAGE = 50;
const OLDEST_SENT_MS = 30 * 24 * 3600 * 1000;

const draftShape = z.object({
  clientMessageId: z.uuid(),
  text: z.string().max(TEXT_LIMIT).default(''),
  attachments: z
    .array(z.object({ fileId: z.string().max(400) }))
    .max(FILES_LIMIT)
    .default([]),
  buttonKey: z.string().min(1).max(64).optional(),
  sentAt: z.number().int().nonnegative(),
  // Whatever else a page may call its visitor is nothing to us, and no reason to lose the message.
  visitor: z.string().regex(VISITOR_ID).optional().catch(undefined),
});
const seenShape = z.object({ upTo: z.number().int().nonnegative(), status: z.enum(['delivered', 'read']).default('read') });

/** What a visitor writes, reads and confirms. */
export function messageRoutes(deps: WebchatDeps, gate: RateGate, limits: WebchatLimits): Hono<WebchatEnv> {
  return (
    new Hono<WebchatEnv>()
      /** Takes a message: 202 once its signal is durable, 503 while it cannot be. Sending the same clientMessageId again is harmless. */
      .post('/messages', async (c) => {
        const { channel, chat } = c.var;
        takeToken(gate, `messages/${channel.id}/${chat.externalChatId}`, limits.messages, deps.now());
        const draft = parseBody(draftShape, await readJson(c.req.raw));
        const text = wellFormed(draft.text);
        if (text.trim() === '' && draft.attachments.length === 0 && draft.buttonKey === undefined) {
          throw new WebchatProblem('bad_request', 'text: write something, attach a file or press a button');
        }
        const attachments = await Promise.all(draft.attachments.map(({ fileId }, index) => ownFile(deps, channel, chat, fileId, index)));
        // The visitor's clock is data: a moment of the future or of long ago becomes now.
        const now = deps.now();
        const receivedAt = draft.sentAt <= now && draft.sentAt > now - OLDEST_SENT_MS ? draft.sentAt : now;
        const languageCode = /^[a-z]{2,3}/i.exec(c.req.header('Accept-Language') ?? '')?.[0]?.toLowerCase();
        await deliver(deps, channel, {
          type: 'messageReceived',
          id: `message/${draft.clientMessageId}`,
          chat: { externalChatId: chat.externalChatId, kind: 'private' },
          sender: {
            externalUserId: chat.externalChatId,
            name: visitorName(chat.externalChatId, languageCode),
            ...(languageCode === undefined ? {} : { languageCode }),
          },
          message: {
            externalId: draft.clientMessageId,
            receivedAt,
            order: [receivedAt, 0],
            text,
            attachments,
            ...(draft.buttonKey === undefined ? {} : { pressedKey: draft.buttonKey }),
            ...(draft.visitor === undefined ? {} : { startPayload: draft.visitor }),
          },
        });
        return c.json({ clientMessageId: draft.clientMessageId }, 202);
      })
      /** A page of the thread, oldest first: `after` a cursor, `before` a cursor, or the latest. */
      .get('/messages', async (c) => {
        const { channel, chat } = c.var;
        takeToken(gate, `reads/${channel.id}/${chat.externalChatId}`, limits.reads, deps.now());
        const after = readCursor(c.req.query('after'), 'after');
        const before = readCursor(c.req.query('before'), 'before');
        const [stored, state] = await Promise.all([
          deps.store.listMessages(chat, { after, before, limit: PAGE + 1 }),
          deps.store.stateOf(chat),
        ]);
        // One more than a page was asked for: it tells whether more follow, and stands at the far end of the asked side.
        const more = stored.length > PAGE;
        const page = !more ? stored : after === undefined ? stored.slice(1) : stored.slice(0, PAGE);
        const context = { sessionKey: deps.sessionKey, channel, chat, now: deps.now() };
        const answer: WireHistory = {
          messages: page.map((message) => wired(message, context)),
          more,
          state: { seenUpTo: state.seenUpTo, readUpTo: state.readUpTo },
        };
        return c.json(answer);
      })
      /** The visitor's page has our messages up to a cursor (delivered) or showed them (read). 204 also when nothing was new. */
      .post('/seen', async (c) => {
        const { channel, chat } = c.var;
        takeToken(gate, `reads/${channel.id}/${chat.externalChatId}`, limits.reads, deps.now());
        const { upTo, status } = parseBody(seenShape, await readJson(c.req.raw));
        const externalIds = await deps.store.unconfirmed(chat, upTo, status);
        if (externalIds.length > 0) {
          await deliver(deps, channel, {
            type: 'receiptCame',
            id: `receipt/${status}/${upTo}`,
            chat: { externalChatId: chat.externalChatId, kind: 'private' },
            status,
            externalIds,
            receivedAt: deps.now(),
          });
        }
        return c.body(null, 204);
      })
  );
}

/** 503 while Temporal is away: the widget keeps the message and sends it again with the same id. */
async function deliver(deps: WebchatDeps, channel: WebchatChannel, fact: ChannelFact): Promise<void> {
  try {
    await deps.deliver(channel, [fact]);
  } catch (cause) {
    deps.logError(cause, 'a web chat fact was not accepted', { accountId: channel.accountId, channelId: channel.id, factType: fact.type });
    throw new WebchatProblem('unavailable', 'Nothing is lost: send it again with the same id', { retryAfterSeconds: 2, cause });
  }
}

/** An upload of this very visitor; the handle's signature proves it. */
async function ownFile(
  deps: WebchatDeps,
  channel: WebchatChannel,
  chat: WebchatChat,
  handle: string,
  index: number,
): Promise<InboundAttachment> {
  const named = readFileHandle(deps.sessionKey, channel.key, handle, deps.now());
  const file = named?.visitorId === chat.externalChatId ? await deps.files.find(channel.accountId, named.fileId) : undefined;
  if (file === undefined) throw new WebchatProblem('bad_request', `attachments[${index}].fileId: no such upload, send the file again`);
  return { kind: file.kind, ref: file.id, fileId: file.id, name: file.name, mime: file.mime, sizeBytes: file.sizeBytes };
}

/** Nobody asked the visitor's name: four signs of the id keep two guests apart in a list. */
function visitorName(visitorId: string, languageCode: string | undefined): string {
  const mark = visitorId
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 4)
    .toUpperCase();
  return `${languageCode === 'ru' ? 'Гость' : 'Guest'} ${mark}`;
}

function readCursor(text: string | undefined, field: string): number | undefined {
  if (text === undefined) return undefined;
  const cursor = Number(text);
  if (!/^\d{1,15}$/.test(text) || !Number.isSafeInteger(cursor))
    throw new WebchatProblem('bad_request', `${field}: a cursor is a whole number`);
  return cursor;
}
