/**
 * What a manager's answer takes while thousands of bots' messages wait in the same channel, end to end: from the POST to the messenger's acceptance, over API,
 * workflow, worker and database. The manager writes in a chat in which nothing waits: within one chat the order of messages is kept.
 */
import { until } from '../test/system/processes.ts';
import { conversationOf } from './file.ts';
import { median } from './numbers.ts';
import type { BenchSystem } from './system.ts';

const PER_SECOND = 30;
const LINES = 10;
/** People have a share of the rate; a manager writes no faster than this. */
const PAUSE_MS = 1_000;
const PLANNED_TIMEOUT_MS = 300_000;
const MANAGERS_CHAT = 920_000;
const FIRST_CHAT = 920_001;

export interface QueuedResult {
  perSecond: number;
  /** Messages of bots that waited when the first and when the last answer was written. */
  waiting: { first: number; last: number };
  /** Of an answer from the POST to the messenger's acceptance. */
  empty: Delays;
  behind: Delays;
}

interface Delays {
  /** What the messenger accepted of the whole channel meanwhile, a second. */
  callsPerSecond: number;
  count: number;
  middleMs: number;
  worstMs: number;
}

/** `clients` of a channel with a rate meet a bot that says ten messages to each; the queue is left as it is. */
export async function measureQueued(system: BenchSystem, options: { clients: number; answers: number }): Promise<QueuedResult> {
  const { driver, product, sql, accountId } = system;
  const { clients, answers } = options;
  const { token } = await driver.order({ type: 'addBot' }, 'bot');
  const { id: channelId } = await product.api.connectTelegram({
    token,
    apiRoot: driver.url,
    name: 'Bench, queued',
    callsPerSecond: PER_SECOND,
  });
  // Before there is a bot: nothing waits in this chat.
  await driver.order({ type: 'pour', token, firstChat: MANAGERS_CHAT, chats: 1, each: 1 }, 'poured');
  const number = await conversationOf(system, channelId, MANAGERS_CHAT);
  const lines = Array.from({ length: LINES }, (_, index) => ({ handler: 'show', params: { type: 'text', value: `News ${index + 1}` } }));
  const triggers = [{ type: 'conversation_started', filter: { channelIds: [channelId] } }];
  await product.api.addBot({ file: { 0: { question: lines }, conversation: false }, joinSeconds: 0, triggers });

  const write = async (words: string): Promise<Delays> => {
    const url = `${product.url}/api/conversations/${number}/messages`;
    const order = { url, apiToken: product.token, token, chat: MANAGERS_CHAT, words, count: answers, pauseMs: PAUSE_MS };
    const { delaysMs, callsPerSecond } = await driver.order({ type: 'answers', ...order }, 'answersSent');
    return { callsPerSecond, count: delaysMs.length, middleMs: median(delaysMs), worstMs: Math.max(...delaysMs) };
  };
  const empty = await write('Alone');

  const counts = async () => {
    const [row] = await sql<{ all: number; waiting: number }[]>`
      select count(*) "all", count(*) filter (where p.status in ('planned', 'claimed')) waiting
      from parts p join messages m on m.account_id = p.account_id and m.id = p.message_id
      where p.account_id = ${accountId} and m.channel_id = ${channelId} and m.author_kind = 'bot'`;
    return { all: Number(row!.all), waiting: Number(row!.waiting) };
  };
  await driver.order({ type: 'pour', token, firstChat: FIRST_CHAT, chats: clients, each: 1 }, 'poured');
  let planned = await counts();
  await until('every message of the bot is planned', PLANNED_TIMEOUT_MS, async () => {
    planned = await counts();
    return planned.all >= clients * LINES;
  });
  const behind = await write('In between');
  const { waiting } = await counts();
  return { perSecond: PER_SECOND, waiting: { first: planned.waiting, last: waiting }, empty, behind };
}

/** The result for people. */
export function describeQueued({ perSecond, waiting, empty, behind }: QueuedResult): string {
  const words = ({ middleMs, worstMs, count }: Delays) => `${middleMs.toFixed(0)} ms, at worst ${worstMs.toFixed(0)}, ${count} answers`;
  const size = (count: number) => count.toLocaleString('en');
  return [
    `manager's answer, end to end, ${perSecond} calls a second, nothing waits: ${words(empty)}`,
    `manager's answer, ${size(waiting.first)} to ${size(waiting.last)} of bots wait: ${words(behind)}; ${(behind.middleMs / empty.middleMs).toFixed(1)} of the empty queue's; ${behind.callsPerSecond.toFixed(0)} calls a second meanwhile`,
  ].join('\n');
}
