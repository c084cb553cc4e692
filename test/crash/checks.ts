import { answerTo } from '../system/echo-bot.ts';
import { checkWorkflows } from './check-workflows.ts';
import type { Ledger } from './clients.ts';
import { groupBy } from './group.ts';
import type { CrashWorld } from './world.ts';

export interface Findings {
  conversations: number;
  messages: number;
  replies: number;
  /** Sent twice because the process that was sending was killed: the messenger knows no idempotency. */
  doubles: string[];
  /** The client answered a question whose sending was in flight in a killed process: it does not count as asked, so it is not answered. */
  excused: string[];
  /** What must never be. */
  violations: string[];
}

interface MessageRow {
  chat: string;
  direction: 'in' | 'out';
  text: string;
  pressed: boolean;
  /** Of its parts: more than one means that a claim was lost with its process. */
  attempts: number;
  /** A close took it back before it went out. */
  withdrawn: boolean;
}

/**
 * Compares what clients did and got with rows and workflows. Call it when everything runs and nothing is under way.
 * `others`: further chats of the channel that have a conversation but whose messages are checked elsewhere.
 */
export async function check(world: CrashWorld, ledgers: Ledger[], others: number[]): Promise<Findings> {
  const { sql, accountId, channelId } = world;
  const rows = await sql<MessageRow[]>`
    select h.external_chat_id chat, m.direction, m.text, m.extra ? 'pressed' pressed, m.status = 'withdrawn' withdrawn,
      coalesce((select max(p.attempts) from parts p where p.account_id = m.account_id and p.message_id = m.id), 0) attempts
    from messages m join chats h on h.account_id = m.account_id and h.id = m.chat_id
    where m.account_id = ${accountId} and m.channel_id = ${channelId} order by m.position`;
  const byChat = groupBy(rows, (row) => row.chat);
  const findings: Findings = { conversations: ledgers.length, messages: 0, replies: 0, doubles: [], excused: [], violations: [] };
  for (const ledger of ledgers) await checkChat(world, ledger, byChat.get(String(ledger.chatId)) ?? [], findings);
  await checkNumbers(world, ledgers.length + others.length, findings);
  await checkWorkflows(world, findings);
  return findings;
}

async function checkChat({ fake }: CrashWorld, ledger: Ledger, rows: MessageRow[], findings: Findings): Promise<void> {
  const { violations } = findings;
  const chat = `chat ${ledger.chatId}`;
  const inbound = rows.filter((row) => row.direction === 'in');
  findings.messages += inbound.length;

  const texts = inbound.filter((row) => !row.pressed).map((row) => row.text);
  for (const text of ledger.texts) {
    const stored = texts.filter((one) => one === text).length;
    if (stored !== 1) violations.push(`${chat}: ${text} is stored ${stored} times`);
  }
  const known = texts.filter((text) => ledger.texts.includes(text));
  if (known.join() !== ledger.texts.filter((text) => known.includes(text)).join()) violations.push(`${chat}: order is ${known.join()}`);
  const presses = inbound.length - texts.length;
  if (presses !== ledger.presses) violations.push(`${chat}: ${presses} presses stored of ${ledger.presses}`);
  if (texts.length > ledger.texts.length) violations.push(`${chat}: ${texts.length} texts stored of ${ledger.texts.length}`);

  const outbound = rows.filter((row) => row.direction === 'out');
  const sent = (await fake.control.sentTo(ledger.chatId)).map((item) => item.text);
  findings.replies += sent.length;
  for (const text of ledger.texts) checkReply(text, chat, ledger, outbound, sent, findings);
  checkSends(chat, outbound, sent, findings);
}

/** Planned once; where the client waited, planned at all. */
function checkReply(text: string, chat: string, ledger: Ledger, outbound: MessageRow[], sent: string[], findings: Findings): void {
  const wanted = [answerTo(text, true), answerTo(text, false)];
  const planned = outbound.filter((row) => wanted.includes(row.text)).length;
  if (planned > 1) findings.violations.push(`${chat}: ${text} is answered ${planned} times`);
  if (planned > 0 || ledger.unawaited.has(text)) return;
  // A question that went out twice stands in the chat before it counts as asked: an answer to it in between moves nothing.
  const lost = outbound.some((row) => row.attempts > 1) || new Set(sent).size < sent.length;
  if (lost) findings.excused.push(`${chat}: ${text}`);
  else findings.violations.push(`${chat}: ${text} is not answered`);
}

/** What stands in the client's chat is what was planned, once each, but for sends that were in flight in a killed process. */
function checkSends(chat: string, outbound: MessageRow[], sent: string[], findings: Findings): void {
  for (const text of new Set([...sent, ...outbound.map((row) => row.text)])) {
    const plans = outbound.filter((row) => row.text === text);
    const came = sent.filter((one) => one === text).length;
    const retried = plans.reduce((sum, row) => sum + Math.max(0, row.attempts - 1), 0);
    const due = plans.filter((row) => !row.withdrawn).length;
    if (came < due) findings.violations.push(`${chat}: "${text}" was planned ${due} times and came ${came} times`);
    if (came > plans.length + retried) findings.violations.push(`${chat}: "${text}" came ${came} times for ${plans.length} plans`);
    else if (came > plans.length) findings.doubles.push(`${chat}: "${text}" came ${came} times`);
  }
}

/** One number a chat, consecutive from 1, each told of once. */
async function checkNumbers({ sql, accountId, channelId }: CrashWorld, chats: number, { violations }: Findings): Promise<void> {
  const rows = await sql<{ number: number; created: number; closedEvents: number; closedOpenings: number }[]>`
    select t.number,
      (select count(*) from events e where e.account_id = t.account_id and e.conversation_number = t.number and e.type = 'talk_created') created,
      (select count(*) from events e where e.account_id = t.account_id and e.conversation_number = t.number and e.type = 'talk_closed') "closedEvents",
      (select count(*) from openings o where o.account_id = t.account_id and o.number = t.number and o.closed_at is not null) "closedOpenings"
    from conversations t where t.account_id = ${accountId} order by t.number`;
  const gap = rows.findIndex((row, index) => row.number !== index + 1);
  if (gap >= 0) violations.push(`numbers have a gap at ${gap + 1}`);
  const [counter] = await sql<{ last: number }[]>`select conversation_number last from counters where account_id = ${accountId}`;
  if (counter?.last !== rows.length) violations.push(`the counter stands at ${counter?.last}, there are ${rows.length} conversations`);
  const [open] = await sql<{ chats: number; talks: number }[]>`
    select count(distinct chat_id) chats, count(*) talks from conversations where account_id = ${accountId} and channel_id = ${channelId}`;
  if (open?.chats !== chats || open.talks !== chats)
    violations.push(`${open?.talks} conversations in ${open?.chats} chats, expected ${chats}`);
  for (const row of rows) {
    if (row.created !== 1) violations.push(`conversation ${row.number} has ${row.created} events of its birth`);
    if (row.closedEvents !== row.closedOpenings)
      violations.push(`conversation ${row.number} was closed ${row.closedOpenings} times and told of ${row.closedEvents} times`);
  }
}
