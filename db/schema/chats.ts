import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { Author, Talk, TalkStatus } from '../../domain/conversation/model.ts';
import type { Attachment, AttachmentKind, Button, MessageTemplate, PartStatus } from '../../domain/message/model.ts';
import { accountId, instant, numericId, reference } from './columns.ts';

/** Client messages that wait for more lines before they are one answer (or start a bot). */
export interface PendingAnswer {
  /** Whom the lines are for once the client falls silent: the run that listened when they came, or the message triggers. */
  for: { runId: string } | 'triggers';
  messageIds: string[];
  texts: string[];
  /** Of the deep link that one of them came by. */
  startPayload?: string;
  firstAt: number;
  dueAt: number;
}

export const chats = pgTable(
  'chats',
  {
    accountId: accountId(),
    id: uuid('id').notNull(),
    channelId: reference('channel_id').notNull(),
    externalChatId: text('external_chat_id').notNull(),
    kind: text('kind').$type<'private' | 'group'>().notNull(),
    contactId: reference('contact_id').notNull(),
    /** False after the client blocked us, until they write again. */
    reachable: boolean('reachable').notNull().default(true),
    unreachableWords: text('unreachable_words').notNull().default(''),
    /** The run that owns the client's next message. */
    listenerRunId: uuid('listener_run_id'),
    pending: jsonb('pending').$type<PendingAnswer>(),
    /** The latest conversation of this chat. */
    talkNumber: bigint('talk_number', { mode: 'number' }),
    /** Last used position; messages and parts of a chat share one order. */
    lastPosition: bigint('last_position', { mode: 'number' }).notNull().default(0),
    lastMessageAt: instant('last_message_at'),
    lastMessageText: text('last_message_text').notNull().default(''),
    lastMessageAuthor: text('last_message_author').$type<Author['kind']>(),
    lastClientAt: instant('last_client_at'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    uniqueIndex('chats_external').on(t.accountId, t.channelId, t.externalChatId),
    index('chats_contact').on(t.accountId, t.contactId),
    index('chats_listener').on(t.accountId, t.listenerRunId).where(sql`listener_run_id is not null`),
  ],
);

export const conversations = pgTable(
  'conversations',
  {
    accountId: accountId(),
    number: bigint('number', { mode: 'number' }).notNull(),
    chatId: uuid('chat_id').notNull(),
    channelId: reference('channel_id').notNull(),
    contactId: reference('contact_id').notNull(),
    entityType: text('entity_type').$type<'lead' | 'customer'>(),
    entityId: reference('entity_id'),
    status: text('status').$type<TalkStatus>().notNull(),
    isRead: boolean('is_read').notNull(),
    readBy: reference('read_by'),
    readAt: instant('read_at'),
    opening: integer('opening').notNull(),
    openedAt: instant('opened_at').notNull(),
    closedAt: instant('closed_at'),
    waitingSince: instant('waiting_since'),
    /** `Talk.unansweredAt`: epoch ms of the stretch's messages, first = waiting_since. */
    unansweredAt: jsonb('unanswered_at').$type<number[]>(),
    answerDueAt: instant('answer_due_at'),
    missedAt: instant('missed_at'),
    missedReported: boolean('missed_reported').notNull().default(false),
    stoppedBy: jsonb('stopped_by').$type<NonNullable<Talk['stoppedBy']>>(),
    /** The latest opening that a response stands for (schema/analytics): whose next one is not the first. */
    respondedOpening: integer('responded_opening').notNull().default(0),
    rate: integer('rate'),
    poll: jsonb('poll').$type<NonNullable<Talk['poll']>>(),
    /** The latest message of the conversation: what lists sort by. */
    lastMessageAt: instant('last_message_at').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.number] }),
    index('conversations_chat').on(t.accountId, t.chatId, t.number),
    index('conversations_contact').on(t.accountId, t.contactId, t.number),
    index('conversations_entity').on(t.accountId, t.entityType, t.entityId),
    // Which cards have conversations in work, and whether all of them are read.
    index('conversations_work').on(t.accountId, t.entityType, t.entityId, t.isRead).where(sql`status <> 'closed'`),
    // Open ones are few and change with every message, closed ones are many and stand still: an index for each.
    index('conversations_open').on(t.accountId, t.lastMessageAt, t.number).where(sql`status <> 'closed'`),
    index('conversations_closed').on(t.accountId, t.lastMessageAt, t.number).where(sql`status = 'closed'`),
    index('conversations_awaiting').on(t.accountId, t.lastMessageAt, t.number).where(sql`status in ('nps_scheduled', 'nps_in_progress')`),
    index('conversations_waiting').on(t.accountId, t.waitingSince, t.number).where(sql`waiting_since is not null`),
  ],
);

/** From birth or reopening to the close: rates, clocks and reports belong here. */
export const openings = pgTable(
  'openings',
  {
    accountId: accountId(),
    number: bigint('number', { mode: 'number' }).notNull(),
    opening: integer('opening').notNull(),
    how: text('how').$type<'born' | 'reopened'>().notNull(),
    openedAt: instant('opened_at').notNull(),
    firstReplyAt: instant('first_reply_at'),
    closedAt: instant('closed_at'),
    closedBy: jsonb('closed_by').$type<Author>(),
    rate: integer('rate'),
    comment: text('comment').notNull().default(''),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.number, t.opening] })],
);

export interface MessageExtra {
  location?: { latitude: number; longitude: number };
  contact?: { name?: string; phone?: string };
  unsupported?: string;
  pressed?: { label: string };
  startPayload?: string;
  /** Inbound: the messenger's id of the message that the client answered. */
  replyToExternalId?: string;
  /** Outbound: our message that the writer answered. */
  replyToMessageId?: string;
  languageCode?: string;
  /** Outbound: the messenger's approved template that it was. */
  template?: { name: string; language: string };
  /** What the client's page shows instead, where it reads this row (web chat) and links went out short. */
  sent?: { text: string; buttons: Button[] };
}

/** What one person has put under a message in the messenger. Kept without emoji once it was taken back, so that what comes late changes nothing. */
export interface Reaction {
  /** The messenger's id of who reacted. */
  by: string;
  side: 'client' | 'user';
  emoji: string[];
  /** Epoch ms. */
  at: number;
}

export const messages = pgTable(
  'messages',
  {
    accountId: accountId(),
    id: uuid('id').notNull(),
    chatId: uuid('chat_id').notNull(),
    channelId: reference('channel_id').notNull(),
    /** Order within the chat; pages and the web chat's stream use it as their cursor. */
    position: bigint('position', { mode: 'number' }).notNull(),
    direction: text('direction').$type<'in' | 'out'>().notNull(),
    authorKind: text('author_kind').$type<Author['kind']>().notNull(),
    /** User id or bot id, by kind. */
    authorId: reference('author_id'),
    runId: uuid('run_id'),
    botVersion: integer('bot_version'),
    step: integer('step'),
    conversationNumber: bigint('conversation_number', { mode: 'number' }),
    /** Inbound: the messenger's id, the duplicate key within the channel. */
    externalId: text('external_id'),
    albumId: text('album_id'),
    /** Outbound: the order's key (update id) or the run's message key; a repeat finds the first. */
    key: text('key'),
    text: text('text').notNull(),
    /** The text before the client edited it (the latest stands in `text`). */
    previousText: text('previous_text'),
    buttons: jsonb('buttons').$type<Button[]>().notNull().default([]),
    extra: jsonb('extra').$type<MessageExtra>().notNull().default({}),
    /** Outbound: what its parts say together; inbound: `read` once the conversation was read. */
    status: text('status').$type<PartStatus>().notNull(),
    statusWords: text('status_words').notNull().default(''),
    partCount: integer('part_count').notNull().default(0),
    hasAttachments: boolean('has_attachments').notNull().default(false),
    /** The turn's time for the event that made it. */
    writtenAt: instant('written_at').notNull(),
    /** What the messenger said. */
    receivedAt: instant('received_at'),
    acceptedAt: instant('accepted_at'),
    editedAt: instant('edited_at'),
    /** The client took it back in the messenger: shown as deleted, the text is kept. */
    deletedAt: instant('deleted_at'),
    /** One entry a person. */
    reactions: jsonb('reactions').$type<Reaction[]>().notNull().default([]),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    uniqueIndex('messages_position').on(t.accountId, t.chatId, t.position),
    uniqueIndex('messages_external').on(t.accountId, t.channelId, t.externalId).where(sql`external_id is not null`),
    uniqueIndex('messages_key').on(t.accountId, t.chatId, t.key).where(sql`key is not null`),
    index('messages_conversation').on(t.accountId, t.conversationNumber, t.position),
    index('messages_album').on(t.accountId, t.chatId, t.albumId).where(sql`album_id is not null`),
    // What an answer or a reading marks as read, however long the chat is.
    index('messages_unread').on(t.accountId, t.chatId, t.position).where(sql`direction = 'in' and status = 'accepted'`),
    index('messages_run').on(t.accountId, t.runId).where(sql`run_id is not null`),
  ],
);

/** A stored file: the bytes lie under `storageKey` in the files folder or bucket. */
export const files = pgTable(
  'files',
  {
    accountId: accountId(),
    /** Random: also the unguessable part of its address. */
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    mime: text('mime').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    sha256: text('sha256').notNull(),
    storageKey: text('storage_key').notNull(),
    widthPx: integer('width_px'),
    heightPx: integer('height_px'),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] })],
);

/** Files of messages, in order. An inbound one has no file until its copy is stored. */
export const attachments = pgTable(
  'attachments',
  {
    accountId: accountId(),
    messageId: uuid('message_id').notNull(),
    index: integer('index').notNull(),
    chatId: uuid('chat_id').notNull(),
    channelId: reference('channel_id').notNull(),
    kind: text('kind').$type<AttachmentKind>().notNull(),
    fileId: uuid('file_id'),
    url: text('url'),
    /** The adapter's reference for fetching it; never an address with a token. */
    ref: text('ref'),
    copy: text('copy').$type<'waiting' | 'stored' | 'failed' | 'none'>().notNull(),
    copyWords: text('copy_words').notNull().default(''),
    name: text('name').notNull(),
    mime: text('mime').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }),
    widthPx: integer('width_px'),
    heightPx: integer('height_px'),
    durationSeconds: integer('duration_seconds'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.messageId, t.index] }),
    index('attachments_file').on(t.accountId, t.fileId),
    index('attachments_waiting').on(t.accountId, t.chatId).where(sql`copy = 'waiting'`),
  ],
);

/** The lane: what goes out of a chat, in one order. */
export const parts = pgTable(
  'parts',
  {
    accountId: accountId(),
    id: numericId(),
    chatId: uuid('chat_id').notNull(),
    channelId: reference('channel_id').notNull(),
    messageId: uuid('message_id').notNull(),
    /** The message's position in the chat, then the part's index: the order of sending. */
    position: bigint('position', { mode: 'number' }).notNull(),
    index: integer('index').notNull(),
    runId: uuid('run_id'),
    text: text('text').notNull(),
    attachments: jsonb('attachments').$type<Attachment[]>().notNull().default([]),
    buttons: jsonb('buttons').$type<Button[]>().notNull().default([]),
    /** Sent in the place of the text, which is what it reads as. */
    template: jsonb('template').$type<MessageTemplate>(),
    status: text('status').$type<PartStatus>().notNull(),
    statusWords: text('status_words').notNull().default(''),
    /** The run wants to hear of the acceptance of this part (a `no_answer` timer starts with it). */
    tellsRun: boolean('tells_run').notNull().default(false),
    attempts: integer('attempts').notNull().default(0),
    claimedAt: instant('claimed_at'),
    /** After this instant a claim without a receipt is an unknown outcome. */
    claimEndsAt: instant('claim_ends_at'),
    /** Told by a rate limit, or by growing pauses after failures. */
    notBefore: instant('not_before'),
    /** The place in the channel's schedule that was reserved for this part; it is sent then without asking again. */
    placeAt: instant('place_at'),
    externalIds: text('external_ids').array().notNull().default(sql`'{}'`),
    /** The messenger's id of the message this part answers; only the first part of an answer has one. */
    replyTo: text('reply_to'),
    acceptedAt: instant('accepted_at'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    uniqueIndex('parts_message').on(t.accountId, t.messageId, t.index),
    index('parts_lane').on(t.accountId, t.chatId, t.position, t.index).where(sql`status in ('planned', 'claimed')`),
    index('parts_run').on(t.accountId, t.runId).where(sql`run_id is not null and status in ('planned', 'claimed')`),
    // Receipts and answers name a part by the messenger's id. One call may have made several messages there (an album): those are few, and looked through.
    index('parts_external').on(t.accountId, t.chatId, sql`(external_ids[1])`).where(sql`external_ids <> '{}'`),
    index('parts_albums').on(t.accountId, t.chatId).where(sql`cardinality(external_ids) > 1`),
  ],
);

/** Ids of events that a turn has taken: a repeated event changes nothing. `scope` is a chat's or a run's id. */
export const takenEvents = pgTable(
  'taken_events',
  { accountId: accountId(), scope: uuid('scope').notNull(), eventId: text('event_id').notNull(), at: instant('at').notNull() },
  (t) => [primaryKey({ columns: [t.accountId, t.scope, t.eventId] })],
);

/** Events that a turn could not store. Text, since a poisoned event may be refused by a JSON column. */
export const parkedEvents = pgTable(
  'parked_events',
  {
    accountId: accountId(),
    id: numericId(),
    workflowId: text('workflow_id').notNull(),
    eventId: text('event_id').notNull(),
    event: text('event').notNull(),
    error: text('error').notNull(),
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] }), uniqueIndex('parked_events_event').on(t.accountId, t.workflowId, t.eventId)],
);
