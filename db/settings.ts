/** Shapes of the JSON columns that people set on pages, with their defaults in one place. */
import { type DuplicateRules, defaultDuplicateRules } from '../domain/duplicates/keys.ts';
import type { Schedule } from '../domain/schedule/model.ts';

export interface AccountSettings {
  newConversation: { rule: 'reopen' } | { rule: 'newAfter'; hours: number } | { rule: 'alwaysNew' };
  thanksDoNotReopen: boolean;
  responseTime: {
    enabled: boolean;
    seconds: number;
    time: 'calendar' | 'working';
    stoppedBy: 'person' | 'anybody' /** Told besides the responsible user when an answer is late. */;
    notifyUserIds: number[];
  };
  schedule: Schedule;
  nps: NpsSettings;
  /** A person's reply ends the chat's listener; a bot may override it. */
  personReplyEndsBot: boolean;
  /** What becomes of a part whose outcome nobody knows. */
  unknownOutcome: 'sendAgain' | 'markAndAsk';
  /** Silence that makes several short messages one answer (seconds); a bot may override it. */
  joinSeconds: number;
  /** Client messages are notified also while a bot listens to them. */
  notifyWhileBotListens: boolean;
  /** Which contacts are shown as one person, and which are merged by rule. */
  duplicates: DuplicateRules;
  /** The account's own address for short links (`https://go.example.com`); null: the installation's. */
  linkDomain: string | null;
  /** Sites that carry the pixel (`https://shop.example.com`, `https://*.example.com`). */
  pixelSites: string[];
}

/** The poll after a close. */
export interface NpsSettings {
  enabled: boolean;
  /** From the close that was asked for to the poll. */
  delaySeconds: number;
  scale: { from: 0 | 1; to: 5 | 10 };
  /** A published bot of type `nps`; null: the one that is shipped, made when polls are switched on. */
  botId: number | null;
  /** A rate at or below it is told to these users, and to the responsible one. */
  alarm: { enabled: boolean; atOrBelow: number; userIds: number[] };
}

const weekday = [{ from: 9 * 60, to: 18 * 60 }];

export const defaultSettings: AccountSettings = {
  newConversation: { rule: 'reopen' },
  thanksDoNotReopen: false,
  responseTime: { enabled: false, seconds: 15 * 60, time: 'calendar', stoppedBy: 'person', notifyUserIds: [] },
  nps: {
    enabled: false,
    delaySeconds: 2 * 3600,
    scale: { from: 1, to: 10 },
    botId: null,
    alarm: { enabled: true, atOrBelow: 6, userIds: [] },
  },
  schedule: { timeZone: 'Europe/Moscow', week: [weekday, weekday, weekday, weekday, weekday, [], []], holidays: [] },
  personReplyEndsBot: true,
  unknownOutcome: 'sendAgain',
  joinSeconds: 2,
  notifyWhileBotListens: false,
  duplicates: defaultDuplicateRules,
  linkDomain: null,
  pixelSites: [],
};

/** Stored settings with the defaults for what they do not name: settings that a later release added. */
export function completeSettings(stored: Partial<AccountSettings> | undefined): AccountSettings {
  return {
    ...defaultSettings,
    ...stored,
    responseTime: { ...defaultSettings.responseTime, ...stored?.responseTime },
    nps: { ...defaultSettings.nps, ...stored?.nps },
    duplicates: mergedDuplicateRules(defaultSettings.duplicates, stored?.duplicates),
  };
}

/** What is named changes. */
export interface DuplicateRulesChange {
  enabled?: boolean | undefined;
  by?: { [Name in keyof DuplicateRules['by']]?: DuplicateRules['by'][Name] | undefined } | undefined;
  automatic?: { [Name in keyof DuplicateRules['automatic']]?: boolean | undefined } | undefined;
}

/** Rules after a change that names some of them. */
export function mergedDuplicateRules(before: DuplicateRules, change: DuplicateRulesChange | undefined): DuplicateRules {
  const { by = {}, automatic = {} } = change ?? {};
  return {
    enabled: change?.enabled ?? before.enabled,
    by: {
      phone: by.phone ?? before.by.phone,
      email: by.email ?? before.by.email,
      messenger: by.messenger ?? before.by.messenger,
      visitor: by.visitor ?? before.by.visitor,
      fieldId: by.fieldId === undefined ? before.by.fieldId : by.fieldId,
    },
    automatic: {
      phone: automatic.phone ?? before.automatic.phone,
      email: automatic.email ?? before.automatic.email,
      messenger: automatic.messenger ?? before.automatic.messenger,
      visitor: automatic.visitor ?? before.automatic.visitor,
      field: automatic.field ?? before.automatic.field,
    },
  };
}

export interface ChannelSettings {
  /** Incoming leads of this channel go here; absent: the main pipeline. */
  pipelineId?: number;
  responsible?: { rule: 'connectingUser' } | { rule: 'fixed'; userId: number } | { rule: 'roundRobin' } | { rule: 'nobody' };
  /** Web chat: pages that may carry the widget (`https://shop.example`); empty: only our own pages. */
  origins?: string[];
  /** Calls a second, where the messenger allows this channel another number than its usual one. */
  callsPerSecond?: number;
  /** Between two calls of one chat (ms), likewise; 0: none. */
  chatPauseMs?: number;
  /** Whose replies in the messenger's own app are whose: `externalId` is that person's id there, `name` how the messenger calls them. */
  colleagues?: { externalId: string; name: string; userId: number }[];
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
