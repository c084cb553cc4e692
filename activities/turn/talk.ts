/** Asks the rules of a conversation and turns what they answer into rows: number, lead, openings, events, notifications, ends of listeners. */

import { nextIds, nextNumber } from '../../db/turns/load.ts';
import type { ChatRow, ContactRow, ConversationRow, LeadRow } from '../../db/turns/rows.ts';
import { camelRows } from '../../db/turns/rows.ts';
import { chooseLead } from '../../domain/conversation/choose-lead.ts';
import { decide } from '../../domain/conversation/decide.ts';
import type { Author, ConversationEffect, ConversationEvent, Talk } from '../../domain/conversation/model.ts';
import { chooseResponsible, type ResponsibleRule } from '../../domain/conversation/responsible.ts';
import { isWindowClosed } from '../../domain/message/window.ts';
import { forgetResponse, noteResponse } from './summaries.ts';
import { tellMissed } from './tell.ts';
import {
  abilitiesOfChat,
  addEvent,
  changeChat,
  changeContact,
  changeLead,
  changeTalk,
  channelOf,
  isBlocked,
  leadOf,
  type World,
} from './world.ts';

/** What follows for bots: they are told by the caller, after the message itself is stored. */
export interface TalkOutcome {
  opened?: 'born' | 'reopened';
  /** The close was taken: closed, or a poll is planned that the conversation closes after. */
  closedBy?: Author;
}

/** Lets one event happen to a chat's conversation. `by`: who wrote a reply that was accepted. */
export async function applyToTalk(w: World, chat: ChatRow, event: ConversationEvent, by?: Author): Promise<TalkOutcome> {
  const row = w.talks.get(chat.id);
  const before = row === undefined ? undefined : talkOf(row);
  const { state, effects } = decide(
    { kind: chat.kind, blocked: isBlocked(w, chat), client: clientOf(w, chat), ...(before === undefined ? {} : { talk: before }) },
    event,
    w.rules,
  );
  const outcome: TalkOutcome = {};
  const talk = state.talk;
  if (talk !== undefined && talk !== before) {
    const opened = effects.find((effect) => effect.type === 'opened');
    if (opened?.type === 'opened') {
      outcome.opened = opened.how;
      await openTalkRow(w, chat, row, talk, opened.how);
    } else if (row !== undefined) changeTalk(w, row, changedColumns(before!, talk));
  }
  for (const effect of effects) apply(w, chat, effect, outcome);
  if (event.type === 'replyAccepted') {
    noteFirstReply(w, chat, event.by, event.at);
    const now = w.talks.get(chat.id);
    if (now !== undefined && before?.stoppedBy?.messageId !== event.messageId)
      noteResponse(w, chat, now, event.messageId, by ?? { kind: 'system' }, event.at);
  } else if (event.type === 'replyRefused') await forgetResponse(w, chat, event.messageId, talk);
  return outcome;
}

/** What forbids a poll, by the rows as they stand. */
function clientOf(w: World, chat: ChatRow) {
  const polledAt = w.contact?.polledAt ?? undefined;
  const closed = isWindowClosed(abilitiesOfChat(w, chat), chat.lastClientAt, w.at);
  return { reachable: chat.reachable && !closed, blocked: w.contact?.blockedAt != null, ...(polledAt === undefined ? {} : { polledAt }) };
}

export function talkOf(row: ConversationRow): Talk {
  return {
    number: row.number,
    status: row.status,
    isRead: row.isRead,
    opening: row.opening,
    openedAt: row.openedAt,
    missedReported: row.missedReported,
    ...(row.closedAt === null ? {} : { closedAt: row.closedAt }),
    ...(row.entityType === null || row.entityId === null ? {} : { entity: { type: row.entityType, id: row.entityId } }),
    ...(row.waitingSince === null ? {} : { waitingSince: row.waitingSince }),
    ...(row.unansweredAt === null ? {} : { unansweredAt: row.unansweredAt }),
    ...(row.answerDueAt === null ? {} : { answerDueAt: row.answerDueAt }),
    ...(row.missedAt === null ? {} : { missedAt: row.missedAt }),
    ...(row.stoppedBy === null ? {} : { stoppedBy: row.stoppedBy }),
    ...(row.poll === null ? {} : { poll: row.poll }),
  };
}

function talkColumns(talk: Talk) {
  return {
    status: talk.status,
    isRead: talk.isRead,
    opening: talk.opening,
    openedAt: talk.openedAt,
    closedAt: talk.closedAt ?? null,
    waitingSince: talk.waitingSince ?? null,
    unansweredAt: talk.unansweredAt ?? null,
    answerDueAt: talk.answerDueAt ?? null,
    missedAt: talk.missedAt ?? null,
    missedReported: talk.missedReported,
    stoppedBy: talk.stoppedBy ?? null,
    poll: talk.poll ?? null,
  };
}

/** Only what the rules changed: a client's next message moves two or three columns of thirty. */
function changedColumns(before: Talk, after: Talk): Partial<ReturnType<typeof talkColumns>> {
  const old: Record<string, unknown> = talkColumns(before);
  return Object.fromEntries(Object.entries(talkColumns(after)).filter(([name, value]) => old[name] !== value));
}

async function openTalkRow(w: World, chat: ChatRow, row: ConversationRow | undefined, talk: Talk, how: 'born' | 'reopened'): Promise<void> {
  const current = how === 'reopened' ? row : undefined;
  const card = await cardFor(w, chat, row, current);
  let stored: ConversationRow;
  if (current === undefined) {
    const number = await nextNumber(w.tx, w.accountId);
    stored = {
      accountId: w.accountId,
      number,
      chatId: chat.id,
      channelId: chat.channelId,
      contactId: chat.contactId,
      ...card,
      ...talkColumns(talk),
      readBy: null,
      readAt: null,
      respondedOpening: 0,
      rate: null,
      lastMessageAt: w.at,
      createdAt: w.at,
      updatedAt: w.at,
    };
    w.changes.newConversations.push(stored);
    w.talks.set(chat.id, stored);
    changeChat(w, chat, { talkNumber: number });
  } else {
    stored = current;
    changeTalk(w, stored, { ...talkColumns(talk), ...card });
  }
  w.changes.openings.opened.push({ number: stored.number, opening: talk.opening, how, openedAt: talk.openedAt });
}

/** What an opening hangs on: the customer a person hung the chat's last conversation on, else a lead. */
async function cardFor(
  w: World,
  chat: ChatRow,
  last: ConversationRow | undefined,
  current: ConversationRow | undefined,
): Promise<Pick<ConversationRow, 'entityType' | 'entityId'>> {
  if (last?.entityType === 'customer') return { entityType: 'customer', entityId: last.entityId };
  return { entityType: 'lead', entityId: (await leadFor(w, chat, current)).id };
}

/** The lead of an opening: the one it hangs on while that is open, else the contact's latest open one, else a new incoming lead. */
async function leadFor(w: World, chat: ChatRow, current: ConversationRow | undefined): Promise<LeadRow> {
  const attached = current && leadOf(w, chat);
  if (attached !== undefined && !isFinal(w, attached)) return attached;
  const pipelineId = pipelineFor(w, chat);
  const isNewContact = w.changes.newContacts.some((contact) => contact.id === chat.contactId);
  const open = isNewContact
    ? []
    : camelRows<LeadRow>(
        await w.tx`select * from leads where account_id = ${w.accountId} and contact_id = ${chat.contactId} and closed_at is null`,
      );
  for (const lead of open) if (!w.leads.has(lead.id)) w.leads.set(lead.id, lead);
  const fresh = w.changes.newLeads.filter((lead) => lead.contactId === chat.contactId);
  const chosen = chooseLead({ openLeads: [...open, ...fresh], channelPipelineId: pipelineId });
  return chosen === 'newIncoming' ? newIncomingLead(w, chat, pipelineId) : w.leads.get(chosen)!;
}

export function isFinal(w: World, lead: LeadRow): boolean {
  const stage = w.account.stages.find(({ pipelineId, id }) => pipelineId === lead.pipelineId && id === lead.statusId);
  return stage?.kind === 'won' || stage?.kind === 'lost';
}

function pipelineFor(w: World, chat: ChatRow): number {
  const wanted = channelOf(w, chat)?.settings.pipelineId;
  const { pipelines } = w.account;
  const found = pipelines.find(({ id }) => id === wanted) ?? pipelines.find(({ isMain }) => isMain) ?? pipelines[0];
  if (found === undefined) throw new Error(`account ${w.accountId} has no pipeline`);
  return found.id;
}

async function newIncomingLead(w: World, chat: ChatRow, pipelineId: number): Promise<LeadRow> {
  const stages = w.account.stages.filter((stage) => stage.pipelineId === pipelineId);
  const stage = stages.find(({ kind }) => kind === 'incoming') ?? stages[0];
  if (stage === undefined) throw new Error(`pipeline ${pipelineId} has no stage`);
  const [id] = await nextIds(w.tx, 'leads', 1);
  const responsibleUserId = await responsibleFor(w, chat);
  if (w.contact !== undefined && w.contact.responsibleUserId === null && responsibleUserId !== null)
    takeClient(w, chat, w.contact, responsibleUserId);
  const lead: LeadRow = {
    accountId: w.accountId,
    id: id!,
    name: `${w.contact?.name ?? ''}`.trim() || `#${id}`,
    price: 0,
    pipelineId,
    statusId: stage.id,
    responsibleUserId,
    contactId: chat.contactId,
    companyId: w.contact?.companyId ?? null,
    channelId: chat.channelId,
    tagIds: [],
    fields: {},
    createdAt: w.at,
    updatedAt: w.at,
    closedAt: null,
  };
  w.changes.newLeads.push(lead);
  w.leads.set(lead.id, lead);
  const valueAfter = [{ lead_status: { id: stage.id, pipeline_id: pipelineId } }];
  addEvent(w, chat, { type: 'lead_added', entityType: 'lead', entityId: lead.id, leadId: lead.id, valueAfter }, { kind: 'system' });
  return lead;
}

/** Rights to a conversation follow its contact, so a client who was nobody's (new, or known before without having written) belongs to whom the lead belongs. */
function takeClient(w: World, chat: ChatRow, contact: ContactRow, responsibleUserId: number): void {
  const known = !w.changes.newContacts.includes(contact);
  changeContact(w, contact, { responsibleUserId });
  if (!known) return;
  addEvent(
    w,
    chat,
    {
      type: 'entity_responsible_changed',
      entityType: 'contact',
      entityId: contact.id,
      valueBefore: [{ responsible_user: { id: null } }],
      valueAfter: [{ responsible_user: { id: responsibleUserId } }],
    },
    { kind: 'system' },
  );
}

async function responsibleFor(w: World, chat: ChatRow): Promise<number | null> {
  const activeUserIds = new Set([...w.account.users.values()].filter(({ isActive }) => isActive).map(({ id }) => id));
  const channel = channelOf(w, chat);
  const setting = channel?.settings.responsible ?? { rule: 'connectingUser' as const };
  const contactResponsibleId = w.contact?.responsibleUserId ?? undefined;
  let rule: ResponsibleRule = { rule: 'nobody' };
  if (setting.rule === 'connectingUser')
    rule = channel?.connectedBy == null ? { rule: 'nobody' } : { rule: 'connectingUser', userId: channel.connectedBy };
  else if (setting.rule === 'fixed') rule = setting;
  else if (setting.rule === 'roundRobin' && (contactResponsibleId === undefined || !activeUserIds.has(contactResponsibleId))) {
    const userIds = [...activeUserIds].sort((a, b) => a - b);
    const [turn] = await w.tx<
      { round_robin: number }[]
    >`update counters set round_robin = round_robin + 1 where account_id = ${w.accountId} returning round_robin`;
    const lastUserId = userIds[(turn!.round_robin - 1) % Math.max(1, userIds.length)];
    rule = { rule: 'roundRobin', userIds, ...(lastUserId === undefined ? {} : { lastUserId }) };
  }
  return (
    chooseResponsible({ ...(contactResponsibleId === undefined ? {} : { contactResponsibleId }), setting: rule, activeUserIds }) ?? null
  );
}

function apply(w: World, chat: ChatRow, effect: ConversationEffect, outcome: TalkOutcome): void {
  const talk = w.talks.get(chat.id);
  if (talk === undefined) return;
  switch (effect.type) {
    case 'opened':
      return;
    case 'closed':
      outcome.closedBy = effect.by;
      w.changes.openings.closed.push({ number: talk.number, opening: talk.opening, at: w.at, by: effect.by });
      return;
    case 'pollPlanned':
      outcome.closedBy = effect.by;
      return;
    case 'pollDue':
    case 'pollDropped':
      // Runs are begun and ended by who steps them: see poll.ts.
      w.polls.push({ chatId: chat.id, effect });
      return;
    case 'record': {
      if (effect.event === 'talk_read')
        changeTalk(w, talk, { readBy: effect.author.kind === 'user' ? effect.author.id : null, readAt: w.at });
      addEvent(w, chat, { type: effect.event, entityType: 'talk', entityId: talk.number }, effect.author);
      return;
    }
    case 'notify': {
      if (effect.what === 'missed') tellMissed(w, chat);
      // Whether a bot takes the message is not known yet: see tell.ts.
      else if (w.wrote.get(chat.id) !== 'first') w.wrote.set(chat.id, effect.again === true ? 'again' : 'first');
      return;
    }
    case 'withdrawNotifications':
      // Those of this very turn are not in the table yet: a message and a close that arrive together leave none behind.
      w.changes.notifications = w.changes.notifications.filter((one) => one.conversationNumber !== talk.number || one.what === 'npsAlarm');
      w.wrote.delete(chat.id);
      w.changes.withdrawnNotifications.push({ conversationNumber: talk.number, at: w.at });
      w.changes.readUpTo.push({ chatId: chat.id, position: chat.lastPosition });
      return;
    default:
      effect satisfies never;
  }
}

function noteFirstReply(w: World, chat: ChatRow, by: 'person' | 'bot', at: number): void {
  const talk = w.talks.get(chat.id);
  if (talk !== undefined && by === 'person') w.changes.openings.replied.push({ number: talk.number, opening: talk.opening, at });
}

/** A person's reply accepts an incoming lead: it moves to the pipeline's first real stage. */
export function acceptIncoming(w: World, chat: ChatRow, author: Author): void {
  const lead = leadOf(w, chat);
  if (lead === undefined) return;
  const stages = w.account.stages.filter((stage) => stage.pipelineId === lead.pipelineId);
  const first = stages.find(({ kind }) => kind === 'open');
  if (first === undefined || stages.find(({ id }) => id === lead.statusId)?.kind !== 'incoming') return;
  moveLead(w, chat, lead, first.id, lead.pipelineId, author);
}

/** Moves a lead to a stage, with its event. Final stages close it. */
export function moveLead(w: World, chat: ChatRow | undefined, lead: LeadRow, statusId: number, pipelineId: number, author: Author): void {
  if (lead.statusId === statusId && lead.pipelineId === pipelineId) return;
  const stage = w.account.stages.find((one) => one.pipelineId === pipelineId && one.id === statusId);
  if (stage === undefined) return;
  const before = { lead_status: { id: lead.statusId, pipeline_id: lead.pipelineId } };
  changeLead(w, lead, { statusId, pipelineId, closedAt: stage.kind === 'won' || stage.kind === 'lost' ? w.at : null });
  addEvent(
    w,
    chat,
    {
      type: 'lead_status_changed',
      entityType: 'lead',
      entityId: lead.id,
      leadId: lead.id,
      valueBefore: [before],
      valueAfter: [{ lead_status: { id: statusId, pipeline_id: pipelineId } }],
    },
    author,
  );
}
