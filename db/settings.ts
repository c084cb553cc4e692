/** Shapes of the JSON columns that people set on pages, with their defaults in one place. */
import type { Schedule } from '../domain/schedule/model.ts';

export interface AccountSettings {
  newConversation: { rule: 'reopen' } | { rule: 'newAfter'; hours: number } | { rule: 'alwaysNew' };
  thanksDoNotReopen: boolean;
  responseTime: { enabled: boolean; seconds: number; time: 'calendar' | 'working'; stoppedBy: 'person' | 'anybody' };
  schedule: Schedule;
  /** A person's reply ends the chat's listener; a bot may override it. */
  personReplyEndsBot: boolean;
  /** What becomes of a part whose outcome nobody knows. */
  unknownOutcome: 'sendAgain' | 'markAndAsk';
  /** Silence that makes several short messages one answer (seconds); a bot may override it. */
  joinSeconds: number;
}

const weekday = [{ from: 9 * 60, to: 18 * 60 }];

export const defaultSettings: AccountSettings = {
  newConversation: { rule: 'reopen' },
  thanksDoNotReopen: false,
  responseTime: { enabled: false, seconds: 15 * 60, time: 'calendar', stoppedBy: 'person' },
  schedule: { timeZone: 'Europe/Moscow', week: [weekday, weekday, weekday, weekday, weekday, [], []], holidays: [] },
  personReplyEndsBot: true,
  unknownOutcome: 'sendAgain',
  joinSeconds: 2,
};

export interface ChannelSettings {
  /** Incoming leads of this channel go here; absent: the main pipeline. */
  pipelineId?: number;
  responsible?: { rule: 'connectingUser' } | { rule: 'fixed'; userId: number } | { rule: 'roundRobin' } | { rule: 'nobody' };
  /** Web chat: pages that may carry the widget (`https://shop.example`); empty: only our own pages. */
  origins?: string[];
  accent?: string;
  title?: string;
  greeting?: string;
}

export interface BotSettings {
  joinSeconds?: number;
  /** When this bot already runs on the lead. */
  whenRunning?: 'restartAfterHour' | 'restart' | 'never';
  personReplyEnds?: boolean;
}

export interface TriggerFilter {
  channelIds?: number[];
  pipelineIds?: number[];
  statusIds?: number[];
  /** `message_received` only: also while a bot waits for the client. */
  alsoWhileBotWaits?: boolean;
  /** `conversation_started` only: not at a reopening. */
  firstOnly?: boolean;
}
