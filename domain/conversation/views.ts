/**
 * The inbox's views. mine: in work and mine · unassigned: in work, nobody answers for the client · waiting: somebody waits · unread: in work, unread ·
 * awaiting: a rating is awaited (a poll is planned or under way) · all: in work · closed.
 */
export const conversationViews = ['mine', 'unassigned', 'waiting', 'unread', 'awaiting', 'all', 'closed'] as const;
export type ConversationView = (typeof conversationViews)[number];

/** Views that are counted: nobody works off the closed ones. */
export const countedViews = ['mine', 'unassigned', 'waiting', 'unread', 'awaiting', 'all'] as const satisfies ConversationView[];

/** What can be ordered for many conversations at once. */
export const bulkActions = ['close', 'closeWithoutRating', 'noReplyNeeded', 'read', 'unread'] as const;
export type BulkAction = (typeof bulkActions)[number];
/** Most conversations of one such order. */
export const BULK_MOST = 200;
