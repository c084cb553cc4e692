/**
 * A conversation (беседа) as the rules see it: what was, what happened, what follows. No ids are made here and nothing is read:
 * the turn loads a `ChatTalk`, asks `decide` for each event, and stores what came back in one transaction.
 */
import type { Schedule } from '../schedule/model.ts';

export type TalkStatus = 'in_work' | 'closed' | 'nps_scheduled' | 'nps_in_progress' | 'with_error';

/** Who caused something. The amoCRM-shaped API shows `id` for users and 0 for the rest; our pages tell the kinds apart. */
export type Author = { kind: 'user'; id: number } | { kind: 'bot'; botId: number; runId: string } | { kind: 'client' } | { kind: 'system' };

/** The latest conversation of a chat. Instants in epoch ms. */
export interface Talk {
  /** Absent between birth and the moment the turn takes the account's next number, in the same transaction. */
  number?: number;
  status: TalkStatus;
  isRead: boolean;
  /** 1 for birth, +1 at each reopening: rates, clocks and reports belong to an opening. */
  opening: number;
  openedAt: number;
  closedAt?: number;
  entity?: { type: 'lead' | 'customer'; id: number };
  /** Start of the unanswered stretch: the first client message nobody has answered. Absent: nobody waits. */
  waitingSince?: number;
  /**
   * When the client's unanswered messages came, ascending, first = `waitingSince`. Kept (stored) because a reply answers only what was there
   * when it was written: the first later message then becomes `waitingSince`. At most `MAX_UNANSWERED` (see clock.ts).
   */
  unansweredAt?: number[];
  /** When the answer becomes late; absent where nobody waits, response time is off, or the stretch is already reported. */
  answerDueAt?: number;
  /** The latest stretch that became late; shown until the next stretch begins. */
  missedAt?: number;
  /**
   * The reply that stopped the clock, kept so that its later failure lets the old start run on. `alsoBy`: later replies the messenger accepted
   * too; the client counts as answered while one of them stands.
   */
  stoppedBy?: { messageId: string; waitingSince: number; missedReported: boolean; alsoBy?: string[] };
  missedReported: boolean;
  /** The poll after a close: planned, under way, or (without `dueAt`) what is left of it so that an opening is asked about once. */
  poll?: Poll;
}

/** A poll (NPS) of one opening. Instants in epoch ms. */
export interface Poll {
  opening: number;
  /** Who asked for the close: the author of the `talk_closed` that the poll ends in. */
  by: Author;
  askedAt: number;
  /** `nps_scheduled`: when it is sent. `nps_in_progress`: when it is given up at the latest. */
  dueAt?: number;
  /** Set when it was sent. */
  sentAt?: number;
  /** The client has rated: what comes next is the comment. */
  rated?: true;
}

export interface ChatTalk {
  kind: 'private' | 'group';
  /** The contact is blocked by us: what they write changes nothing. */
  blocked?: boolean;
  talk?: Talk;
  /** What forbids a poll. Absent: a client who can be asked. */
  client?: { reachable: boolean; blocked: boolean; polledAt?: number };
}

export interface ConversationRules {
  newConversation: { rule: 'reopen' } | { rule: 'newAfter'; hours: number } | { rule: 'alwaysNew' };
  /** Thanks or emoji alone within 15 min after the close do not reopen. */
  thanksDoNotReopen: boolean;
  responseTime: { enabled: false } | { enabled: true; seconds: number; time: 'calendar' | 'working'; stoppedBy: 'person' | 'anybody' };
  schedule: Schedule;
  /** Absent: nobody is polled after a close. The poll is sent between 9 and 21 of the schedule's time zone. */
  nps?: { delaySeconds: number };
}

export type ConversationEvent =
  | { type: 'clientWrote'; at: number; messageId: string; text: string; hasAttachments: boolean }
  /** A person's message was accepted into the chat by us (planned, not yet by the messenger): reads the conversation. */
  | { type: 'personWrote'; at: number; userId?: number; messageId: string }
  /** The messenger accepted the whole message: may stop the clock. `sentAt` is when it was written: a client message after it still waits. */
  | { type: 'replyAccepted'; at: number; by: 'person' | 'bot'; messageId: string; writtenAt: number }
  | { type: 'replyRefused'; at: number; messageId: string }
  /** Opened on a page; `counts` when the reader is the responsible user or a participant, others look without trace. */
  | { type: 'wasOpened'; at: number; userId: number; counts: boolean }
  | { type: 'markUnreadAsked'; at: number; userId: number }
  | { type: 'noReplyNeededAsked'; at: number; by: Author }
  | { type: 'closeAsked'; at: number; by: Author; force: boolean }
  | { type: 'deadlineReached'; at: number }
  /** The run that polls is over, or there is no bot that could poll. `failed`: it could not do its work. */
  | { type: 'pollEnded'; at: number; failed: boolean }
  /** A message of the client (written at `wroteAt`) was given to the poll's run and was no answer to it. */
  | { type: 'pollMissed'; at: number; wroteAt: number };

/** What the turn must do besides storing the new state. */
export type ConversationEffect =
  /** A number is due (birth) or the same conversation works again; both let "conversation started" triggers fire. */
  | { type: 'opened'; how: 'born' | 'reopened' }
  | { type: 'closed'; by: Author; force: boolean }
  /** The close was taken; the client is asked first. Ends what listens in the chat, as a close does. */
  | { type: 'pollPlanned'; by: Author }
  /** The poll's run is to be started now. */
  | { type: 'pollDue' }
  /** The poll's run is to be ended: the conversation goes its way without it. */
  | { type: 'pollDropped'; by: Author; why: 'clientWrote' | 'closed' | 'ranOut' }
  /** A row in the list of events. Keys of the vendor's list, ours where the vendor has none. */
  | {
      type: 'record';
      event: 'talk_created' | 'talk_reopened' | 'talk_closed' | 'talk_missed_event' | 'conversation_answered' | 'talk_read' | 'talk_unread';
      author: Author;
    }
  /** Tell the responsible user (and heads, by setting). `again`: the conversation was unread already, so an earlier notification may still stand. */
  | { type: 'notify'; what: 'clientWrote' | 'missed'; again?: true }
  /** Notifications of this conversation disappear everywhere. */
  | { type: 'withdrawNotifications' };

/** What an order is answered with; read from the state after the change, so a repeat gets the same. */
export type OrderOutcome = { status: TalkStatus | 'none'; isRead: boolean };

export interface Decision {
  state: ChatTalk;
  effects: ConversationEffect[];
}
