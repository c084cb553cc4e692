import { customType, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { Author } from '../../domain/conversation/model.ts';
import { accountId, instant, reference } from './columns.ts';

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/**
 * The words of each message, kept by triggers of `messages`: a table of its own, since a message's row changes several times after it was written
 * (sent, delivered, read) and each change would write all its words into the index again.
 */
export const messageWords = pgTable(
  'message_words',
  {
    accountId: accountId(),
    writtenAt: instant('written_at').notNull(),
    messageId: uuid('message_id').notNull(),
    chatId: uuid('chat_id').notNull(),
    channelId: reference('channel_id').notNull(),
    authorKind: text('author_kind').$type<Author['kind']>().notNull(),
    authorId: reference('author_id'),
    words: tsvector('words').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.writtenAt, t.messageId] }),
    // Without the pending list: its clean-up would fall on some client's message.
    index('message_words_words').using('gin', t.accountId, t.words).with({ fastupdate: false }),
  ],
);
