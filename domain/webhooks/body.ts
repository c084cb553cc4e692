/** The bodies of account webhooks, in the vendor's published form. Instants come as epoch milliseconds and go out as seconds. */
import { codesOf } from './codes.ts';
import type { FormValue } from './form.ts';

/** A row of the list of events, as a feed reads it. */
export interface FeedEvent {
  id: number;
  type: string;
  entityType: string;
  entityId: number;
  authorKind: string;
  authorId: number | null;
  valueBefore: unknown[];
  valueAfter: unknown[];
  conversationNumber: number | null;
  contactId: number | null;
  at: number;
}

export interface FeedAccount {
  id: number;
  subdomain: string;
  /** The installation's address. */
  url: string;
}

export interface FeedTalk {
  number: number;
  createdAt: number;
  updatedAt: number;
  rate: number | null;
  contactId: number;
  chatId: string;
  entityId: number | null;
  entityType: 'lead' | 'customer' | null;
  status: string;
  isRead: boolean;
  origin: string;
}

export interface FeedMessage {
  id: string;
  chatId: string;
  talkNumber: number | null;
  contactId: number;
  contactName: string;
  direction: 'in' | 'out';
  authorKind: string;
  authorId: number | null;
  authorName: string | null;
  text: string;
  messageType: string;
  origin: string;
  writtenAt: number;
  files: { type: string; link: string | null; name: string }[];
}

export interface FeedCard {
  id: number;
  name: string;
  responsibleUserId: number | null;
  createdAt: number;
  updatedAt: number;
  tags: { id: number; name: string }[];
  fields: { id: number; name: string; code: string | null; values: { value: string; enum?: string }[] }[];
  /** Leads and customers: the stage. */
  statusId?: number | null;
  /** Leads only. */
  pipelineId?: number;
  price?: number;
  /** Customers only. */
  nextPurchaseAt?: number | null;
}

export interface FeedTask {
  id: number;
  entityType: 'lead' | 'customer' | 'contact';
  entityId: number;
  text: string;
  responsibleUserId: number | null;
  createdBy: number;
  createdAt: number;
  dueAt: number;
  completedAt: number | null;
}

/** What an event is about, as it stands when it is told. */
export type FeedFacts =
  | { about: 'talk'; talk: FeedTalk }
  | { about: 'message'; message: FeedMessage }
  /** `incoming`: what the event means for the incoming lead it is about. `note`: what a person wrote on the card. */
  | { about: 'lead' | 'contact' | 'customer'; card: FeedCard; incoming?: 'came' | 'accept' | 'decline'; note?: { text: string } }
  | { about: 'task'; task: FeedTask };

/** The body for one event: the blocks of those codes it means and the subscription has, and the account's. Undefined where none of them is wanted. */
export function bodyOf(event: FeedEvent, facts: FeedFacts, wanted: ReadonlySet<string>, account: FeedAccount) {
  const incoming = 'incoming' in facts ? facts.incoming : undefined;
  const ofIncoming = incoming === undefined ? undefined : incoming === 'came' ? 'add_unsorted' : 'delete_unsorted';
  const codes = codesOf(event).filter((code) => wanted.has(code) && (!code.endsWith('_unsorted') || code === ofIncoming));
  if (codes.length === 0) return undefined;
  const blocks: { [key: string]: FormValue } = {};
  if (facts.about === 'talk') blocks.talk = { [actionOf(codes[0]!)]: [talkBlock(event, facts.talk)] };
  else if (facts.about === 'message') blocks.message = { add: [messageBlock(event, facts.message)] };
  else if (facts.about === 'task') {
    const block = taskBlock(event, facts.task, account.id);
    blocks.task = Object.fromEntries(codes.map((code) => [actionOf(code), [block]]));
  } else {
    const block = codes.some((code) => code.startsWith('note_'))
      ? { note: noteBlock(event, facts.note?.text) }
      : cardBlock(event, facts.about, facts.card, account.id);
    const own = codes.filter((code) => !code.endsWith('_unsorted'));
    const unsorted = codes.find((code) => code.endsWith('_unsorted'));
    if (own.length > 0) blocks[`${facts.about}s`] = Object.fromEntries(own.map((code) => [actionOf(code), [block]]));
    if (unsorted !== undefined) blocks.unsorted = { [actionOf(unsorted)]: [unsortedBlock(event, facts.card, incoming)] };
  }
  return { ...blocks, account: { id: account.id, subdomain: account.subdomain, _links: { self: account.url } } } as {
    [key: string]: FormValue;
  };
}

const actionOf = (code: string) => code.slice(0, code.indexOf('_'));
const seconds = (at: number) => Math.floor(at / 1000);

/** What the event itself says of the flags goes before what has become of the conversation since. */
function talkBlock(event: FeedEvent, talk: FeedTalk): FormValue {
  const flags = { is_in_work: talk.status !== 'closed', is_read: talk.isRead };
  if (event.type === 'talk_created' || event.type === 'talk_reopened') Object.assign(flags, { is_in_work: true, is_read: false });
  if (event.type === 'talk_closed') Object.assign(flags, { is_in_work: false, is_read: true });
  if (event.type === 'conversation_answered') Object.assign(flags, { is_in_work: true, is_read: true });
  if (event.type === 'talk_read') flags.is_read = true;
  if (event.type === 'talk_unread') flags.is_read = false;
  return {
    talk_id: talk.number,
    created_at: seconds(talk.createdAt),
    updated_at: seconds(Math.max(event.at, talk.updatedAt)),
    rate: talk.rate ?? 0,
    contact_id: talk.contactId,
    chat_id: talk.chatId,
    entity_id: talk.entityId,
    entity_type: talk.entityType,
    ...flags,
    origin: talk.origin,
  };
}

function messageBlock(event: FeedEvent, message: FeedMessage): FormValue {
  const files = message.files.map(({ type, link, name }) => ({ type, link, file_name: name }));
  return {
    id: message.id,
    chat_id: message.chatId,
    talk_id: message.talkNumber,
    contact_id: message.contactId,
    text: message.text,
    created_at: seconds(message.writtenAt),
    // The vendor's older numbers beside its newer words.
    element_type: elementTypes[event.entityType] ?? elementTypes.contact,
    entity_type: event.entityType,
    element_id: event.entityId,
    entity_id: event.entityId,
    type: message.direction === 'in' ? 'incoming' : 'outgoing',
    message_type: message.messageType,
    author: authorOf(message),
    origin: message.origin,
    attachment: files[0],
    // An album is one message here; the vendor's form has room for one file.
    ...(files.length > 1 ? { attachments: files } : {}),
  };
}

function authorOf(message: FeedMessage): FormValue {
  if (message.direction === 'in') return { id: message.contactId, type: 'external', name: message.contactName };
  const type = message.authorKind === 'bot' || message.authorKind === 'system' ? 'bot' : 'internal';
  return { id: message.authorId ?? 0, type, name: message.authorName ?? '' };
}

function cardBlock(event: FeedEvent, about: 'lead' | 'contact' | 'customer', card: FeedCard, accountId: number): FormValue {
  const by = userOf(event);
  const stage = { now: stageOf(event.valueAfter), before: stageOf(event.valueBefore) };
  const responsible = event.type === 'entity_responsible_changed' ? responsibleOf(event.valueAfter) : undefined;
  const old = event.type === 'entity_responsible_changed' ? responsibleOf(event.valueBefore) : undefined;
  return {
    id: card.id,
    name: card.name,
    ...(about === 'contact' ? { type: 'contact' } : {}),
    ...(about === 'lead'
      ? {
          status_id: stage.now?.id ?? card.statusId,
          old_status_id: stage.before?.id,
          price: card.price,
          pipeline_id: stage.now?.pipeline_id ?? card.pipelineId,
          old_pipeline_id: stage.before?.pipeline_id,
        }
      : {}),
    ...(about === 'customer'
      ? { status_id: card.statusId ?? 0, next_date: card.nextPurchaseAt == null ? 0 : seconds(card.nextPurchaseAt) }
      : {}),
    responsible_user_id: responsible ?? card.responsibleUserId ?? 0,
    old_responsible_user_id: old,
    modified_user_id: by,
    ...(event.type.endsWith('_added') && !event.type.includes('tag') ? { created_user_id: by } : {}),
    date_create: seconds(card.createdAt),
    last_modified: seconds(Math.max(event.at, card.updatedAt)),
    created_at: seconds(card.createdAt),
    updated_at: seconds(Math.max(event.at, card.updatedAt)),
    account_id: accountId,
    tags: card.tags.map(({ id, name }) => ({ id, name })),
    custom_fields: card.fields.map(({ id, name, code, values }) => ({ id, name, code, values })),
  };
}

/** The vendor's older numbers for kinds of cards. */
const elementTypes: Record<string, number> = { contact: 1, lead: 2, customer: 12 };
/** Its number for a note that a person wrote. */
const COMMON_NOTE = 4;
const userOf = (event: FeedEvent) => (event.authorKind === 'user' ? (event.authorId ?? 0) : 0);

/** A task as it stands; `status` and `action_close` say whether it is done. */
function taskBlock(event: FeedEvent, task: FeedTask, accountId: number): FormValue {
  const isResponsible = event.type === 'entity_responsible_changed';
  const responsible = isResponsible ? responsibleOf(event.valueAfter) : undefined;
  return {
    id: task.id,
    element_id: task.entityId,
    element_type: elementTypes[task.entityType],
    task_type: 1,
    text: task.text,
    status: task.completedAt !== null,
    action_close: task.completedAt !== null,
    responsible_user_id: responsible ?? task.responsibleUserId ?? 0,
    old_responsible_user_id: isResponsible ? responsibleOf(event.valueBefore) : undefined,
    date_create: seconds(task.createdAt),
    complete_till: seconds(task.dueAt),
    last_modified: seconds(event.at),
    created_user_id: task.createdBy,
    modified_user_id: userOf(event),
    account_id: accountId,
  };
}

/** A note that a person wrote, or that a client's click or visit left: then `text` is the address. */
function noteBlock(event: FeedEvent, written: string | undefined): FormValue {
  const [value] = event.valueAfter as { note?: { id?: number }; url?: string }[];
  return {
    id: value?.note?.id ?? 0,
    note_type: event.type === 'common_note_added' ? COMMON_NOTE : event.type === 'link_followed' ? 'link_followed' : 'site_visit',
    text: written ?? value?.url ?? '',
    element_type: elementTypes[event.entityType],
    element_id: event.entityId,
    created_by: userOf(event),
    date_create: seconds(event.at),
  };
}

/** An incoming lead came, or was accepted or declined: it arrives as deleted from the incoming ones. */
function unsortedBlock(event: FeedEvent, card: FeedCard, incoming: 'came' | 'accept' | 'decline' | undefined): FormValue {
  const stage = stageOf(incoming === 'came' ? event.valueAfter : event.valueBefore);
  const action = incoming === 'came' ? undefined : incoming;
  return {
    uid: String(card.id),
    category: 'chats',
    action,
    lead_id: card.id,
    contact_id: event.contactId,
    pipeline_id: stage?.pipeline_id ?? card.pipelineId,
    created_at: seconds(card.createdAt),
    modified_user_id: userOf(event),
  };
}

function stageOf(values: unknown[]): { id?: number; pipeline_id?: number } | undefined {
  return (values[0] as { lead_status?: { id?: number; pipeline_id?: number } } | undefined)?.lead_status;
}

function responsibleOf(values: unknown[]): number | undefined {
  return (values[0] as { responsible_user?: { id?: number | null } } | undefined)?.responsible_user?.id ?? undefined;
}
