/** How workflows are started from outside: ids, task queue, search attributes. No personal data in any of it. */
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import {
  botRunWorkflowId,
  type ChatKey,
  chatName,
  conversationWorkflowId,
  TASK_QUEUE,
  type WebhookFeedInput,
  webhookFeedWorkflowId,
} from './messages.ts';

const account = defineSearchAttributeKey('BesedaAccount', SearchAttributeType.KEYWORD);
const channel = defineSearchAttributeKey('BesedaChannel', SearchAttributeType.KEYWORD);
const status = defineSearchAttributeKey('BesedaStatus', SearchAttributeType.KEYWORD);
const bot = defineSearchAttributeKey('BesedaBot', SearchAttributeType.KEYWORD);

/** Options that start a chat's conversation. `baseUrl`: where pages are, for the card's address in Temporal's own pages. */
export function conversationStart(key: ChatKey, baseUrl: string) {
  return {
    workflowId: conversationWorkflowId(key),
    taskQueue: TASK_QUEUE,
    args: [{ key }] as [{ key: ChatKey }],
    typedSearchAttributes: new TypedSearchAttributes([
      { key: account, value: String(key.accountId) },
      { key: channel, value: String(key.channelId) },
      { key: status, value: 'in_work' },
    ]),
    memo: { card: `${baseUrl}/open/${key.channelId}/${encodeURIComponent(chatName(key))}` },
  };
}

export interface RunStart {
  accountId: number;
  runId: string;
  botId?: number;
  botName?: string;
  channelId?: number;
}

export function runStart(run: RunStart, baseUrl: string) {
  const { accountId, runId, botId, botName, channelId } = run;
  return {
    workflowId: botRunWorkflowId(accountId, runId),
    taskQueue: TASK_QUEUE,
    args: [{ accountId, runId, ...(botName === undefined ? {} : { botName }) }] as [{ accountId: number; runId: string; botName?: string }],
    typedSearchAttributes: new TypedSearchAttributes([
      { key: account, value: String(accountId) },
      ...(channelId === undefined ? [] : [{ key: channel, value: String(channelId) }]),
      ...(botId === undefined ? [] : [{ key: bot, value: String(botId) }]),
    ]),
    memo: { card: `${baseUrl}/open/run/${runId}` },
  };
}

/** Options that start the feed of a subscription. */
export function webhookFeedStart(input: WebhookFeedInput) {
  return {
    workflowId: webhookFeedWorkflowId(input.accountId, input.webhookId),
    taskQueue: TASK_QUEUE,
    args: [input] as [WebhookFeedInput],
    typedSearchAttributes: new TypedSearchAttributes([{ key: account, value: String(input.accountId) }]),
  };
}
