/** Shapes of working together: handing over, participants, private notes, who types, blocking, quick replies. */
import { z } from '@hono/zod-openapi';
import { id, instant, named } from './common.ts';
import { file, talkNote } from './messages.ts';

const conversationNumber = z.coerce.number().int().positive();

export const transferBody = z.object({
  userId: id,
  /** Becomes a private note in the thread. */
  comment: z.string().trim().max(5000).optional(),
});
export type TransferBody = z.input<typeof transferBody>;
/** `seen` false: whoever handed it over does not see it any more. */
export const transferred = z.object({ number: id, responsible: named, seen: z.boolean() }).openapi('Transferred');
export type Transferred = z.infer<typeof transferred>;

export const participantBody = z.object({ userId: id });
export const participants = z.object({ participants: z.array(named) }).openapi('Participants');
export type Participants = z.infer<typeof participants>;
export const participantInPath = z.object({ number: conversationNumber, userId: conversationNumber });

/** `notSeeing`: mentioned users who may not see the client: they were told nothing until they are made participants. */
export const talkNoteMade = talkNote.extend({ notSeeing: z.array(named) }).openapi('TalkNoteMade');
export type TalkNoteMade = z.infer<typeof talkNoteMade>;
export const talkNoteBody = z.object({
  text: z.string().trim().max(20_000),
  mentions: z.array(id).max(50).default([]),
  files: z.array(z.uuid()).max(50).default([]),
});
export type TalkNoteBody = z.input<typeof talkNoteBody>;
export const noteInPath = z.object({ number: conversationNumber, id: conversationNumber });

/** `note`: to colleagues; the client's web chat is told of `writing` only. Say it again every few seconds: it is over after 6. */
export const typingBody = z.object({ state: z.enum(['writing', 'note', 'stopped']).default('writing') });
export type TypingBody = z.input<typeof typingBody>;

export const blockAnswer = z.object({ blocked: z.boolean() }).openapi('BlockAnswer');

export const quickReply = z
  .object({
    id,
    title: z.string(),
    text: z.string(),
    /** Everybody's of the account; false: one's own. */
    shared: z.boolean(),
    files: z.array(file),
    updatedAt: instant,
  })
  .openapi('QuickReply');
export type QuickReply = z.infer<typeof quickReply>;
export const quickReplies = z.object({ items: z.array(quickReply) });
export const quickReplyBody = z.object({
  title: z.string().trim().min(1).max(100),
  text: z.string().trim().max(20_000),
  shared: z.boolean().default(false),
  files: z.array(z.uuid()).max(20).default([]),
});
export type QuickReplyBody = z.input<typeof quickReplyBody>;
/** Which client the placeholders are filled for. */
export const quickReplyFor = z.object({
  contact: conversationNumber,
  conversation: conversationNumber.optional(),
  lead: conversationNumber.optional(),
});
export const filledReply = z.object({ text: z.string() }).openapi('FilledQuickReply');
