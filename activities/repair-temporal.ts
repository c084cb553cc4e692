import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Queries } from '../db/connection.ts';
import type { AliveRun } from '../db/stores/alive.ts';
import {
  botRunWorkflowName,
  type ChatKey,
  type ConversationInput,
  type ConversationMessage,
  conversationSignalName,
  conversationWorkflowName,
  wakeSignalName,
} from '../workflows/messages.ts';
import { conversationStart, runStart } from '../workflows/starts.ts';
import type { RepairDeps } from './repair.ts';

/** Repair's view of a Temporal namespace. `baseUrl`: where pages are, for the card's address in Temporal's own pages. */
export function repairOf(client: Client, sql: Queries, baseUrl: string): RepairDeps & { checkConversation(key: ChatKey): Promise<void> } {
  return {
    sql,
    async *openWorkflowIds() {
      const types = `WorkflowType IN ('${conversationWorkflowName}', '${botRunWorkflowName}')`;
      for await (const { workflowId } of client.workflow.list({ query: `ExecutionStatus = 'Running' AND ${types}` })) yield workflowId;
    },
    async isOpen(workflowId) {
      try {
        return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
    async startConversation(key: ChatKey) {
      // A deadline that has passed makes the first turn come by itself; everything else it reads from rows.
      const input: ConversationInput = { key, state: { status: 'in_work', lane: 'empty', deadlineAt: Date.now() } };
      await client.workflow.start(conversationWorkflowName, {
        ...conversationStart(key, baseUrl),
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    },
    /** Has a conversation look at its rows now, whether its workflow is open or not. */
    async checkConversation(key: ChatKey) {
      const message: ConversationMessage = { type: 'checkAsked', id: `check/${Date.now()}` };
      await client.workflow.signalWithStart(conversationWorkflowName, {
        ...conversationStart(key, baseUrl),
        signal: conversationSignalName,
        signalArgs: [message],
      });
    },
    async wakeRun(run: AliveRun) {
      const { accountId, id: runId, botId, botName, channelId } = run;
      await client.workflow.signalWithStart(botRunWorkflowName, {
        ...runStart({ accountId, runId, botId, botName, ...(channelId === null ? {} : { channelId }) }, baseUrl),
        signal: wakeSignalName,
        signalArgs: [],
      });
    },
  };
}
