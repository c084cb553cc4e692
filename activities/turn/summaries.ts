/**
 * What a turn means for reports: stretches that replies ended, and counts. Everything is read off the rows the turn writes anyway, so whatever causes
 * them (a client, a person, a bot, a deadline, a receipt) is counted in the same transaction, once.
 */

import { type ChatRow, type ConversationRow, camelRows, type EventRow, type ResponseRow } from '../../db/turns/rows.ts';
import { bucketOf } from '../../domain/analytics/buckets.ts';
import { dayOf } from '../../domain/analytics/periods.ts';
import {
  gather,
  type Metric,
  messageBuckets,
  openedBuckets,
  outcomeBuckets,
  rateBucket,
  type Total,
} from '../../domain/analytics/totals.ts';
import type { Author, Talk } from '../../domain/conversation/model.ts';
import type { RunOutcome } from '../../domain/scenario/model.ts';
import { workingTimeBetween } from '../../domain/schedule/working-time.ts';
import { changeTalk, type World } from './world.ts';

/** The messenger accepted a reply, and the clock stopped by it: one response, with the working hours that are set now. */
export function noteResponse(w: World, chat: ChatRow, talk: ConversationRow, messageId: string, by: Author, answeredAt: number): void {
  const { stoppedBy } = talk;
  if (stoppedBy?.messageId !== messageId) return;
  const isFirst = talk.respondedOpening < talk.opening;
  w.changes.responses.push({
    accountId: w.accountId,
    messageId,
    number: talk.number,
    opening: talk.opening,
    channelId: chat.channelId,
    responsibleId: w.contact?.responsibleUserId ?? null,
    ...authorColumns(by),
    ...durations(w, stoppedBy.waitingSince, answeredAt),
    isFirst,
    missed: stoppedBy.missedReported,
  });
  if (isFirst) changeTalk(w, talk, { respondedOpening: talk.opening });
}

/**
 * A reply was refused after it had been accepted: its response goes, with what was counted for it. Another reply that answered the same stretch takes
 * its place; where it was the first of its opening, the next response becomes the first.
 */
export async function forgetResponse(w: World, chat: ChatRow, messageId: string, after: Talk | undefined): Promise<void> {
  const row = await takeResponse(w, messageId);
  if (row === undefined) return;
  const heir = after?.stoppedBy;
  if (heir?.waitingSince === row.waitingSince && heir.messageId !== messageId && (await inherit(w, row, heir.messageId))) return;
  if (!row.isFirst) return;
  const next = await nextOf(w, row);
  const talk = w.talks.get(chat.id);
  if (next !== undefined) {
    const fresh = w.changes.responses.includes(next);
    if (!fresh) {
      await w.tx`update responses set is_first = true where account_id = ${w.accountId} and message_id = ${next.messageId}`;
      w.changes.counts.push(...ofResponse(w, next, -1), ...ofResponse(w, { ...next, isFirst: true }, 1));
    }
    next.isFirst = true;
  } else if (talk?.number === row.number && talk.opening === row.opening) changeTalk(w, talk, { respondedOpening: row.opening - 1 });
}

/** All counts of the turn. Call it once, when everything is decided. */
export function countTurn(w: World): Total[] {
  const { changes } = w;
  const counts: Total[] = [...changes.counts];
  for (const message of changes.messages) {
    const writer = {
      userId: message.authorKind === 'user' ? message.authorId : 0,
      botId: message.authorKind === 'bot' ? message.authorId : 0,
    };
    counts.push(one(w, 'messages', message.writtenAt, w.chats.get(message.chatId), messageBuckets[message.authorKind], writer));
  }
  for (const response of changes.responses) counts.push(...ofResponse(w, response, 1));
  for (const event of changes.events) counts.push(...ofEvent(w, event));
  return gather(counts);
}

function ofEvent(w: World, event: EventRow): Total[] {
  const talk =
    event.conversationNumber === null ? undefined : [...w.talks.values()].find(({ number }) => number === event.conversationNumber);
  const chat = talk && w.chats.get(talk.chatId);
  switch (event.type) {
    case 'talk_created':
      return [one(w, 'opened', event.at, chat, openedBuckets.born)];
    case 'talk_reopened':
      return [one(w, 'opened', event.at, chat, openedBuckets.reopened)];
    case 'talk_closed':
      return [
        one(w, 'closed', event.at, chat, 0, {
          userId: event.authorKind === 'user' ? event.authorId : 0,
          botId: event.authorKind === 'bot' ? event.authorId : 0,
        }),
      ];
    case 'talk_missed_event':
      return [one(w, 'missed', event.at, chat, 0)];
    case 'nps_rate_added':
      // A rate that replaces an earlier one of its opening says so in its values before, and takes it back.
      return [...ofRate(w, event, chat, event.valueAfter, 1), ...ofRate(w, event, chat, event.valueBefore, -1)];
    case 'bot_started':
      return [ofRun(w, 'bot_started', event, 0)];
    case 'bot_ended': {
      const { outcome } = event.valueAfter[0] as { outcome: RunOutcome };
      return [ofRun(w, 'bot_ended', event, outcomeBuckets[outcome])];
    }
    default:
      return [];
  }
}

function ofRate(w: World, event: EventRow, chat: ChatRow | undefined, values: unknown[], count: 1 | -1): Total[] {
  const rate = (values[0] as { nps?: { rate?: unknown } } | undefined)?.nps?.rate;
  if (typeof rate !== 'number') return [];
  const total = one(w, 'rate', event.at, chat, rateBucket(rate, w.settings.nps.scale.to));
  return [{ ...total, count, sum: count * rate }];
}

function ofRun(w: World, metric: Metric, event: EventRow, bucket: number): Total {
  const run = event.runId === null ? undefined : w.runs.get(event.runId);
  const chat = run?.chatId == null ? undefined : w.chats.get(run.chatId);
  const total = one(w, metric, event.at, chat, bucket, { botId: run?.botId ?? 0 });
  const lead = run?.leadId == null ? undefined : w.leads.get(run.leadId);
  return {
    ...total,
    responsibleId: w.contact === undefined ? (lead?.responsibleUserId ?? 0) : total.responsibleId,
  };
}

function one(
  w: World,
  metric: Metric,
  at: number,
  chat: ChatRow | undefined,
  bucket: number,
  by: { userId?: number | null; botId?: number | null } = {},
): Total {
  return {
    metric,
    day: dayOf(at, w.account.timeZone),
    channelId: chat?.channelId ?? 0,
    responsibleId: w.contact?.responsibleUserId ?? 0,
    userId: by.userId ?? 0,
    botId: by.botId ?? 0,
    bucket,
    count: 1,
    sum: 0,
  };
}

/** Both durations of a response, on the day of the answer. */
function ofResponse(w: World, row: ResponseRow, count: 1 | -1): Total[] {
  const which = row.isFirst ? 'first' : 'later';
  const total = (metric: Metric, ms: number): Total => ({
    metric,
    day: dayOf(row.answeredAt, w.account.timeZone),
    channelId: row.channelId,
    responsibleId: row.responsibleId ?? 0,
    userId: row.userId ?? 0,
    botId: row.botId ?? 0,
    bucket: bucketOf(ms),
    count,
    sum: count * ms,
  });
  return [total(`${which}_raw`, row.rawMs), total(`${which}_working`, row.workingMs)];
}

function durations(w: World, since: number, until: number) {
  // As the columns keep them: whole milliseconds, so that a stored response can be worked out again.
  const [waitingSince, answeredAt] = [Math.trunc(since), Math.trunc(until)];
  return {
    waitingSince,
    answeredAt,
    rawMs: Math.max(0, answeredAt - waitingSince),
    workingMs: workingTimeBetween(w.settings.schedule, waitingSince, answeredAt),
  };
}

function authorColumns(by: Author): Pick<ResponseRow, 'byKind' | 'userId' | 'botId'> {
  if (by.kind === 'bot') return { byKind: 'bot', userId: null, botId: by.botId };
  // A person who answered in the messenger's own app has no name here.
  return { byKind: 'user', userId: by.kind === 'user' && by.id > 0 ? by.id : null, botId: null };
}

/** Takes a response away, whether it was stored or is of this very turn, with its counts. */
async function takeResponse(w: World, messageId: string): Promise<ResponseRow | undefined> {
  const index = w.changes.responses.findIndex((one) => one.messageId === messageId);
  if (index >= 0) return w.changes.responses.splice(index, 1)[0];
  const rows = await w.tx`delete from responses where account_id = ${w.accountId} and message_id = ${messageId} returning *`;
  const row = camelRows<ResponseRow>(rows)[0];
  if (row !== undefined) w.changes.counts.push(...ofResponse(w, row, -1));
  return row;
}

/** The stretch of `row` counts as answered by another message that the messenger had accepted too. */
async function inherit(w: World, row: ResponseRow, messageId: string): Promise<boolean> {
  const [message] = await w.tx<{ author_kind: Author['kind']; author_id: number | null; accepted_at: number | null }[]>`
    select author_kind, author_id, accepted_at from messages where account_id = ${w.accountId} and id = ${messageId}`;
  if (message === undefined) return false;
  const by: Author =
    message.author_kind === 'bot'
      ? { kind: 'bot', botId: message.author_id ?? 0, runId: '' }
      : { kind: 'user', id: message.author_id ?? 0 };
  w.changes.responses.push({
    ...row,
    messageId,
    ...authorColumns(by),
    ...durations(w, row.waitingSince, message.accepted_at ?? row.answeredAt),
  });
  return true;
}

/** The earliest other response of the same opening. */
async function nextOf(w: World, row: ResponseRow): Promise<ResponseRow | undefined> {
  const rows = await w.tx`
    select * from responses where account_id = ${w.accountId} and number = ${row.number} and opening = ${row.opening} and message_id <> ${row.messageId}
    order by answered_at limit 1`;
  const stored = camelRows<ResponseRow>(rows)[0];
  return stored ?? w.changes.responses.find((one) => one.number === row.number && one.opening === row.opening);
}
