import { z } from '@hono/zod-openapi';
import { author, id, instant, named, pageOf, pageQuery } from './common.ts';
import { templateToWrite } from './templates.ts';

export const partStatus = z.enum(['planned', 'claimed', 'accepted', 'delivered', 'read', 'refused', 'unknown', 'withdrawn']);
export const attachmentKind = z.enum(['picture', 'video', 'audio', 'voice', 'file', 'sticker']);

export const attachment = z
  .object({
    index: z.number().int(),
    kind: attachmentKind,
    fileId: z.uuid().nullable(),
    name: z.string(),
    mime: z.string(),
    sizeBytes: z.number().int().nullable(),
    /** Address on this server, or the one the author gave; null while the copy is not stored. */
    url: z.string().nullable(),
    /** Where the copy of an inbound file stands: `failed` in words in `copyWords`; `none`: the author gave an address. */
    copy: z.enum(['waiting', 'stored', 'failed', 'none']),
    copyWords: z.string(),
    widthPx: z.number().int().nullable(),
    heightPx: z.number().int().nullable(),
    durationSeconds: z.number().int().nullable(),
  })
  .openapi('Attachment');
export type AttachmentView = z.infer<typeof attachment>;

export const messageButton = z
  .object({ type: z.enum(['reply', 'url']), label: z.string(), url: z.string().nullable() })
  .openapi('MessageButton');

/** One messenger call of a message. */
export const messagePart = z.object({ index: z.number().int(), status: partStatus, words: z.string() }).openapi('MessagePart');

export const messageExtra = z.object({
  location: z.object({ latitude: z.number(), longitude: z.number() }).optional(),
  contact: z.object({ name: z.string().optional(), phone: z.string().optional() }).optional(),
  unsupported: z.string().optional(),
  pressed: z.object({ label: z.string() }).optional(),
  startPayload: z.string().optional(),
  replyToExternalId: z.string().optional(),
  replyToMessageId: z.string().optional(),
  languageCode: z.string().optional(),
  /** The approved template that it was. */
  template: z.object({ name: z.string(), language: z.string() }).optional(),
});

export const message = z
  .object({
    id: z.uuid(),
    chatId: z.uuid(),
    channelId: id,
    conversationNumber: id.nullable(),
    /** Order within its chat. */
    position: z.number().int(),
    direction: z.enum(['in', 'out']),
    author,
    /** Outbound of a bot: which version and step said it. */
    bot: z.object({ id, version: z.number().int(), step: z.number().int().nullable(), runId: z.uuid().nullable() }).nullable(),
    /** The Idempotency-Key it was written with: a page finds its own optimistic bubble by it. */
    key: z.string().nullable(),
    text: z.string(),
    previousText: z.string().nullable(),
    attachments: z.array(attachment),
    buttons: z.array(messageButton),
    extra: messageExtra,
    status: partStatus,
    statusWords: z.string(),
    parts: z.array(messagePart),
    writtenAt: instant,
    editedAt: instant.nullable(),
    /** The client took it back in the messenger; the text is what it was. */
    deletedAt: instant.nullable(),
    /** What stands under it in the messenger, by emoji and side. */
    reactions: z.array(z.object({ emoji: z.string(), side: z.enum(['client', 'user']), count: z.number().int() })),
    /** The message it answers, where that is in this chat: its first words, or the kind of its first file. */
    replyTo: z
      .object({
        id: z.uuid(),
        position: z.number().int(),
        direction: z.enum(['in', 'out']),
        text: z.string(),
        kind: attachmentKind.nullable(),
      })
      .nullable(),
  })
  .openapi('Message');
export type Message = z.infer<typeof message>;
export const messagePage = pageOf(message).openapi('MessagePage');
export type MessagePage = z.infer<typeof messagePage>;

/** A change that the thread shows between messages. Which members are set depends on `type`. */
export const threadLine = z
  .object({
    id,
    type: z.enum([
      'opened',
      'reopened',
      'closed',
      'noReplyNeeded',
      'missed',
      'rated',
      'stageChanged',
      'attached',
      'responsibleChanged',
      'botStarted',
      'botEnded',
      'participantAdded',
      'participantRemoved',
      'blocked',
      'unblocked',
    ]),
    at: instant,
    author,
    conversationNumber: id.nullable(),
    bot: z.object({ id, name: z.string(), runId: z.uuid().nullable() }).nullable(),
    /** Outcome of an ended bot (`completed`, `stopped`, …) and the messenger's or language's words. */
    outcome: z.string().nullable(),
    words: z.string().nullable(),
    /** Names of stages or users before and after. */
    from: z.string().nullable(),
    to: z.string().nullable(),
  })
  .openapi('ThreadLine');
export type ThreadLine = z.infer<typeof threadLine>;

export const file = z
  .object({
    id: z.uuid(),
    url: z.string(),
    kind: attachmentKind,
    name: z.string(),
    mime: z.string(),
    sizeBytes: z.number().int(),
    /** Of a picture, where its bytes tell. */
    widthPx: z.number().int().nullable(),
    heightPx: z.number().int().nullable(),
  })
  .openapi('File');
export type FileView = z.infer<typeof file>;

/** A private note of a conversation. Only users of the account ever see it. */
export const talkNote = z
  .object({
    id,
    conversationNumber: id,
    author: named.nullable(),
    text: z.string(),
    mentions: z.array(named),
    files: z.array(file),
    at: instant,
    editedAt: instant.nullable(),
  })
  .openapi('TalkNote');
export type TalkNote = z.infer<typeof talkNote>;
export const threadItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('message'), message }),
  z.object({ kind: z.literal('line'), line: threadLine }),
  /** A private note of a colleague: never sent to anybody. */
  z.object({ kind: z.literal('note'), note: talkNote }),
]);
/** All chats of a contact as one thread, newest first. */
export const threadPage = pageOf(threadItem).openapi('ThreadPage');
export type ThreadItem = z.infer<typeof threadItem>;
export type ThreadPage = z.infer<typeof threadPage>;

export const messageQuery = pageQuery.extend({
  order: z.enum(['desc', 'asc']).default('desc').openapi({ description: 'desc: newest first (default)' }),
});
export const threadQuery = pageQuery.extend({ lead: z.coerce.number().int().positive().optional() });

const buttonLabel = z.string().trim().min(1).max(250);
export const buttonToWrite = z.discriminatedUnion('type', [
  z.object({ type: z.literal('reply'), label: buttonLabel }),
  z.object({ type: z.literal('url'), label: buttonLabel, url: z.url({ protocol: /^https?$/ }).max(2000) }),
]);
export type ButtonToWrite = z.infer<typeof buttonToWrite>;

/** JSON body; multipart has the same fields as texts (`buttons`, `template` as JSON) and up to 50 `files`. A message needs a text, a file or a template. */
export const writeBody = z.object({
  text: z.string().max(20_000).default(''),
  /** Another channel of the same contact; absent: the conversation's own. */
  channel: id.optional(),
  attachments: z
    .array(z.object({ id: z.uuid() }))
    .max(50)
    .default([]),
  /** false: addresses go out as they were written. Absent: the channel's rule. */
  shorten: z.boolean().optional(),
  /** Position of the chat's last message that the writer saw: 409 `answered_since` when a colleague has answered after it. */
  seenPosition: z.number().int().nonnegative().optional(),
  /** Id of the message of the same chat that is answered: shown as an answer where the messenger can. */
  replyTo: z.uuid().optional(),
  /** Choices and links under the message: buttons where the messenger has them, lines of text where it has not. */
  buttons: z.array(buttonToWrite).max(50).default([]),
  /** In the place of a text: what the messenger has approved. The only thing it takes once its window is closed (422 `window_closed`). */
  template: templateToWrite.optional(),
});
export type WriteBody = z.input<typeof writeBody>;
