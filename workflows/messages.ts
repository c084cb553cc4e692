/**
 * Every message a workflow takes, and how workflows are named. Plain data and builders only: API, worker and tests import this file.
 * One signal name per workflow with a discriminated payload: order between different signal names is lost at start-up.
 */
import type { ChannelFact } from '../channels/channel.ts';
import type { TalkStatus } from '../domain/conversation/model.ts';
import type { MessageTemplate } from '../domain/message/model.ts';

/** Names a chat before anything is stored: what a webhook knows. */
export interface ChatKey {
  accountId: number;
  channelId: number;
  externalChatId: string;
}

/** A phone, with its plus or so long that nothing else is meant. Ids of Telegram, VK and Viber do not look like it (they have ten digits at most, or letters). */
const PHONE = /^(\+\d{7,15}|\d{11,15})$/;
const MAX_NAME = 100;
let hide: ((place: string) => string) | undefined;

/** Said once by every process that names chats, before its first: how what is personal is hashed with the installation's key (`db/chat-names.ts`). */
export function hideChatsWith(hasher: (place: string) => string): void {
  hide = hasher;
}

/** A chat in names that operators read: its external id, or a keyed hash where that is a phone or longer than 100 characters. The same for ever. */
export function chatName({ accountId, channelId, externalChatId }: ChatKey): string {
  if (externalChatId.length <= MAX_NAME && !PHONE.test(externalChatId)) return externalChatId;
  if (hide === undefined) throw new Error('hideChatsWith must be called before a chat with a personal id is named');
  return hide(`${accountId}/${channelId}/${externalChatId}`);
}

/** `conversation:<account>:<channel>:<chat>`; see `chatName` for the last place. */
export const conversationWorkflowId = (key: ChatKey) => `conversation:${key.accountId}:${key.channelId}:${chatName(key)}`;
export const botRunWorkflowId = (accountId: number, runId: string) => `bot:${accountId}:${runId}`;
export const webhookFeedWorkflowId = (accountId: number, webhookId: number) => `webhook-feed:${accountId}:${webhookId}`;
export const TASK_QUEUE = 'beseda';

/** What a person or a program orders in a chat, and wants answered. `by` is a user id. */
export type ConversationOrder =
  /** Text and stored files to the client. `key` of the message is the order's id. */
  | {
      type: 'write';
      by: number;
      text: string;
      fileIds: string[];
      /** Under the text; `text` and files stand as they are. */
      buttons?: ({ type: 'reply'; label: string } | { type: 'url'; label: string; url: string })[];
      /** Approved beforehand: `text` and `buttons` are what it reads as. The only thing that goes out once the messenger's window is closed. */
      template?: MessageTemplate;
      shortenLinks?: boolean;
      /** Our id of the message of this chat that is answered. */
      replyTo?: string;
      /** The chat's last position that the writer saw: refused (`answered_since`) when a colleague has written after it. */
      seenPosition?: number;
    }
  | { type: 'close'; by: number; force: boolean; stopBots?: boolean }
  | { type: 'noReplyNeeded'; by: number }
  /** Opened on a page. `counts`: the reader is the responsible user or a participant. */
  | { type: 'read'; by: number; counts: boolean }
  | { type: 'markUnread'; by: number }
  /** The contact is blocked or let in again: in all their chats at once. */
  | { type: 'block'; by: number; blocked: boolean }
  /** Parts that were refused or whose outcome is unknown go out once more. */
  | { type: 'retry'; by: number; messageId: string }
  /** Somebody knows that what is unknown did arrive: it is accepted, and the rest of the message goes out. */
  | { type: 'arrived'; by: number; messageId: string };

/** The signal's payload: what happened in the messenger, or an order that could not be answered in time. */
export type ConversationMessage =
  /** `arrivedAt`: our clock when the messenger handed it over; a message that came before a question was asked is not its answer. */
  | { type: 'fact'; fact: ChannelFact; arrivedAt?: number }
  | { type: 'order'; id: string; order: ConversationOrder }
  /** Repair: look at the rows; a lane or a deadline may be waiting for a workflow that was lost. */
  | { type: 'checkAsked'; id: string };

/** Read from rows after the change: the same for a repeat. Fields are only added. */
export interface OrderAnswer {
  status: TalkStatus | 'none';
  isRead: boolean;
  number?: number;
  messageId?: string;
  /** The order could not be carried out: nothing was changed. */
  refused?: {
    code: 'no_chat' | 'unreachable' | 'empty' | 'no_message' | 'no_conversation' | 'answered_since' | 'window_closed';
    detail: string;
    /** `answered_since`: the latest answer of a colleague. `userId` null: written in the messenger's own app. */
    answered?: { userId: number | null; at: number; position: number };
  };
}

export interface ConversationState {
  status: TalkStatus | 'none';
  deadlineAt?: number;
  /** `waiting`: parts are left that the turn did not get out; the workflow has them drained by an activity that retries. */
  lane: 'empty' | 'waiting';
  /** Inbound files whose copies are not stored yet. */
  media?: 'waiting';
  /** Shown to operators: the conversation's number. */
  number?: number;
}

export interface ConversationInput {
  key: ChatKey;
  /** Carried over continue-as-new. */
  state?: ConversationState;
}

/** An event of a turn: a message with the instant at which the workflow took it. */
export type ConversationTurnEvent =
  | { type: 'fact'; id: string; at: number; fact: ChannelFact; arrivedAt?: number }
  | { type: 'order'; id: string; at: number; order: ConversationOrder }
  | { type: 'deadlineReached'; id: string; at: number }
  | { type: 'laneDrained'; id: string; at: number }
  | { type: 'checkAsked'; id: string; at: number };

export interface ConversationTurn {
  key: ChatKey;
  events: ConversationTurnEvent[];
}

export interface ConversationTurnResult {
  state: ConversationState;
  answers: Record<string, OrderAnswer>;
}

/** Orders to a bot's run. `begin` makes the first turn of a run whose row was made by the API, and answers when it was taken. */
export type RunOrder =
  | { type: 'begin' }
  /** `as: 'restarted'`: the same bot starts again in its place. Without `by`: nobody ordered it, a trigger did. */
  | { type: 'stop'; by?: number; as?: 'restarted' };

export interface RunInput {
  accountId: number;
  runId: string;
  /** Shown to operators. */
  botName?: string;
}

export interface RunTurn {
  accountId: number;
  runId: string;
  at: number;
  orders: { id: string; order: RunOrder }[];
}

export interface RunAnswer {
  status: 'new' | 'running' | 'ended' | 'none';
  outcome?: string;
}

export interface RunTurnResult {
  state: { ended: boolean; deadlineAt?: number; lanes: ChatKey[] };
  answers: Record<string, RunAnswer>;
}

/** A subscription of an account's webhooks. */
export interface WebhookFeedInput {
  accountId: number;
  webhookId: number;
}

export interface WebhookFeedResult {
  /** The subscription is gone or switched off. */
  ended: boolean;
  /** There is something to tell at once. */
  more: boolean;
  /** When the next attempt is due. */
  nextAt?: number;
}

/** Names used by clients without importing workflow code. */
export const conversationWorkflowName = 'conversationWorkflow';
export const botRunWorkflowName = 'botRunWorkflow';
export const webhookFeedWorkflowName = 'webhookFeedWorkflow';
export const feedSignalName = 'happened';
export const conversationSignalName = 'conversation';
export const conversationOrderName = 'order';
export const wakeSignalName = 'wake';
export const runOrderName = 'order';

/** What the worker's activities must offer to the workflows. */
export interface TurnActivities {
  /** One transaction (rules, bot steps, planned parts, events), then a first try at sending, then the wakes that are due. */
  conversationTurn(turn: ConversationTurn): Promise<ConversationTurnResult>;
  runTurn(turn: RunTurn): Promise<RunTurnResult>;
}

export interface LaneActivities {
  /** Sends what is left in a chat's lane, in order, until it is empty; retried while the messenger is down. */
  drainLane(key: ChatKey): Promise<void>;
  /** Copies inbound files of a chat into our own storage. */
  copyMedia(key: ChatKey): Promise<void>;
}

export interface FeedActivities {
  /** Delivers what a subscription has not been told yet, in order, for a while; then says what to wait for. */
  feedWebhook(input: WebhookFeedInput): Promise<WebhookFeedResult>;
}
