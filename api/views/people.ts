import type { ChannelRegistry } from '../../channels/index.ts';
import type { Sql } from '../../db/connection.ts';
import { type ChatRow, type ContactRow, chatsOf, findContact, identitiesOf } from '../../db/stores/contacts.ts';
import { conversationsOfLead } from '../../db/stores/conversations.ts';
import { type FieldRow, listFields } from '../../db/stores/fields.ts';
import { findLead, type LeadRow } from '../../db/stores/leads.ts';
import { listPipelines } from '../../db/stores/pipelines.ts';
import { runsOfCard } from '../../db/stores/runs.ts';
import { teamOfContact } from '../../db/stores/team.ts';
import { abilitiesIn } from '../../domain/message/abilities.ts';
import { accountOwnerOf } from '../../domain/message/business.ts';
import type { Actor } from '../actor.ts';
import type { Contact, Lead, LeadItem, Stage } from '../contract/leads.ts';
import { beginnable } from '../write-first.ts';
import { named } from './common.ts';
import { channelRef, conversationItem } from './conversations.ts';
import { runView } from './runs.ts';

interface Deps {
  sql: Sql;
  channels: ChannelRegistry;
}

/** Most conversations and runs that a card carries; the rest is in their own lists. */
const SHOWN = 50;

export async function contactView(deps: Deps, actor: Actor, contactId: number): Promise<Contact | undefined> {
  const row = await findContact(deps.sql, actor, contactId);
  if (row === undefined) return undefined;
  const [identities, chats, definitions, team] = await Promise.all([
    identitiesOf(deps.sql, actor.accountId, contactId),
    chatsOf(deps.sql, actor, contactId),
    listFields(deps.sql, actor.accountId, ['contact']),
    teamOfContact(deps.sql, actor.accountId, contactId),
  ]);
  const phone = firstValue(row, definitions, 'PHONE');
  return {
    id: row.id,
    name: row.name,
    firstName: row.firstName,
    lastName: row.lastName,
    phone,
    email: firstValue(row, definitions, 'EMAIL'),
    responsible: named(row.responsibleId, row.responsibleName),
    mayEdit: row.mayEdit,
    tags: row.tags,
    fields: row.fields,
    identities,
    chats: chats.map((chat) => ({
      id: chat.id,
      channel: channelRef(deps.channels, { id: chat.channelId, type: chat.channelType, name: nameOf(chat) }),
      kind: chat.kind,
      reachable: chat.reachable,
      words: chat.words,
      lastMessageAt: chat.lastMessageAt,
      lastClientAt: chat.lastClientAt,
      windowMs: abilitiesIn(chat.channelType, chat.externalChatId).windowMs ?? null,
      conversationNumber: chat.talkNumber,
      bot: chat.botRunId === null ? null : { runId: chat.botRunId, name: chat.botName ?? '' },
    })),
    canBegin: await beginnable(deps, actor.accountId, contactId, phone),
    participants: team?.participants ?? [],
    blocked: team?.blockedAt == null ? null : { at: team.blockedAt, by: named(team.blockedById, team.blockedByName) },
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

/** A client's chats in the accounts that one channel answers for are told apart by whose these are. */
function nameOf({ channelName, channelFacts, externalChatId }: ChatRow): string {
  const owner = accountOwnerOf(externalChatId, channelFacts);
  return owner === undefined ? channelName : `${channelName} · ${owner}`;
}

function firstValue(row: ContactRow, definitions: FieldRow[], code: string): string | null {
  const field = definitions.find((one) => one.code === code);
  const value = field === undefined ? undefined : row.fields[field.id]?.[0]?.value;
  return value === undefined ? null : String(value);
}

const stageOf = (row: LeadRow): Stage => ({
  id: row.stageId,
  name: row.stageName,
  kind: row.stageKind,
  sort: row.stageSort,
  colour: row.stageColour,
});

export function leadItem(row: LeadRow): LeadItem {
  return {
    id: row.id,
    name: row.name,
    price: row.price,
    pipelineId: row.pipelineId,
    stage: stageOf(row),
    responsible: named(row.responsibleId, row.responsibleName),
    mayEdit: row.mayEdit,
    contact: named(row.contactId, row.contactName),
    tags: row.tags,
    lastMessage: row.messageAt === null ? null : { text: row.messageText ?? '', author: row.messageAuthor ?? 'system', at: row.messageAt },
    waitingSince: row.waitingSince,
    answerDueAt: row.answerDueAt,
    missedAt: row.missedAt,
    unread: row.hasUnread,
    unreadCount: row.unread,
    bots: row.bots,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

/** The card of a lead, whole. */
export async function leadView(deps: Deps, actor: Actor, leadId: number): Promise<Lead | undefined> {
  const row = await findLead(deps.sql, actor, leadId);
  if (row === undefined) return undefined;
  const [pipelines, contact, definitions, conversations, runs] = await Promise.all([
    listPipelines(deps.sql, actor.accountId, row.pipelineId),
    row.contactId === null ? undefined : contactView(deps, actor, row.contactId),
    listFields(deps.sql, actor.accountId, ['lead', 'contact']),
    conversationsOfLead(deps.sql, actor, leadId, SHOWN),
    runsOfCard(deps.sql, actor, { type: 'lead', id: leadId }, true, SHOWN),
  ]);
  return {
    id: row.id,
    name: row.name,
    price: row.price,
    pipeline: pipelines[0]!,
    stage: stageOf(row),
    responsible: named(row.responsibleId, row.responsibleName),
    mayEdit: row.mayEdit,
    contact: contact ?? null,
    tags: row.tags,
    fields: row.fields,
    definitions,
    conversations: conversations.map((conversation) => conversationItem(deps.channels, conversation)),
    runs: runs.map(runView),
    isRead: row.hasInWork && !row.hasUnread,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    closedAt: row.closedAt,
  };
}
