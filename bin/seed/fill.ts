/** Fills an account with made-up clients, conversations, messages, events and their summaries: the same for the same seed and end. */
import type { Sql } from '../../db/connection.ts';
import type { Frame } from './account.ts';
import { type TableWriter, tableWriter } from './copy.ts';
import { gatherCounts } from './counts.ts';
import { newPerson, type Person, writePerson } from './people.ts';
import { type Random, randomOf } from './random.ts';
import { storyOf } from './story.ts';
import { columnsOf, tableNames, type Writers } from './tables.ts';
import { type Talk, writeTalk } from './talk.ts';

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
      eventId = writeTalk({ random, frame, write, counts, talk, untilAt }, eventId);
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
