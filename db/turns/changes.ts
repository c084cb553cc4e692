/** What one turn is going to write: collected while rules and bots decide, written at once at the end. */
import type { Total } from '../../domain/analytics/totals.ts';
import type {
  AttachmentRow,
  ChatRow,
  ContactRow,
  ConversationRow,
  EventRow,
  LeadRow,
  LoadedRun,
  MessageRow,
  NotificationRow,
  PartRow,
  ResponseRow,
  RunRow,
  TraceRow,
} from './rows.ts';

export interface Identity {
  channelId: number;
  externalUserId: string;
  contactId: number;
  name: string;
  username: string | null;
  createdAt: number;
}

export type NewPart = Omit<PartRow, 'accountId' | 'id'>;

export interface Changes {
  newContacts: ContactRow[];
  newIdentities: Identity[];
  newLeads: LeadRow[];
  newChats: ChatRow[];
  newConversations: ConversationRow[];
  /** Changed columns by the rows' ids (a conversation's number). */
  contacts: Map<number, Partial<ContactRow>>;
  leads: Map<number, Partial<LeadRow>>;
  chats: Map<string, Partial<ChatRow>>;
  conversations: Map<number, Partial<ConversationRow>>;
  openings: {
    opened: { number: number; opening: number; how: 'born' | 'reopened'; openedAt: number }[];
    replied: { number: number; opening: number; at: number }[];
    closed: { number: number; opening: number; at: number; by: object }[];
    /** What a poll learned: the rate (0 is one) or the comment. */
    rated: { number: number; opening: number; rate?: number; comment?: string }[];
  };
  messages: MessageRow[];
  attachments: AttachmentRow[];
  parts: NewPart[];
  newRuns: (RunRow & Partial<LoadedRun>)[];
  runs: Map<string, Partial<RunRow>>;
  traces: TraceRow[];
  events: EventRow[];
  /** Stretches that ended through a reply of this turn. */
  responses: ResponseRow[];
  /** Counts for reports. While the turn decides, corrections only; everything else is read off the rest at the end (activities/turn/summaries.ts). */
  counts: Total[];
  notifications: NotificationRow[];
  /** Stored only where no notification of the same kind stands for the conversation since `since`. */
  untoldNotifications: { row: NotificationRow; since: number }[];
  withdrawnNotifications: { conversationNumber: number; at: number }[];
  /** Planned parts of these runs (in this chat, or everywhere) are no longer sent. */
  withdrawnParts: { runId: string; chatId?: string }[];
  edits: { channelId: number; externalId: string; text: string; at: number }[];
  receipts: { chatId: string; externalIds: string[]; upTo: boolean; status: 'delivered' | 'read' | 'refused'; words: string }[];
  /** Messages that their writers took back. */
  deletions: { chatId: string; externalId: string; at: number }[];
  /** What people put under messages; the latest of each person stands. */
  reactions: { chatId: string; externalId: string; by: string; side: 'client' | 'user'; emoji: string[]; at: number }[];
  /** Clients who came with a visitor's id. `named`: said so by its prefix; else only an id that a site has brought before counts. */
  comers: { contactId: number; uid: string; named: boolean; at: number }[];
  /** Messages of a read conversation: the client's side sees them as read. */
  readUpTo: { chatId: string; position: number }[];
}

export function noChanges(): Changes {
  return {
    newContacts: [],
    newIdentities: [],
    newLeads: [],
    newChats: [],
    newConversations: [],
    contacts: new Map(),
    leads: new Map(),
    chats: new Map(),
    conversations: new Map(),
    openings: { opened: [], replied: [], closed: [], rated: [] },
    messages: [],
    attachments: [],
    parts: [],
    newRuns: [],
    runs: new Map(),
    traces: [],
    events: [],
    responses: [],
    counts: [],
    notifications: [],
    untoldNotifications: [],
    withdrawnNotifications: [],
    withdrawnParts: [],
    edits: [],
    receipts: [],
    comers: [],
    deletions: [],
    reactions: [],
    readUpTo: [],
  };
}
