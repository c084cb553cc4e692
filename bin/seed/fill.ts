/** Fills an account with made-up clients, conversations, messages, events and their summaries: the same for the same seed and end. */
import type { Sql } from '../../db/connection.ts';
import { messageBuckets, openedBuckets, outcomeBuckets, rateBucket } from '../../domain/analytics/totals.ts';
import { workingTimeBetween } from '../../domain/schedule/working-time.ts';
import type { Frame } from './account.ts';
import { at, type TableWriter, tableWriter } from './copy.ts';
import { type CountOf, gatherCounts } from './counts.ts';
import { type Random, randomOf } from './random.ts';
import { type Language, leadName, personName } from './sentences.ts';
import { LATE_MS, type Story, storyOf } from './story.ts';
import { columnsOf, type SeededTable, tableNames } from './tables.ts';

export interface FillOptions {
  databaseUrl: string;
  sql: Sql;
  frame: Frame;
  conversations: number;
  messages: number;
  seed: number;
  /** Nothing is younger. */
  untilAt: number;
  onProgress(conversations: number): void;
}

export interface Filled {
  rows: Record<string, number>;
}

const DAY_MS = 86_400_000;
const SPAN_MS = 390 * DAY_MS;
const OPEN_SHARE = 0.02;
/** A contact of every so many has a second chat: one conversation in five is such a one. */
const BLOCK = 5;

type Writers = Record<SeededTable, (cells: (string | number | boolean | null)[]) => void>;

export async function fill(options: FillOptions): Promise<Filled> {
  const { databaseUrl, sql, frame, conversations, messages, seed, untilAt } = options;
  const random = randomOf(seed);
  // Two writers share the messages: their index of words is most of the work.
  const writers: TableWriter[] = [];
  const write = {} as Writers;
  for (const table of tableNames) {
    const shares = Array.from({ length: table === 'messages' ? 2 : 1 }, () => tableWriter(databaseUrl, table, columnsOf[table]));
    writers.push(...shares);
    let turn = 0;
    write[table] = (cells) => {
      turn += 1;
      shares[turn % shares.length]!.write(cells);
    };
  }
  const ids = await reserveIds(sql, { contacts: conversations, leads: conversations, events: messages * 2 + conversations * 20 });
  const counts = gatherCounts(frame.timeZone);
  const wishes = messageCounts(random, conversations, messages);
  const people: Person[] = [];
  let persons = 1;
  let eventId = ids.events;
  try {
    for (let index = 0; index < conversations; index += 1) {
      const startAt = Math.floor(untilAt - SPAN_MS + ((index + random.next()) / conversations) * (SPAN_MS - 60_000));
      const isSecond = index % BLOCK === BLOCK - 1;
      const person = isSecond
        ? people[people.length - (BLOCK - 1)]!
        : newPerson(random, frame, { contactId: ids.contacts + persons, leadId: ids.leads + persons });
      if (!isSecond) {
        people.push(person);
        persons += 1;
      }
      const isOpen = index >= conversations * (1 - OPEN_SHARE);
      const story = storyOf(random, {
        language: person.language,
        startAt,
        untilAt,
        messages: wishes[index]!,
        isOpen,
        userIds: frame.userIds,
        userId: person.responsibleId,
      });
      const talk: Talk = { number: index + 1, story, isOpen, isSecond, person, chatId: random.uuid(), startAt };
      if (!isSecond) writePerson(random, frame, write, talk);
      eventId = writeTalk(random, frame, write, counts, talk, eventId, untilAt);
      // People further back have no second chat any more.
      if (people.length > 64) people.splice(0, people.length - BLOCK);
      if (index % 100 === 99) {
        await Promise.all(writers.map((writer) => writer.settle()));
        if (index % 2000 === 1999) options.onProgress(index + 1);
      }
    }
    for (const total of counts.totals()) {
      write.daily_totals([
        frame.accountId,
        total.metric,
        total.day,
        total.channelId,
        total.responsibleId,
        total.userId,
        total.botId,
        total.bucket,
        total.shard,
        total.count,
        total.sum,
      ]);
    }
  } finally {
    await Promise.all(writers.map((writer) => writer.end()));
  }
  await sql`update counters set conversation_number = ${conversations} where account_id = ${frame.accountId}`;
  const rows: Record<string, number> = {};
  for (const writer of writers) rows[writer.table] = (rows[writer.table] ?? 0) + writer.rows;
  return { rows };
}

interface Person {
  language: Language;
  contactId: number;
  leadId: number;
  responsibleId: number | null;
  first: string;
  last: string;
  channel: number;
}

interface Talk {
  number: number;
  story: Story;
  isOpen: boolean;
  isSecond: boolean;
  person: Person;
  chatId: string;
  startAt: number;
}

function newPerson(random: Random, frame: Frame, own: { contactId: number; leadId: number }): Person {
  const language: Language = random.chance(0.6) ? 'ru' : 'en';
  const { first, last } = personName(random, language);
  // The first users have more clients than the last ones.
  const responsibleId = random.chance(0.08) ? null : frame.userIds[Math.floor(random.next() ** 2 * frame.userIds.length)]!;
  return { language, ...own, responsibleId, first, last, channel: random.below(frame.channelIds.length) };
}

function writePerson(random: Random, frame: Frame, write: Writers, { person, startAt, isOpen, story }: Talk): void {
  const { accountId } = frame;
  const name = `${person.first} ${person.last}`;
  const lastAt = story.messages.at(-1)!.at;
  const fields: Record<string, { value: string; code: string }[]> = {};
  if (frame.phoneFieldId !== undefined)
    fields[frame.phoneFieldId] = [{ value: `+79${String(100_000_000 + random.below(900_000_000))}`, code: 'WORK' }];
  if (frame.emailFieldId !== undefined && random.chance(0.4))
    fields[frame.emailFieldId] = [{ value: `client${person.contactId}@example.com`, code: 'WORK' }];
  write.contacts([
    accountId,
    person.contactId,
    name,
    person.first,
    person.last,
    person.responsibleId,
    JSON.stringify(fields),
    at(startAt),
    at(lastAt),
  ]);
  const isWon = !isOpen && random.chance(0.4);
  const isLost = !isOpen && !isWon && random.chance(0.5);
  const open =
    isOpen && frame.incomingStageId !== undefined && random.chance(0.2) ? frame.incomingStageId : random.pick(frame.openStageIds);
  const stageId = isWon ? frame.wonStageId : isLost ? frame.lostStageId : open;
  write.leads([
    accountId,
    person.leadId,
    leadName(random, person.language),
    (1 + random.below(200)) * 100,
    frame.pipelineId,
    stageId,
    person.responsibleId,
    person.contactId,
    frame.channelIds[person.channel]!,
    at(startAt),
    at(lastAt),
    isWon || isLost ? at(lastAt) : null,
  ]);
  write.lead_contacts([accountId, person.leadId, person.contactId]);
}

function writeTalk(
  random: Random,
  frame: Frame,
  write: Writers,
  counts: ReturnType<typeof gatherCounts>,
  talk: Talk,
  firstEventId: number,
  untilAt: number,
): number {
  const { accountId } = frame;
  const { number, story, isOpen, isSecond, person, chatId, startAt } = talk;
  const { contactId, leadId } = person;
  const channelId = frame.channelIds[(person.channel + (isSecond ? 1 : 0)) % frame.channelIds.length]!;
  const last = story.messages.at(-1)!;
  const lastClientAt = story.messages.findLast(({ by }) => by === 'client')!.at;
  const opening = story.openings.at(-1)!;
  const responsibleId = person.responsibleId ?? 0;
  const whose = { channelId, responsibleId, spread: chatId };
  const isUnread = isOpen && story.waitingSince !== null && random.chance(0.5);
  let eventId = firstEventId;
  const event = (
    type: string,
    when: number,
    authorKind: string,
    authorId: number | null,
    after: unknown,
    more: { entity?: ['lead' | 'contact' | 'talk', number]; runId?: string } = {},
  ) => {
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
  const waiting = isOpen ? story.waitingSince : null;
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

  if (!isSecond) {
    event('contact_added', startAt, 'system', null, undefined, { entity: ['contact', contactId] });
    const stage = { lead_status: { id: frame.openStageIds[0], pipeline_id: frame.pipelineId } };
    event('lead_added', startAt, 'system', null, stage, { entity: ['lead', leadId] });
  }
  const runId = story.hasBot ? random.uuid() : undefined;
  const bot = { id: frame.botId, name: frame.botName, version: 1 };
  if (runId !== undefined) {
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
    counts.add('bot_started', { ...whose, spread: runId, at: startAt, bucket: 0, botId: frame.botId });
    counts.add('bot_ended', { ...whose, spread: runId, at: endedAt, bucket: outcomeBuckets[outcome], botId: frame.botId });
  }
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
    const by = { channelId, responsibleId, spread: message.id, userId: message.userId ?? 0, at: answeredAt };
    counts.addDuration(isFirst ? 'first_raw' : 'later_raw', rawMs, by);
    counts.addDuration(isFirst ? 'first_working' : 'later_working', workingMs, by);
  }
  return eventId;
}

/** How many messages each conversation has: few have very many, all together exactly so many. */
function messageCounts(random: Random, conversations: number, messages: number): Uint32Array {
  const counts = new Uint32Array(conversations).fill(1);
  const shares = Float64Array.from(counts, () => random.gap(1));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  let left = messages - conversations;
  for (let index = 0; index < conversations; index += 1) {
    const more = Math.floor((shares[index]! / whole) * (messages - conversations));
    counts[index]! += more;
    left -= more;
  }
  for (let index = 0; left > 0; index = (index + 1) % conversations, left -= 1) counts[index]! += 1;
  return counts;
}

/** Moves the sequences on, so that rows made later do not meet the seeded ones. Returns the id before the first of each. */
async function reserveIds<Names extends string>(sql: Sql, wanted: Record<Names, number>): Promise<Record<Names, number>> {
  const first = {} as Record<Names, number>;
  for (const [table, count] of Object.entries(wanted) as [Names, number][]) {
    const [row] = await sql<{ id: number }[]>`
      select setval(pg_get_serial_sequence(${table}, 'id'), nextval(pg_get_serial_sequence(${table}, 'id')) + ${count}::bigint) id`;
    first[table] = row!.id - count;
  }
  return first;
}
