import { setTimeout as delay } from 'node:timers/promises';
import { conversationSignalName, conversationWorkflowId } from '../../workflows/messages.ts';
import { type Part, until } from '../system/processes.ts';
import { type Ledger, newLedger, write, writeAndAwait } from './clients.ts';
import type { CrashWorld } from './world.ts';

const PATIENCE_MS = 90_000;

/**
 * Clients write while their conversation is being closed, and a second close comes beside the first. Whatever the order turns out to be,
 * each message is stored and answered once and the row agrees with the workflow; the checks at the end see to it.
 */
export async function closeBesideMessage({ fake, product, sql, accountId, channelId }: CrashWorld, ledgers: Ledger[]): Promise<void> {
  await Promise.all(
    ledgers.map(async (ledger, index) => {
      const [row] = await sql<{ number: number }[]>`
        select talk_number number from chats where account_id = ${accountId} and channel_id = ${channelId} and external_chat_id = ${String(ledger.chatId)}`;
      const close = () => product.api.call('POST', `/api/v4/talks/${row?.number}/close`, { force_close: true });
      // From the message well before the close to well after it, so that some meet the closing turn itself.
      const leadMs = (index - ledgers.length / 2) * 8;
      await Promise.all([
        delay(Math.max(0, leadMs)).then(() => Promise.all([close(), close()])),
        delay(Math.max(0, -leadMs)).then(() => write(fake.control, ledger)),
      ]);
    }),
  );
}

/** A part is away for a while; clients write all the same and are answered when it is back. */
export async function away(world: CrashWorld, part: Part, awayMs: number, chatIds: number[]): Promise<Ledger[]> {
  const ledgers = chatIds.map(newLedger);
  const half = ledgers.slice(0, ledgers.length / 2);
  await Promise.all(half.map((ledger) => writeAndAwait(world.fake.control, ledger, PATIENCE_MS)));
  await part.kill9();
  // Known clients go on, new ones come.
  const waiting = Promise.all(ledgers.map((ledger) => writeAndAwait(world.fake.control, ledger, awayMs + PATIENCE_MS)));
  await delay(awayMs);
  await part.restart();
  await waiting;
  return ledgers;
}

/** What no database takes: from the messenger it is cleaned; slipped past the adapter it is parked. The client's next message is answered. */
export async function poison(
  { fake, client, sql, accountId, channelId }: CrashWorld,
  chatId: number,
): Promise<{ ledger: Ledger; violations: string[] }> {
  const ledger = newLedger(chatId);
  const violations: string[] = [];
  await writeAndAwait(fake.control, ledger, PATIENCE_MS);

  await fake.control.clientWrites(chatId, 'nul \u0000 and half \ud83d of a pair');
  const cleaned = () => sql`
    select 1 from messages m join chats h on h.account_id = m.account_id and h.id = m.chat_id
    where m.account_id = ${accountId} and h.external_chat_id = ${String(chatId)} and m.text like 'nul % and half % of a pair'`;
  await until('the cleaned message is stored', PATIENCE_MS, async () => (await cleaned()).length > 0).catch(() =>
    violations.push('a message with NUL and a lone surrogate was not stored'),
  );

  const key = { accountId, channelId, externalChatId: String(chatId) };
  const fact = {
    type: 'messageReceived',
    id: 'message/poisoned',
    chat: { externalChatId: String(chatId), kind: 'private' },
    sender: { externalUserId: String(chatId), name: 'x' },
    message: {
      externalId: 'poisoned',
      receivedAt: Date.now(),
      order: [Math.floor(Date.now() / 1000), 2 ** 40],
      text: 'a\u0000b\ud83d',
      attachments: [],
    },
  };
  await client.workflow.getHandle(conversationWorkflowId(key)).signal(conversationSignalName, { type: 'fact', fact });
  const settled = async () => {
    const parked = await sql`select 1 from parked_events where account_id = ${accountId} and event_id = 'message/poisoned'`;
    const stored = await sql`select 1 from messages where account_id = ${accountId} and external_id = 'poisoned'`;
    return parked.length + stored.length === 1;
  };
  await until('the poisoned event is parked', PATIENCE_MS, settled).catch(() =>
    violations.push('a poisoned event was neither parked nor stored'),
  );
  await writeAndAwait(fake.control, ledger, PATIENCE_MS);
  if (ledger.unanswered.length > 0) violations.push('the message after the poisoned one was not answered');
  return { ledger, violations };
}
