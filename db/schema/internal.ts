import { sql } from 'drizzle-orm';
import { bigint, customType, foreignKey, index, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { accountId, instant, numericId, reference } from './columns.ts';

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/** Chats of colleagues among themselves. Nothing of them hangs on a messenger's chat: no road leads from here to a client. */
export const internalChats = pgTable(
  'internal_chats',
  {
    accountId: accountId(),
    id: numericId(),
    kind: text('kind').$type<'direct' | 'group' | 'lead'>().notNull(),
    /** Of a group; a direct chat is called by its other member, a lead's by the lead. */
    title: text('title').notNull().default(''),
    leadId: reference('lead_id'),
    /** `<lower user id>/<higher>` of a direct chat: two people have one, whoever began it. */
    pairKey: text('pair_key'),
    /** Given under this row's lock, so that positions follow each other without gaps. */
    lastPosition: bigint('last_position', { mode: 'number' }).notNull().default(0),
    /** Of the last message, at first of the making: the order of the list. */
    activeAt: instant('active_at').notNull(),
    createdBy: reference('created_by').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    uniqueIndex('internal_chats_pair').on(t.accountId, t.pairKey),
    uniqueIndex('internal_chats_lead').on(t.accountId, t.leadId),
  ],
);

export const internalMembers = pgTable(
  'internal_members',
  {
    accountId: accountId(),
    chatId: reference('chat_id').notNull(),
    userId: reference('user_id').notNull(),
    readPosition: bigint('read_position', { mode: 'number' }).notNull().default(0),
    /** The one open notification about this chat; what comes while it is unread goes into it. */
    notificationId: reference('notification_id'),
    joinedAt: instant('joined_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.chatId, t.userId] }),
    index('internal_members_user').on(t.accountId, t.userId),
    foreignKey({ columns: [t.accountId, t.chatId], foreignColumns: [internalChats.accountId, internalChats.id] }),
  ],
);

export const internalMessages = pgTable(
  'internal_messages',
  {
    accountId: accountId(),
    id: numericId(),
    chatId: reference('chat_id').notNull(),
    position: bigint('position', { mode: 'number' }).notNull(),
    authorId: reference('author_id').notNull(),
    /** The Idempotency-Key it was written with. */
    key: text('key').notNull(),
    /** Empty once it is deleted, like mentions and files. */
    text: text('text').notNull(),
    mentions: bigint('mentions', { mode: 'number' }).array().notNull().default(sql`'{}'`),
    fileIds: uuid('file_ids').array().notNull().default(sql`'{}'`),
    writtenAt: instant('written_at').notNull(),
    editedAt: instant('edited_at'),
    deletedAt: instant('deleted_at'),
    /** The Russian configuration stems Latin words as English ones. */
    search: tsvector('search').generatedAlwaysAs(sql`to_tsvector('russian'::regconfig, text)`),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    uniqueIndex('internal_messages_position').on(t.accountId, t.chatId, t.position),
    uniqueIndex('internal_messages_key').on(t.accountId, t.chatId, t.authorId, t.key),
    index('internal_messages_search').using('gin', t.accountId, t.search),
    index('internal_messages_files').using('gin', t.accountId, t.fileIds),
    foreignKey({ columns: [t.accountId, t.chatId], foreignColumns: [internalChats.accountId, internalChats.id] }),
  ],
);
