/** The state of one turn while it is decided: what was loaded, what has changed so far. Rules and bots work on it; at the end it is stored at once. */
import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/connection.ts';
import { type AccountSettings, completeSettings } from '../../db/settings.ts';
import { type Changes, noChanges } from '../../db/turns/changes.ts';
import type { LoadedChats } from '../../db/turns/load.ts';
import type {
  ChannelRow,
  ChatRow,
  ContactRow,
  ConversationRow,
  EventRow,
  LeadRow,
  LoadedRun,
  MessageRow,
  NotificationRow,
  RunRow,
  TriggerRow,
} from '../../db/turns/rows.ts';
import type { Author, ConversationEffect, ConversationRules } from '../../domain/conversation/model.ts';
import { abilitiesIn } from '../../domain/message/abilities.ts';
import type { ChannelAbilities } from '../../domain/message/model.ts';
import type { AccountDirectory, Directory } from './directory.ts';

/** A run within a turn: loaded with its bot, or made in this turn. */
export type TurnRun = RunRow & Partial<LoadedRun>;

export interface World {
  tx: Transaction;
  accountId: number;
  /** The instant of the event in hand: the only "now" of a turn. */
  at: number;
  directory: Directory;
  account: AccountDirectory;
  settings: AccountSettings;
  rules: ConversationRules;
  chats: Map<string, ChatRow>;
  talks: Map<string, ConversationRow>;
  runs: Map<string, TurnRun>;
  contact: ContactRow | undefined;
  leads: Map<number, LeadRow>;
  /** Cards locked before the chats; writing another one means beginning again with its lock. */
  lockedLeads: Set<number>;
  contactLocked: boolean;
  triggers: TriggerRow[];
  busyLanes: Set<string>;
  waitingMedia: Set<string>;
  changes: Changes;
  /** Chats whose client wrote in this turn, and the runs that listened there and did not take it: see tell.ts. */
  wrote: Map<string, 'first' | 'again'>;
  untaken: Map<string, string>;
  /** True for channels where a stored part is already with the client's side (web chat). */
  deliversByRow: (channelType: string) => boolean;
  /** The installation's public address; see ActivityDeps. */
  publicUrl: string | undefined;
  /** Presses whose spinners are to be ended after the commit. */
  presses: { channelId: number; token: string }[];
  /** Chats whose lanes got something in this turn. */
  planned: Set<string>;
  /** Chats in which a person writes behind bots' parts that wait for their places: those go out now, the person's words with them. */
  hurried: Set<string>;
  /** What the rules of polls ask of runs, and polls' runs that ended: carried out by `settlePolls` before anything is stored. */
  polls: PollStep[];
  /** Runs that wrote a rate or a comment: the client's message in hand was an answer to their poll. */
  rated: Set<string>;
  /** Chats whose conversation a poll's end settled, or with files to copy: the workflows of other chats than the turn's own must be told. */
  settled: Set<string>;
}

export type PollStep =
  | { chatId: string; effect: Extract<ConversationEffect, { type: 'pollDue' | 'pollDropped' }> }
  /** `unheardSince`: when the first of the lines came that were being gathered for it. */
  | { chatId: string; ended: TurnRun; unheardSince?: number };

/** What names the run that polls about an opening: an opening is polled once. */
export const pollKey = (talk: Pick<ConversationRow, 'number' | 'opening'>) => `nps/${talk.number}/${talk.opening}`;

/** Was the run started by a poll? A bot of type `nps` that a person started is an ordinary run. */
export const isPollRun = (run: Pick<RunRow, 'startKey'>) => run.startKey.startsWith('nps/');

/** A turn wants to write a card it has not locked: it is rolled back and begun again with the lock taken first (lead → contact → chats). */
export class NeedsLock extends Error {
  readonly leadId: number | undefined;
  readonly contactId: number | undefined;

  constructor(cards: { leadId?: number; contactId?: number }) {
    super('a card must be locked before the chats');
    this.leadId = cards.leadId;
    this.contactId = cards.contactId;
  }
}

export function createWorld(
  tx: Transaction,
  accountId: number,
  at: number,
  directory: Directory,
  account: AccountDirectory,
  loaded: LoadedChats,
  locked: { leadIds: number[]; contactId?: number },
  deliversByRow: (channelType: string) => boolean,
  publicUrl?: string,
): World {
  const settings = completeSettings(loaded.settings);
  return {
    tx,
    accountId,
    at,
    directory,
    account,
    settings,
    rules: rulesOf(settings),
    chats: new Map(loaded.chats.map((chat) => [chat.id, chat])),
    talks: new Map(loaded.talks.map((talk) => [talk.chatId, talk])),
    runs: new Map(loaded.runs.map((run) => [run.id, run])),
    contact: loaded.contact,
    leads: new Map(loaded.leads.map((lead) => [lead.id, lead])),
    lockedLeads: new Set(locked.leadIds),
    contactLocked: locked.contactId !== undefined && locked.contactId === loaded.contact?.id,
    triggers: loaded.triggers,
    busyLanes: loaded.busyLanes,
    waitingMedia: loaded.waitingMedia,
    changes: noChanges(),
    wrote: new Map(),
    untaken: new Map(),
    deliversByRow,
    publicUrl,
    presses: [],
    planned: new Set(),
    hurried: new Set(),
    polls: [],
    rated: new Set(),
    settled: new Set(),
  };
}

export function rulesOf(settings: AccountSettings): ConversationRules {
  const { newConversation, thanksDoNotReopen, responseTime, schedule, nps } = settings;
  return {
    newConversation,
    thanksDoNotReopen,
    responseTime: responseTime.enabled ? { ...responseTime, enabled: true } : { enabled: false },
    schedule,
    ...(nps.enabled ? { nps: { delaySeconds: nps.delaySeconds } } : {}),
  };
}

/** Notes changed columns of a row that stands already; a new row is stored whole anyway. */
function note<Key, Row>(changes: Map<Key, Partial<Row>>, key: Key, patch: Partial<Row>): void {
  changes.set(key, { ...changes.get(key), ...patch });
}

/** Changes a chat; stored with the rest at the end. */
export function changeChat(w: World, chat: ChatRow, patch: Partial<ChatRow>): void {
  Object.assign(chat, patch);
  if (!w.changes.newChats.includes(chat)) note(w.changes.chats, chat.id, patch);
}

export function changeTalk(w: World, talk: ConversationRow, patch: Partial<ConversationRow>): void {
  const changed = { ...patch, updatedAt: w.at };
  Object.assign(talk, changed);
  if (!w.changes.newConversations.includes(talk)) note(w.changes.conversations, talk.number, changed);
}

export function changeRun(w: World, run: TurnRun, patch: Partial<RunRow>): void {
  Object.assign(run, patch);
  if (!w.changes.newRuns.includes(run)) note(w.changes.runs, run.id, patch);
}

/** Changes a lead that is locked, new, or throws NeedsLock. */
export function changeLead(w: World, lead: LeadRow, patch: Partial<LeadRow>): void {
  const isNew = w.changes.newLeads.includes(lead);
  if (!isNew && !w.lockedLeads.has(lead.id)) throw new NeedsLock({ leadId: lead.id });
  const changed = { ...patch, updatedAt: w.at };
  Object.assign(lead, changed);
  if (!isNew) note(w.changes.leads, lead.id, changed);
}

export function changeContact(w: World, contact: ContactRow, patch: Partial<ContactRow>): void {
  const isNew = w.changes.newContacts.includes(contact);
  if (!isNew && !w.contactLocked) throw new NeedsLock({ contactId: contact.id });
  const changed = { ...patch, updatedAt: w.at };
  Object.assign(contact, changed);
  if (!isNew) note(w.changes.contacts, contact.id, changed);
}

export function channelOf(w: World, chat: ChatRow): ChannelRow | undefined {
  return w.account.channels.get(chat.channelId);
}

/** What the messenger can carry in this chat. */
export const abilitiesOfChat = (w: World, chat: ChatRow): ChannelAbilities =>
  abilitiesIn(channelOf(w, chat)?.type ?? 'custom', chat.externalChatId);

/** Whether what this chat's client writes is only stored. Groups are not a client's own. */
export const isBlocked = (w: World, chat: ChatRow): boolean => chat.kind === 'private' && w.contact?.blockedAt != null;

/** The lead a chat's conversation hangs on. */
export function leadOf(w: World, chat: ChatRow | undefined): LeadRow | undefined {
  const talk = chat && w.talks.get(chat.id);
  return talk?.entityType === 'lead' && talk.entityId !== null ? w.leads.get(talk.entityId) : undefined;
}

/** The customer a chat's conversation hangs on. */
export function customerOf(w: World, chat: ChatRow | undefined): number | null {
  const talk = chat && w.talks.get(chat.id);
  return talk?.entityType === 'customer' ? talk.entityId : null;
}

/** What a run's own events stand at: the card it works on, else its client. */
export function runEntity(
  w: World,
  run: TurnRun,
): { entityType: 'lead' | 'customer' | 'contact'; entityId: number; leadId: number | null } {
  if (run.customerId !== null) return { entityType: 'customer', entityId: run.customerId, leadId: null };
  const leadId = run.leadId ?? leadOf(w, run.chatId === null ? undefined : w.chats.get(run.chatId))?.id ?? null;
  if (leadId !== null) return { entityType: 'lead', entityId: leadId, leadId };
  return { entityType: 'contact', entityId: run.contactId ?? w.contact?.id ?? 0, leadId: null };
}

/** A new message of a chat: takes the chat's next position and becomes its last message. */
export function addMessage(
  w: World,
  chat: ChatRow,
  message: Omit<MessageRow, 'accountId' | 'id' | 'chatId' | 'channelId' | 'position' | 'writtenAt' | 'deletedAt' | 'reactions'> & {
    id?: string;
  },
): MessageRow {
  const position = chat.lastPosition + 1;
  const row: MessageRow = {
    ...message,
    deletedAt: null,
    reactions: [],
    accountId: w.accountId,
    id: message.id ?? randomUUID(),
    chatId: chat.id,
    channelId: chat.channelId,
    position,
    writtenAt: w.at,
  };
  w.changes.messages.push(row);
  changeChat(w, chat, {
    lastPosition: position,
    lastMessageAt: w.at,
    lastMessageText: row.text.slice(0, 200),
    lastMessageAuthor: row.authorKind,
  });
  return row;
}

export function authorId(author: Author): number | null {
  return author.kind === 'user' ? author.id : author.kind === 'bot' ? author.botId : null;
}

/** A row in the list of events. Contact, lead and conversation are taken from the chat where one is given. */
export function addEvent(
  w: World,
  chat: ChatRow | undefined,
  event: Pick<EventRow, 'type' | 'entityType' | 'entityId'> & Partial<Pick<EventRow, 'valueBefore' | 'valueAfter' | 'leadId' | 'runId'>>,
  author: Author,
): void {
  w.changes.events.push({
    accountId: w.accountId,
    valueBefore: [],
    valueAfter: [],
    conversationNumber: (chat && w.talks.get(chat.id)?.number) ?? null,
    contactId: chat?.contactId ?? w.contact?.id ?? null,
    leadId: leadOf(w, chat)?.id ?? null,
    ...event,
    runId: event.runId ?? (author.kind === 'bot' ? author.runId : null),
    authorKind: author.kind,
    authorId: authorId(author),
    at: w.at,
  });
}

export function addNotification(
  w: World,
  chat: ChatRow | undefined,
  what: NotificationRow['what'],
  data: NotificationRow['data'] = {},
): void {
  w.changes.notifications.push(notificationOf(w, chat, what, data));
}

/** For the responsible user, or for all who may see it; `userId`: for that user, whoever is responsible. */
export function notificationOf(
  w: World,
  chat: ChatRow | undefined,
  what: NotificationRow['what'],
  data: NotificationRow['data'] = {},
  userId?: number,
): NotificationRow {
  const lead = leadOf(w, chat);
  return {
    accountId: w.accountId,
    userId: userId ?? lead?.responsibleUserId ?? w.contact?.responsibleUserId ?? null,
    what,
    conversationNumber: (chat && w.talks.get(chat.id)?.number) ?? null,
    leadId: lead?.id ?? null,
    data,
    at: w.at,
    readAt: null,
    withdrawnAt: null,
  };
}
