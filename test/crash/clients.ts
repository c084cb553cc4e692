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
}

export const newLedger = (chatId: number): Ledger => ({ chatId, texts: [], presses: 0, unawaited: new Set(), unanswered: [] });

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
  if (!(await answered(fake, ledger.chatId, before + 1, patienceMs))) ledger.unanswered.push(text);
}

/** A client who answers each question once it stands in the chat, by words or by a button. */
export async function talk(fake: FakeTelegramControl, ledger: Ledger, rounds: number, random: Random, patienceMs: number): Promise<void> {
  await writeAndAwait(fake, ledger, patienceMs);
  for (let round = 1; round < rounds; round += 1) {
    if (random.next() < 0.6) {
      await writeAndAwait(fake, ledger, patienceMs);
      continue;
    }
    const before = (await fake.sentTo(ledger.chatId)).length;
    ledger.presses += 1;
    await fake.clientPresses(ledger.chatId, 'last', random.pick([NEXT, OTHER]));
    if (!(await answered(fake, ledger.chatId, before + 1, patienceMs)))
      ledger.unanswered.push(`press ${ledger.presses} in ${ledger.chatId}`);
  }
}

/** A client who writes several messages at once: their order must hold whatever happens. */
export async function burst(fake: FakeTelegramControl, ledger: Ledger, rounds: number, patienceMs: number): Promise<void> {
  await writeAndAwait(fake, ledger, patienceMs);
  for (let round = 1; round < rounds; round += 1) await write(fake, ledger, false);
}

async function answered(fake: FakeTelegramControl, chatId: number, count: number, patienceMs: number): Promise<boolean> {
  try {
    await fake.waitForSent(chatId, count, { timeoutMs: patienceMs });
    return true;
  } catch {
    return false;
  }
}
