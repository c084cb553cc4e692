import type { Queries } from '../db/connection.ts';
import { type AliveRun, aliveConversations, aliveRuns } from '../db/stores/alive.ts';
import { botRunWorkflowId, type ChatKey, conversationWorkflowId } from '../workflows/messages.ts';

export interface RepairDeps {
  sql: Queries;
  /** Ids of open workflows as the server lists them; the list may lag behind by a second. */
  openWorkflowIds(): AsyncIterable<string>;
  /** Asks about one workflow; this answer does not lag. */
  isOpen(workflowId: string): Promise<boolean>;
  /** Starts a chat's workflow so that it makes a turn soon and reads everything from rows; harmless where it runs already. */
  startConversation(key: ChatKey): Promise<void>;
  /** Signals a run with start. */
  wakeRun(run: AliveRun): Promise<void>;
}

export interface RepairReport {
  /** What Postgres holds alive, and for how many of these a workflow was started again. */
  conversations: { alive: number; repaired: number };
  runs: { alive: number; repaired: number };
}

const PAGE = 1_000;
/** Starts under way at once: a repair after a lost server must not keep the living waiting. */
const AT_ONCE = 16;

/**
 * Starts the workflow of every conversation and run that Postgres holds alive and that has none: after a restored backup, a lost Temporal,
 * or a crash between a commit and a start. Reads in pages, may run beside everything else and any number of times.
 */
export async function repair(deps: RepairDeps): Promise<RepairReport> {
  const open = new Set<string>();
  for await (const id of deps.openWorkflowIds()) open.add(id);
  const lost = async (workflowId: string) => !open.has(workflowId) && !(await deps.isOpen(workflowId));

  const conversations = await eachPage(
    (after: { accountId: number; id: string } | undefined) => aliveConversations(deps.sql, after, PAGE),
    async (chat) => {
      const key = { accountId: chat.accountId, channelId: chat.channelId, externalChatId: chat.externalChatId };
      if (!(await lost(conversationWorkflowId(key)))) return false;
      await deps.startConversation(key);
      return true;
    },
  );
  const runs = await eachPage(
    (after: { accountId: number; id: string } | undefined) => aliveRuns(deps.sql, after, PAGE),
    async (run) => {
      // Something is due in its row: a wake that a crash swallowed costs one turn too many at worst.
      if (!run.wakeDue && !(await lost(botRunWorkflowId(run.accountId, run.id)))) return false;
      await deps.wakeRun(run);
      return true;
    },
  );
  return { conversations, runs };
}

async function eachPage<Row extends { accountId: number; id: string }>(
  page: (after: { accountId: number; id: string } | undefined) => Promise<Row[]>,
  mend: (row: Row) => Promise<boolean>,
): Promise<{ alive: number; repaired: number }> {
  let alive = 0;
  let repaired = 0;
  let last: Row | undefined;
  for (;;) {
    const rows: Row[] = await page(last === undefined ? undefined : { accountId: last.accountId, id: last.id });
    alive += rows.length;
    const left = [...rows];
    const worker = async () => {
      for (let row = left.shift(); row !== undefined; row = left.shift()) if (await mend(row)) repaired += 1;
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    last = rows.at(-1);
    if (rows.length < PAGE) return { alive, repaired };
  }
}
