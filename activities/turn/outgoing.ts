/** Messages on their way out: a message row, its attachments, and its parts in the chat's lane, planned by what the messenger can carry. */
import { randomUUID } from 'node:crypto';
import type { ChatRow, EventRow, MessageRow } from '../../db/turns/rows.ts';
import type { Author } from '../../domain/conversation/model.ts';
import type { Attachment, Button, MessageTemplate, PartPlan } from '../../domain/message/model.ts';
import { planParts } from '../../domain/message/plan.ts';
import { withLinksOf } from './short-links.ts';
import { applyToTalk } from './talk.ts';
import { abilitiesOfChat, addEvent, addMessage, authorId, changeTalk, channelOf, runEntity, type World } from './world.ts';

export interface OutgoingDraft {
  /** Unique within the chat: a repeat finds the first message. */
  key: string;
  text: string;
  attachments: Attachment[];
  buttons: ({ type: 'reply'; label: string } | { type: 'url'; label: string; url: string })[];
  /** An approved template; text and buttons are what it reads as. It is one call, and its links go out as they were approved. */
  template?: MessageTemplate;
  author: Author;
  bot?: { runId: string; version: number; step: number | null };
  /** What the author chose about short links; absent: as the channel is set. */
  shortenLinks?: boolean | undefined;
  /** The message of this chat that the writer answers, by our id and, where it has one, by the messenger's. */
  replyTo?: { messageId: string; externalId: string | undefined };
  /** The run wants to hear of the acceptance of the last part. */
  tellsRun: boolean;
}

/** Plans a message into a chat. `accepted`: it is already with the client's side (web chat with an empty lane). */
export async function planMessage(w: World, chat: ChatRow, draft: OutgoingDraft): Promise<{ message: MessageRow; accepted: boolean }> {
  const type = channelOf(w, chat)?.type ?? 'custom';
  const accepted = w.deliversByRow(type) && !w.busyLanes.has(chat.id);
  const id = randomUUID();
  const buttons: Button[] = draft.buttons.map((button, index) =>
    button.type === 'url' ? button : { type: 'reply', label: button.label, key: buttonKey(id, index) },
  );
  const written = { text: draft.text, buttons };
  const { attachments, template } = draft;
  const sent = template === undefined ? await withLinksOf(w, chat, written, draft.shortenLinks) : written;
  const plan: PartPlan[] =
    template === undefined
      ? planParts({ ...sent, attachments }, abilitiesOfChat(w, chat))
      : [{ index: 0, ...written, attachments, template }];
  const talk = w.talks.get(chat.id);
  const status = accepted ? 'accepted' : 'planned';
  const message = addMessage(w, chat, {
    id,
    direction: 'out',
    authorKind: draft.author.kind,
    authorId: authorId(draft.author),
    runId: draft.bot?.runId ?? null,
    botVersion: draft.bot?.version ?? null,
    step: draft.bot?.step ?? null,
    conversationNumber: talk !== undefined && talk.status !== 'closed' ? talk.number : null,
    externalId: null,
    albumId: null,
    key: draft.key,
    text: draft.text,
    previousText: null,
    buttons,
    // Where the client's page reads this row, it shows what was sent; people of the account see what was written.
    extra: {
      ...(w.deliversByRow(type) && sent !== written ? { sent } : {}),
      ...(draft.replyTo === undefined ? {} : { replyToMessageId: draft.replyTo.messageId }),
      ...(template === undefined ? {} : { template: { name: template.name, language: template.language } }),
    },
    status,
    statusWords: '',
    partCount: plan.length,
    hasAttachments: draft.attachments.length > 0,
    receivedAt: null,
    acceptedAt: accepted ? w.at : null,
    editedAt: null,
  });
  for (const [index, attachment] of draft.attachments.entries()) {
    // Other messengers get their copy on the way through the lane.
    const copiedByRow = w.deliversByRow(type) && attachment.url !== undefined && attachment.fileId === undefined;
    if (copiedByRow) {
      w.waitingMedia.add(chat.id);
      w.settled.add(chat.id);
    }
    w.changes.attachments.push({
      accountId: w.accountId,
      messageId: id,
      index,
      chatId: chat.id,
      channelId: chat.channelId,
      kind: attachment.kind,
      fileId: attachment.fileId ?? null,
      url: attachment.url ?? null,
      ref: null,
      copy: copiedByRow ? 'waiting' : 'none',
      copyWords: '',
      name: attachment.name,
      mime: attachment.mime,
      sizeBytes: attachment.sizeBytes ?? null,
      widthPx: attachment.widthPx ?? null,
      heightPx: attachment.heightPx ?? null,
      durationSeconds: attachment.durationSeconds ?? null,
    });
  }
  for (const part of plan) {
    w.changes.parts.push({
      chatId: chat.id,
      channelId: chat.channelId,
      messageId: id,
      position: message.position,
      index: part.index,
      runId: draft.bot?.runId ?? null,
      text: part.text,
      attachments: part.attachments,
      buttons: part.buttons,
      template: part.template ?? null,
      status,
      statusWords: '',
      tellsRun: draft.tellsRun && !accepted && part.index === plan.length - 1,
      attempts: 0,
      claimedAt: null,
      claimEndsAt: null,
      notBefore: null,
      placeAt: null,
      // Delivered by row: receipts name the message itself, as they do for a part that went through the lane.
      externalIds: accepted ? [id] : [],
      replyTo: (part.index === 0 && draft.replyTo?.externalId) || null,
      acceptedAt: accepted ? w.at : null,
      createdAt: w.at,
    });
  }
  if (!accepted) w.planned.add(chat.id);
  if (talk !== undefined) changeTalk(w, talk, { lastMessageAt: w.at });
  addEvent(
    w,
    chat,
    {
      ...messageEntity(w, chat, draft.bot?.runId),
      type: 'outgoing_chat_message',
      valueAfter: [{ message: { id, origin: type, talk_id: talk?.number ?? null } }],
    },
    draft.author,
  );
  if (accepted) {
    const by = draft.author.kind === 'bot' ? 'bot' : 'person';
    await applyToTalk(w, chat, { type: 'replyAccepted', at: w.at, by, messageId: id, writtenAt: w.at }, draft.author);
  }
  return { message, accepted };
}

/** Chat events stand at the card of the conversation; without one, at the card that the bot which writes works on, else at the contact. */
export function messageEntity(
  w: World,
  chat: ChatRow,
  runId?: string,
): Pick<EventRow, 'entityType' | 'entityId'> & { leadId?: number | null } {
  const talk = w.talks.get(chat.id);
  if (talk !== undefined && talk.entityType !== null && talk.entityId !== null)
    return { entityType: talk.entityType, entityId: talk.entityId };
  const run = runId === undefined ? undefined : w.runs.get(runId);
  return run === undefined ? { entityType: 'contact', entityId: chat.contactId } : runEntity(w, run);
}

/** A button's opaque key: which message, which button. 25 characters: fits every messenger, and cannot be guessed. */
function buttonKey(messageId: string, index: number): string {
  return `${Buffer.from(messageId.replaceAll('-', ''), 'hex').toString('base64url')}.${index}`;
}

/** The message and the place of a button, or undefined for a key that is not ours. */
export function readButtonKey(key: string): { messageId: string; index: number } | undefined {
  const match = /^([A-Za-z0-9_-]{22})\.(\d{1,3})$/.exec(key);
  if (match === null) return undefined;
  const hex = Buffer.from(match[1]!, 'base64url').toString('hex');
  if (hex.length !== 32) return undefined;
  return { messageId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), index: Number(match[2]) };
}
