import { setTimeout as delay } from 'node:timers/promises';
import type { FakeTelegramControl } from '../fakes/telegram/types.ts';
import { NEXT, OTHER } from '../system/echo-bot.ts';
import type { Random } from './random.ts';

/** What one client did: the truth that rows and replies are compared with. */
export interface Ledger {
  chatId: number;
  /** In the order in which they were written. */
  texts: string[];
  presses: number;
  /** Texts written without waiting for an answer, of which the bot need not answer each: it was still asking when they came. */
  unawaited: Set<string>;
  /** Awaited in vain: explained at the end, or a violation. */
  unanswered: string[];
  /** The longest time an answer took. */
  slowestMs: number;
}

export const newLedger = (chatId: number): Ledger => ({
  chatId,
  texts: [],
  presses: 0,
  unawaited: new Set(),
  unanswered: [],
  slowestMs: 0,
});

/** The messages of all clients differ, so that each answer says what it answers. */
export async function write(fake: FakeTelegramControl, ledger: Ledger, awaited = true): Promise<string> {
  const text = `c${ledger.chatId}n${ledger.texts.length}`;
  ledger.texts.push(text);
  if (!awaited) ledger.unawaited.add(text);
  await fake.clientWrites(ledger.chatId, text);
  return text;
}

/** Writes and waits until the bot has said one thing more in the chat. */
export async function writeAndAwait(fake: FakeTelegramControl, ledger: Ledger, patienceMs: number): Promise<void> {
  const before = (await fake.sentTo(ledger.chatId)).length;
  const text = await write(fake, ledger);
  if (!(await answered(fake, ledger, before + 1, patienceMs))) ledger.unanswered.push(text);
}

/** How long clients go on, and how. */
export interface Manners {
  /** Messages and presses at least. */
  rounds: number;
  /** True while clients shall go on all the same. */
  goOn(): boolean;
  /** Between an answer and the next message. */
  thinkMs: [number, number];
  /** How long a client waits for an answer before writing on. */
  patienceMs: number;
}

/** A client who answers each question once it stands in the chat, by words or by a button. */
export async function talk(fake: FakeTelegramControl, ledger: Ledger, random: Random, manners: Manners): Promise<void> {
  const { rounds, goOn, thinkMs, patienceMs } = manners;
  await writeAndAwait(fake, ledger, patienceMs);
  for (let round = 1; round < rounds || goOn(); round += 1) {
    await delay(random.between(...thinkMs));
    const before = (await fake.sentTo(ledger.chatId)).length;
    // Where the first answer has not come, there is nothing to press.
    if (before === 0 || random.next() < 0.6) {
      await writeAndAwait(fake, ledger, patienceMs);
      continue;
    }
    ledger.presses += 1;
    await fake.clientPresses(ledger.chatId, 'last', random.pick([NEXT, OTHER]));
    if (!(await answered(fake, ledger, before + 1, patienceMs))) ledger.unanswered.push(`press ${ledger.presses}`);
  }
}

/** A client who writes several messages at once, over and over: their order must hold whatever happens. */
export async function burst(fake: FakeTelegramControl, ledger: Ledger, random: Random, manners: Manners): Promise<void> {
  const { rounds, goOn, thinkMs, patienceMs } = manners;
  await writeAndAwait(fake, ledger, patienceMs);
  for (let round = 1; round < rounds || goOn(); round += 1) {
    await delay(random.between(...thinkMs));
    for (let index = 0; index < 3; index += 1) await write(fake, ledger, false);
  }
}

async function answered(fake: FakeTelegramControl, ledger: Ledger, count: number, patienceMs: number): Promise<boolean> {
  const begin = Date.now();
  try {
    await fake.waitForSent(ledger.chatId, count, { timeoutMs: patienceMs });
    return true;
  } catch {
    return false;
  } finally {
    ledger.slowestMs = Math.max(ledger.slowestMs, Date.now() - begin);
  }
}
