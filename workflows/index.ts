/** Everything the worker's bundle holds. */
export { botRunWorkflow } from './bot-run.ts';
export { conversationWorkflow } from './conversation.ts';
export { webhookFeedWorkflow } from './webhook-feed.ts';
