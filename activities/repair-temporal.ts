import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import type { Queries } from '../db/connection.ts';
import type { AliveRun } from '../db/stores/alive.ts';
import {
  botRunWorkflowId,
  botRunWorkflowName,
  type ChatKey,
  type ConversationInput,
  type ConversationMessage,
  conversationSignalName,
  conversationWorkflowId,
  conversationWorkflowName,
  type RunInput,
  TASK_QUEUE,
  wakeSignalName,
} from '../workflows/messages.ts';
import type { RepairDeps } from './repair.ts';

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
const account = keyword('BesedaAccount');
const channel = keyword('BesedaChannel');
const status = keyword('BesedaStatus');
const bot = keyword('BesedaBot');

/** Repair's view of a Temporal namespace. `baseUrl`: where pages are, for the card's address in Temporal's own pages. */
export function repairOf(client: Client, sql: Queries, baseUrl: string): RepairDeps & { checkConversation(key: ChatKey): Promise<void> } {
  const conversationOptions = (key: ChatKey) => ({
    workflowId: conversationWorkflowId(key),
    taskQueue: TASK_QUEUE,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: account, value: String(key.accountId) },
      { key: channel, value: String(key.channelId) },
      { key: status, value: 'in_work' },
    ]),
    memo: { card: `${baseUrl}/open/${key.channelId}/${encodeURIComponent(key.externalChatId)}` },
  });
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
        ...conversationOptions(key),
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    },
    /** Has a conversation look at its rows now, whether its workflow is open or not. */
    async checkConversation(key: ChatKey) {
      const message: ConversationMessage = { type: 'checkAsked', id: `check/${Date.now()}` };
      await client.workflow.signalWithStart(conversationWorkflowName, {
        ...conversationOptions(key),
        args: [{ key } satisfies ConversationInput],
        signal: conversationSignalName,
        signalArgs: [message],
      });
    },
    async wakeRun(run: AliveRun) {
      const input: RunInput = { accountId: run.accountId, runId: run.id, botName: run.botName };
      await client.workflow.signalWithStart(botRunWorkflowName, {
        workflowId: botRunWorkflowId(run.accountId, run.id),
        taskQueue: TASK_QUEUE,
        args: [input],
        signal: wakeSignalName,
        signalArgs: [],
        typedSearchAttributes: new TypedSearchAttributes([
          { key: account, value: String(run.accountId) },
          { key: bot, value: String(run.botId) },
          ...(run.channelId === null ? [] : [{ key: channel, value: String(run.channelId) }]),
        ]),
        memo: { card: `${baseUrl}/runs/${run.id}` },
      });
    },
  };
}
