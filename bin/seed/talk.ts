/** One made-up conversation with everything that hangs on it: chat, run, messages, openings, response times, events. */
import { messageBuckets, openedBuckets, outcomeBuckets, rateBucket } from '../../domain/analytics/totals.ts';
import { workingTimeBetween } from '../../domain/schedule/working-time.ts';
import type { Frame } from './account.ts';
import { at } from './copy.ts';
import type { CountOf, gatherCounts } from './counts.ts';
import type { Person } from './people.ts';
import type { Random } from './random.ts';
import { LATE_MS, type Story } from './story.ts';
import type { Writers } from './tables.ts';

export interface Talk {
  number: number;
  story: Story;
  isOpen: boolean;
  isSecond: boolean;
  person: Person;
  chatId: string;
  startAt: number;
}

/** What the rows of one conversation share. */
interface Scene {
  random: Random;
  frame: Frame;
  write: Writers;
  counts: ReturnType<typeof gatherCounts>;
  talk: Talk;
  /** Nothing is younger. */
  untilAt: number;
  channelId: number;
  responsibleId: number;
  /** When the client's unanswered message was written; null when nobody waits. */
  waiting: number | null;
  isUnread: boolean;
  /** Of the bot that led the conversation, if one did. */
  runId: string | undefined;
  whose: { channelId: number; responsibleId: number };
  event(
    type: string,
    when: number,
    authorKind: string,
    authorId: number | null,
    after: unknown,
    more?: { entity?: ['lead' | 'contact' | 'talk', number]; runId?: string },
  ): void;
}

type Given = Pick<Scene, 'random' | 'frame' | 'write' | 'counts' | 'talk' | 'untilAt'>;

/** Writes all rows of the conversation, its events with the ids after `firstEventId`. Returns the last id. */
export function writeTalk(given: Given, firstEventId: number): number {
  const { random, frame, write, talk } = given;
  const { accountId } = frame;
  const { number, story, isOpen, isSecond, person } = talk;
  const { contactId, leadId } = person;
  const channelId = frame.channelIds[(person.channel + (isSecond ? 1 : 0)) % frame.channelIds.length]!;
  const responsibleId = person.responsibleId ?? 0;
  let eventId = firstEventId;
  const event: Scene['event'] = (type, when, authorKind, authorId, after, more = {}) => {
    eventId += 1;
    const [entityType, entityId] = more.entity ?? ['talk', number];
    write.events([
      accountId,
      eventId,
      type,
      entityType,
      entityId,
      authorKind,
      authorId,
      after === undefined ? '[]' : JSON.stringify([after]),
      number,
      contactId,
      leadId,
      more.runId ?? null,
      at(when),
    ]);
  };

  const scene: Scene = {
    ...given,
    channelId,
    responsibleId,
    waiting: isOpen ? story.waitingSince : null,
    isUnread: isOpen && story.waitingSince !== null && random.chance(0.5),
    runId: story.hasBot ? random.uuid() : undefined,
    whose: { channelId, responsibleId },
    event,
  };
  writeChat(scene);
  writeConversation(scene);
  if (!isSecond) writeBirth(scene);
  writeRun(scene);
  writeMessages(scene);
  writeOpenings(scene);
  writeResponses(scene);
  return eventId;
}

function writeChat(scene: Scene): void {
  const { frame, write, talk, channelId } = scene;
  const { accountId } = frame;
  const { number, story, person, chatId, startAt } = talk;
  const { contactId } = person;
  const last = story.messages.at(-1)!;
  const lastClientAt = story.messages.findLast(({ by }) => by === 'client')!.at;
  write.contact_identities([
    accountId,
    channelId,
    `client-${contactId}-${channelId}`,
    contactId,
    `${person.first} ${person.last}`,
    at(startAt),
  ]);
  write.chats([
    accountId,
    chatId,
    channelId,
    `client-${contactId}-${channelId}`,
    'private',
    contactId,
    number,
    story.messages.length,
    at(last.at),
    last.text,
    last.by,
    at(lastClientAt),
    at(startAt),
  ]);
}

function writeConversation(scene: Scene): void {
  const { frame, write, talk, untilAt, channelId, waiting, isUnread } = scene;
  const { accountId } = frame;
  const { number, story, isOpen, person, chatId, startAt } = talk;
  const { contactId, leadId } = person;
  const last = story.messages.at(-1)!;
  const opening = story.openings.at(-1)!;
  const missedAt = story.missedAt.at(-1) ?? null;
  write.conversations([
    accountId,
    number,
    chatId,
    channelId,
    contactId,
    'lead',
    leadId,
    isOpen ? 'in_work' : 'closed',
    !isUnread,
    isUnread ? null : (last.userId ?? person.responsibleId),
    isUnread ? null : at(last.at),
    opening.opening,
    at(opening.openedAt),
    opening.closedAt === null ? null : at(opening.closedAt),
    waiting === null ? null : at(waiting),
    waiting === null ? null : JSON.stringify([waiting]),
    waiting === null ? null : at(waiting + LATE_MS),
    missedAt === null ? null : at(missedAt),
    waiting !== null && untilAt - waiting > LATE_MS,
    story.responses.some(({ message }) => message.opening === opening.opening) ? opening.opening : 0,
    opening.rate,
    at(last.at),
    at(startAt),
    at(Math.max(last.at, opening.closedAt ?? 0)),
  ]);
}

/** The client is new: so are contact and lead. */
function writeBirth(scene: Scene): void {
  const { frame, talk, event } = scene;
  const { startAt, person } = talk;
  const { contactId, leadId } = person;
  event('contact_added', startAt, 'system', null, undefined, { entity: ['contact', contactId] });
  const stage = { lead_status: { id: frame.openStageIds[0], pipeline_id: frame.pipelineId } };
  event('lead_added', startAt, 'system', null, stage, { entity: ['lead', leadId] });
}

function writeRun(scene: Scene): void {
  const { random, frame, write, counts, talk, untilAt, runId, whose, event } = scene;
  if (runId === undefined) return;
  const { accountId } = frame;
  const { number, person, chatId, startAt } = talk;
  const { contactId, leadId } = person;
  const bot = { id: frame.botId, name: frame.botName, version: 1 };
  const outcome = random.pick(['completed', 'completed', 'completed', 'stopped', 'displaced', 'failed'] as const);
  const endedAt = Math.min(untilAt, startAt + 10 * 60_000);
  write.bot_runs([
    accountId,
    runId,
    frame.botId,
    1,
    leadId,
    contactId,
    chatId,
    number,
    'ended',
    outcome,
    `seeded/${runId}`,
    JSON.stringify({ kind: 'trigger', triggerId: 1 }),
    at(startAt),
    at(endedAt),
  ]);
  event('bot_started', startAt, 'system', null, { bot }, { entity: ['lead', leadId], runId });
  event('bot_ended', endedAt, 'bot', frame.botId, { bot, outcome, words: '' }, { entity: ['lead', leadId], runId });
  counts.add('bot_started', { ...whose, at: startAt, bucket: 0, botId: frame.botId });
  counts.add('bot_ended', { ...whose, at: endedAt, bucket: outcomeBuckets[outcome], botId: frame.botId });
}

function writeMessages(scene: Scene): void {
  const { frame, write, counts, talk, channelId, waiting, isUnread, runId, whose, event } = scene;
  const { accountId } = frame;
  const { number, story, isOpen, person, chatId } = talk;
  const { leadId } = person;
  const counted: Omit<CountOf, 'sum' | 'count'>[] = [];
  for (const [index, message] of story.messages.entries()) {
    const isIn = message.by === 'client';
    const authorId = message.by === 'user' ? message.userId : message.by === 'bot' ? frame.botId : null;
    const status = isIn ? (isOpen && isUnread && message.at >= (waiting ?? 0) ? 'accepted' : 'read') : 'delivered';
    write.messages([
      accountId,
      message.id,
      chatId,
      channelId,
      index + 1,
      isIn ? 'in' : 'out',
      message.by,
      authorId,
      message.by === 'bot' ? (runId ?? null) : null,
      message.by === 'bot' ? 1 : null,
      number,
      isIn ? `seeded-${number}-${index}` : null,
      message.text,
      status,
      isIn ? 0 : 1,
      at(message.at),
      isIn ? null : at(message.at + 400),
    ]);
    if (!isIn)
      write.parts([accountId, chatId, channelId, message.id, index + 1, 0, message.text, status, 1, at(message.at + 400), at(message.at)]);
    const about = { message: { id: message.id, origin: 'webchat', talk_id: number } };
    event(isIn ? 'incoming_chat_message' : 'outgoing_chat_message', message.at, message.by, authorId, about, { entity: ['lead', leadId] });
    counted.push({
      ...whose,
      at: message.at,
      bucket: messageBuckets[message.by],
      userId: message.userId ?? 0,
      botId: message.by === 'bot' ? frame.botId : 0,
    });
  }
  counts.addMessages(counted);
}

/** Openings, closes, rates and deadlines that passed. */
function writeOpenings(scene: Scene): void {
  const { frame, write, counts, talk, whose, event } = scene;
  const { accountId } = frame;
  const { number, story, person } = talk;
  for (const one of story.openings) {
    const isBorn = one.opening === 1;
    write.openings([
      accountId,
      number,
      one.opening,
      isBorn ? 'born' : 'reopened',
      at(one.openedAt),
      one.firstReplyAt === null ? null : at(one.firstReplyAt),
      one.closedAt === null ? null : at(one.closedAt),
      one.closedAt === null ? null : JSON.stringify({ kind: 'user', id: person.responsibleId ?? frame.userIds[0] }),
      one.rate,
    ]);
    event(isBorn ? 'talk_created' : 'talk_reopened', one.openedAt, 'client', null, { talk: { talk_id: number } });
    counts.add('opened', { ...whose, at: one.openedAt, bucket: isBorn ? openedBuckets.born : openedBuckets.reopened });
    if (one.closedAt === null) continue;
    const closer = person.responsibleId ?? frame.userIds[0]!;
    event('talk_closed', one.closedAt, 'user', closer, { talk: { talk_id: number } });
    counts.add('closed', { ...whose, at: one.closedAt, bucket: 0, userId: closer });
    if (one.rate === null) continue;
    event('nps_rate_added', one.closedAt, 'client', null, { nps: { rate: one.rate } });
    counts.add('rate', { ...whose, at: one.closedAt, bucket: rateBucket(one.rate, frame.scaleTo), sum: one.rate });
  }
  for (const late of story.missedAt) {
    event('talk_missed_event', late, 'system', null, { talk: { talk_id: number } });
    counts.add('missed', { ...whose, at: late, bucket: 0 });
  }
}

/** How long clients waited for whom. */
function writeResponses(scene: Scene): void {
  const { frame, write, counts, talk, channelId, responsibleId } = scene;
  const { accountId } = frame;
  const { number, story, person } = talk;
  for (const { message, waitingSince, isFirst, missed } of story.responses) {
    const answeredAt = message.at + 400;
    const rawMs = answeredAt - waitingSince;
    const workingMs = workingTimeBetween(frame.schedule, waitingSince, answeredAt);
    write.responses([
      accountId,
      message.id,
      number,
      message.opening,
      channelId,
      person.responsibleId,
      'user',
      message.userId,
      at(waitingSince),
      at(answeredAt),
      isFirst,
      rawMs,
      workingMs,
      missed,
    ]);
    const by = { channelId, responsibleId, userId: message.userId ?? 0, at: answeredAt };
    counts.addDuration(isFirst ? 'first_raw' : 'later_raw', rawMs, by);
    counts.addDuration(isFirst ? 'first_working' : 'later_working', workingMs, by);
  }
}
