import { setTimeout as delay } from 'node:timers/promises';
import { away, closeBesideMessage, poison } from './cases.ts';
import { check, type Findings } from './checks.ts';
import { burst, type Ledger, type Manners, newLedger, talk } from './clients.ts';
import { type Kill, type KillerOptions, killAtRandom } from './killer.ts';
import { random } from './random.ts';
import { settle } from './settle.ts';
import { type CrashWorld, startCrashWorld } from './world.ts';

export interface CrashOptions {
  /** Data and logs; kept when something is wrong. */
  folder: string;
  seed: number;
  chats: number;
  /** Messages and presses of each client at least; clients go on until the last kill. */
  rounds: number;
  /** Between an answer and the client's next message. */
  thinkMs: [number, number];
  /** Clients begin spread over this time. */
  spreadMs: number;
  killer: KillerOptions;
  /** How long Postgres and Temporal are away in the cases after the kills. */
  awayMs: number;
  /** How long a client waits for an answer before writing on. */
  patienceMs: number;
  say(line: string): void;
}

export interface CrashReport extends Findings {
  seed: number;
  kills: Kill[];
  seconds: number;
  parked: number;
  /** The longest time a client waited for an answer while processes were killed. */
  slowestMs: number;
  /** Answers that did not come while a client waited. */
  late: number;
}

/** Chats of the cases; those of the kills begin at 10,001. */
const CASE_CHATS = { postgres: 20_001, temporal: 30_001, poison: 40_001 };
const CHATS_AWAY = 6;

/** The whole crash test: kills during conversations, then the cases, then the comparison of everything with everything. */
export async function runCrash(options: CrashOptions): Promise<CrashReport> {
  const { say, seed } = options;
  const begin = Date.now();
  const world = await startCrashWorld(options.folder);
  try {
    say(`everything runs after ${seconds(begin)} s, seed ${seed}, logs in ${options.folder}`);
    const { ledgers, kills } = await killWhileTalking(world, options);
    await settle(world, ledgers);
    say(`${ledgers.length} conversations through ${kills.length} kills after ${seconds(begin)} s`);

    await closeBesideMessage(world, ledgers.slice(0, Math.min(20, ledgers.length)));
    await settle(world, ledgers);
    say(`closes beside messages after ${seconds(begin)} s`);
    const chatsFrom = (first: number) => Array.from({ length: CHATS_AWAY }, (_, index) => first + index);
    const withoutPostgres = await away(world, world.postgres, options.awayMs, chatsFrom(CASE_CHATS.postgres));
    say(`Postgres was away after ${seconds(begin)} s`);
    const withoutTemporal = await away(world, world.temporal, options.awayMs, chatsFrom(CASE_CHATS.temporal));
    say(`Temporal was away after ${seconds(begin)} s`);
    const poisoned = await poison(world, CASE_CHATS.poison);

    const all = [...ledgers, ...withoutPostgres, ...withoutTemporal];
    await settle(world, [...all, poisoned.ledger]);
    const findings = await check(world, all, [poisoned.ledger.chatId]);
    const [parked] = await world.sql<{ count: number }[]>`select count(*) count from parked_events where event_id <> 'message/poisoned'`;
    if (parked?.count !== 0) findings.violations.push(`${parked?.count} events were parked that were not poisoned`);
    findings.violations.push(...poisoned.violations);
    return { ...findings, seed, kills, seconds: Number(seconds(begin)), parked: parked?.count ?? 0, ...patienceOf(ledgers) };
  } finally {
    await world.stop();
  }
}

async function killWhileTalking(world: CrashWorld, options: CrashOptions): Promise<{ ledgers: Ledger[]; kills: Kill[] }> {
  const { workers, apis } = world.product;
  const killing = killAtRandom([...workers, ...apis, world.postgres, world.temporal], options.killer, random(options.seed), options.say);
  let killed = false;
  const over = () => {
    killed = true;
  };
  killing.then(over, over);
  const manners: Manners = { ...options, goOn: () => !killed };
  const ledgers = Array.from({ length: options.chats }, (_, index) => newLedger(10_001 + index));
  const talking = ledgers.map(async (ledger, index) => {
    await delay((options.spreadMs * index) / options.chats);
    const chance = random(options.seed + index + 1);
    // Every fifth client is an impatient one.
    return (index % 5 === 4 ? burst : talk)(world.fake.control, ledger, chance, manners);
  });
  const [kills] = await Promise.all([killing, ...talking]);
  return { ledgers, kills };
}

const patienceOf = (ledgers: Ledger[]) => ({
  slowestMs: Math.max(...ledgers.map(({ slowestMs }) => slowestMs)),
  late: ledgers.reduce((sum, { unanswered }) => sum + unanswered.length, 0),
});

const seconds = (begin: number) => ((Date.now() - begin) / 1000).toFixed(1);
