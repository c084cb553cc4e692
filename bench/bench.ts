/**
 * npm run bench -- [--short] [--only turns|lists|channels] [--rounds 3] [--chats 200] [--each 10] [--turn-seconds 12] [--latency-seconds 25]
 *   [--conversations 100000] [--messages 1000000] [--account <id of a seeded account of DATABASE_URL>]
 * Measures the product beside the no-op floor in one run, floor and product by turns, so that the machine's moods meet both.
 * `channels`: plans of messages, webhooks, short links, a file both ways, each beside its own floor, and a manager's answer behind a queue of bots. It starts
 * servers of its own whatever is given.
 * `lists`: an account of that size is seeded, and every list, card, search and report of it asked for.
 * DATABASE_URL and TEMPORAL_ADDRESS, where set, replace the servers it would start; give it empty ones of its own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeChannels, measureChannels } from './channels.ts';
import { type ListResult, measureLists } from './lists.ts';
import { describeMachine, loadNow } from './machine.ts';
import {
  countEvents,
  type LatencyResult,
  measureReplies,
  openChats,
  type PhaseResult,
  runFloor,
  storeMessages,
  turnChats,
} from './phases.ts';
import { type BenchResult, describe, describeLists, judge } from './report.ts';
import { startSystem } from './system.ts';

const RATES = [1, 5, 20];
const CALLERS = 64;
/** What a phase of stored messages should take at most. */
const PHASE_SECONDS = 12;
/** Chats of the stored messages: fresh ones each round. */
const FIRST_SILENT_CHAT = 1_000_000;

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    chats: { type: 'string', default: '200' },
    each: { type: 'string' },
    'turn-seconds': { type: 'string' },
    'latency-seconds': { type: 'string' },
    only: { type: 'string' },
    conversations: { type: 'string' },
    messages: { type: 'string' },
    account: { type: 'string' },
  },
});
const { short } = values;
const rounds = Number(values.rounds ?? (short ? 1 : 3));
const chats = Number(values.chats);
const wantedEach = Number(values.each ?? (short ? 3 : 10));
const turnMs = Number(values['turn-seconds'] ?? (short ? 5 : 12)) * 1000;
const latencySeconds = Number(values['latency-seconds'] ?? (short ? 5 : 25));

const say = (line: string) => void process.stdout.write(`${line}\n`);
const folder = join(fileURLToPath(new URL('.', import.meta.url)), 'results');

/** Floor, messages, turns and replies. */
async function measureTurns(): Promise<BenchResult> {
  const loadBefore = loadNow();
  say('starting PostgreSQL, Temporal, the messenger, one worker, one API');
  const system = await startSystem({ databaseUrl: process.env.DATABASE_URL, temporalAddress: process.env.TEMPORAL_ADDRESS });
  try {
    const floor: PhaseResult[] = [];
    const messages: PhaseResult[] = [];
    const turns: PhaseResult[] = [];
    const latencies: LatencyResult[] = [];
    const told = (name: string, phase: PhaseResult) => {
      say(`  ${name} ${phase.perSecond.toFixed(0)}/s`);
      return phase;
    };

    say('warming up');
    await runFloor(system, { callers: CALLERS, workflows: chats, messages: 1 });
    const warm = await runFloor(system, { callers: CALLERS, workflows: chats, messages: 1 });
    // On a crowded machine fewer messages, so that the whole stays within minutes.
    const each = Math.max(2, Math.min(wantedEach, Math.ceil((warm.perSecond * PHASE_SECONDS) / chats)));
    const measureFloor = async () =>
      floor.push(told('floor', await runFloor(system, { callers: CALLERS, workflows: chats, messages: each })));

    await storeMessages(system, { firstChat: FIRST_SILENT_CHAT - chats, chats, each: 1 });
    await openChats(system, chats);
    const events = await countEvents(system);
    for (let round = 0; round < rounds; round += 1) {
      say(`round ${round + 1} of ${rounds}`);
      await measureFloor();
      messages.push(told('messages', await storeMessages(system, { firstChat: FIRST_SILENT_CHAT + round * chats, chats, each })));
      await measureFloor();
      turns.push(told('turns', await turnChats(system, chats, turnMs)));
    }
    for (const rate of RATES) {
      say(`replies at ${rate}/s`);
      latencies.push(await measureReplies(system, chats, rate, latencySeconds));
    }
    const machine = await describeMachine(system.sql, system.connection, loadBefore);
    return { at: new Date().toISOString(), machine, floor, messages, turns, latencies, events };
  } finally {
    await system.stop();
  }
}

/** Lists, cards, search and reports of a large account. */
function measureLargeAccount(): Promise<ListResult[]> {
  const conversations = Number(values.conversations ?? (short ? 10_000 : 100_000));
  say('starting PostgreSQL, Temporal, one API');
  return measureLists({
    conversations,
    messages: Number(values.messages ?? conversations * 10),
    databaseUrl: process.env.DATABASE_URL,
    accountId: values.account === undefined ? undefined : Number(values.account),
    say,
  });
}

async function main(): Promise<void> {
  if (values.only !== undefined && !['turns', 'lists', 'channels'].includes(values.only))
    throw new RangeError('--only takes turns, lists or channels');
  const wants = (what: string) => values.only === undefined || values.only === what;
  const turns = wants('turns') ? await measureTurns() : undefined;
  const channels = wants('channels') ? await measureChannels({ short, say }) : undefined;
  const lists = wants('lists') ? await measureLargeAccount() : undefined;
  const at = turns?.at ?? new Date().toISOString();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${at.replaceAll(':', '-')}.json`);
  const verdict = turns === undefined ? {} : { verdict: judge(turns) };
  const more = { ...(channels === undefined ? {} : { channels, loadAfter: loadNow() }), ...(lists === undefined ? {} : { lists }) };
  writeFileSync(file, `${JSON.stringify({ at, ...turns, ...verdict, ...more }, null, 2)}\n`);
  const words = [
    ...(turns === undefined ? [] : [describe(turns)]),
    ...(channels === undefined ? [] : [describeChannels(channels)]),
    ...(lists === undefined ? [] : [describeLists(lists)]),
    file,
  ];
  say(`\n${words.join('\n\n')}`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
