import { WorkflowNotFoundError } from '@temporalio/client';
import { botRunWorkflowId, conversationWorkflowId } from '../../workflows/messages.ts';
import type { Findings } from './checks.ts';
import type { CrashWorld } from './world.ts';

const AGREE_MS = 20_000;

interface Expected {
  id: string;
  open: boolean;
}

/** Open rows have an open workflow, closed and ended ones none. Workflows that are about to end are given a moment. */
export async function checkWorkflows(world: CrashWorld, { violations }: Pick<Findings, 'violations'>): Promise<void> {
  const end = Date.now() + AGREE_MS;
  let wrong = await disagreeing(world, await expected(world));
  while (wrong.length > 0 && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    // Rows are read again: a deadline may have ended a run meanwhile.
    wrong = await disagreeing(world, await expected(world));
  }
  for (const { id, open } of wrong)
    violations.push(`${id} is ${open ? 'alive in its row and has no workflow' : 'over in its row and still runs'}`);
}

async function expected({ sql, accountId, channelId }: CrashWorld): Promise<Expected[]> {
  const chats = await sql<{ chat: string; open: boolean }[]>`
    select h.external_chat_id chat, coalesce(t.status <> 'closed', false) open
    from chats h left join conversations t on t.account_id = h.account_id and t.number = h.talk_number
    where h.account_id = ${accountId} and h.channel_id = ${channelId}`;
  const runs = await sql<{ id: string; open: boolean }[]>`select id, status <> 'ended' open from bot_runs where account_id = ${accountId}`;
  return [
    ...chats.map(({ chat, open }) => ({ id: conversationWorkflowId({ accountId, channelId, externalChatId: chat }), open })),
    ...runs.map(({ id, open }) => ({ id: botRunWorkflowId(accountId, id), open })),
  ];
}

async function disagreeing({ client }: CrashWorld, rows: Expected[]): Promise<Expected[]> {
  const wrong: Expected[] = [];
  for (const row of rows) {
    const isOpen = await client.workflow
      .getHandle(row.id)
      .describe()
      .then(
        (found) => found.status.name === 'RUNNING',
        (error: unknown) => {
          if (error instanceof WorkflowNotFoundError) return false;
          throw error;
        },
      );
    if (isOpen !== row.open) wrong.push(row);
  }
  return wrong;
}
