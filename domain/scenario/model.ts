/**
 * The contract between the scenario language and everything that runs it (turns, simulator, designer).
 * `step` is pure: the same scenario, state, event and view give the same answer. Effects are commands; what they caused comes back as events.
 */
import type { AttachmentKind } from '../message/model.ts';
import type { TemplateToWrite } from '../message/template.ts';

/** Entity codes of the vendor's files: 1 contact, 2 lead, 3 company, 12 customer. */
export type EntityKind = 'contact' | 'lead' | 'company' | 'customer';

// ---------------------------------------------------------------- what is read from a file

/** `path` points into the file as the author sees it (`3.question[1].params.value`). An error stops publishing, a warning is shown. */
export interface Problem {
  severity: 'error' | 'warning';
  code: string;
  path: string;
  step?: number;
  message: { ru: string; en: string };
}

/** One handler of a list as it stands in the file, both dialects; each handler's own file gives `params` its shape. */
export interface Handler {
  handler: string;
  params: unknown;
}

export interface Step {
  number: number;
  /** The designer's block (`block_uuid`), where the file has one. */
  blockUuid?: string;
  /** Its name on the canvas, for the strip and the trace. */
  title?: string;
  question: Handler[];
  answer: Handler[];
  finish: Handler[];
  noAnswer?: Handler;
}

export interface Scenario {
  name: string;
  /** The vendor's bot kind: ordinary, greeting, marketing, nps. */
  kind: 'regular' | 'greeting' | 'marketing' | 'nps';
  steps: Record<number, Step>;
  /** Root `error`: run when a message cannot be delivered and the message has no `on_error`. */
  error: Handler[];
}

// ---------------------------------------------------------------- what a running bot sees

export interface PersonView {
  id: number;
  name: string;
  email?: string;
}

/** Values of a custom field as stored: text or number or boolean, with the enum's id where the field is a list; `code` is WORK, MOB… */
export interface FieldValue {
  value: string | number | boolean;
  enumId?: number;
  code?: string;
}

export interface EntityView {
  id: number;
  name: string;
  responsible?: PersonView;
  tags: string[];
  /** By custom field id. */
  fields: Record<number, FieldValue[]>;
}

export interface ContactView extends EntityView {
  firstName?: string;
  lastName?: string;
  phone?: string;
  email?: string;
}

export interface LeadView extends EntityView {
  price: number;
  statusId: number;
  pipelineId: number;
  sourceId?: number;
}

/** Everything a scenario can read, as it stands when the turn begins. `step` works on a copy that its own commands change. */
export interface RunView {
  accountId: number;
  timeZone: string;
  /** The chat the run talks in now (the chat that started it, later the chat of the last answer). */
  chat?: {
    id: string;
    channelId: number;
    origin: string;
    profileId?: string;
    /** For links into another messenger: whoever starts there with it is tied to this client. */
    visitorUid?: string;
  };
  talk?: { number: number; status: string; rate?: number };
  contact?: ContactView;
  lead?: LeadView;
  company?: EntityView;
  /** The client's message in hand: the one that started the run, later the answer. */
  message?: { text: string };
  /** Names that files of other accounts use, mapped at import: not found → a condition is false, an action is skipped and traced. */
  knownUsers?: number[];
  knownStages?: readonly { id: number; pipelineId: number }[];
  knownFields?: readonly { id: number; entity: string }[];
  /** Seeds `{{rand}}`: stable per run and turn, so that a repeated turn gives the same text. */
  seed: string;
}

// ---------------------------------------------------------------- events and commands

/** A client's answer. Several short messages arrive as one, lines joined. */
export interface ClientAnswer {
  text: string;
  /** A pressed button of ours: which message offered it and what it said. */
  pressed?: { messageKey: string; label: string };
  /** The vendor's list rows and custom channels: matched like a value. */
  callbackData?: string;
  attachments?: AttachmentKind[];
  /** Payload of the deep link by which the client came with this message. */
  startPayload?: string;
}

export type RunEvent =
  | { type: 'started'; at: number; message?: ClientAnswer }
  | { type: 'answered'; at: number; answer: ClientAnswer }
  | { type: 'deadlineReached'; at: number }
  /** The last part of a message was accepted by the messenger: `no_answer` counts from here. */
  | { type: 'accepted'; at: number; key: string }
  /** No copy of a message was accepted, in the messenger's own words. */
  | { type: 'refused'; at: number; key: string; words: string };

export interface SendButton {
  type: 'reply' | 'url';
  label: string;
  url?: string;
}

export type Command =
  | {
      type: 'sendMessage';
      /** Unique within the run and the same for a repeated turn. */
      key: string;
      text: string;
      buttons: SendButton[];
      /** `value`: id of a stored file or an http(s) address. */
      attachments: { kind: AttachmentKind; value: string; name?: string }[];
      /** `current`: the chat the run talks in. Otherwise copies = chosen contacts × chosen channels, as the vendor has it. */
      to: 'current' | { contacts: 'all' | 'main'; channels: 'all' | 'lastActive' | number[] };
      shortenLinks?: boolean;
      /** Goes out where the messenger has templates, in the place of the text; `text` elsewhere. */
      template?: TemplateToWrite;
    }
  | { type: 'changeStatus'; statusId: number; pipelineId?: number }
  | { type: 'setTags' | 'unsetTags'; entity: EntityKind; tags: string[] }
  | {
      type: 'setField';
      entity: EntityKind | 'talk';
      /** `rate`, `comment`: of the conversation's present opening. */
      field: { type: 'custom'; id: number } | { type: 'own'; name: 'name' | 'price' } | { type: 'rate' } | { type: 'comment' };
      values: FieldValue[];
      mode: 'set' | 'add';
    }
  | { type: 'changeResponsible'; entity: EntityKind; userId: number }
  | { type: 'closeTalk' }
  /** "No reply needed" by a bot (`change conversation status: answered`). */
  | { type: 'answerTalk' }
  | { type: 'startBot'; botId: number };

/** One line of a run's trace: what was met, when, and what came of it, in words a designer understands (both languages are made by the page from `outcome` and `data`). */
export interface TraceEntry {
  at: number;
  step: number;
  handler: string;
  outcome: string;
  data?: Record<string, string | number | boolean | null>;
}

export type RunOutcome = 'completed' | 'failed' | 'stopped' | 'displaced' | 'restarted' | 'looped' | 'expired';

/**
 * A run's state as stored (JSON). Those who run it read only the fields with a comment; the rest belongs to the language.
 */
export interface RunState {
  /** The step the run stands on; null when it has ended. */
  step: number | null;
  /** True while the run waits for the client's next message: it then holds the chat's listener slot. */
  listens: boolean;
  /** The earliest instant at which `deadlineReached` is due; absent: no timer runs. */
  deadlineAt?: number;
  /** Key of the question that is waited for, if one was sent; `accepted` of this key is wanted when `wantsAccepted`. */
  questionKey?: string;
  /** A timer (`no_answer`) starts only when the question was accepted: whoever sends must bring the `accepted` event. */
  wantsAccepted?: boolean;
  /** Set when the run is over. */
  ended?: { outcome: RunOutcome; words?: string };
  /** Where a wait continues: belongs to the language. */
  wait?: unknown;
  variables: Record<string, string>;
  counters: { turns: number; messages: number; visits: Record<number, number[]>; lastClientAt: number };
  /** Messages sent with their `on_error`, until they are accepted or no longer waited for: belongs to the language. */
  sent?: unknown;
}

export interface StepResult {
  state: RunState;
  commands: Command[];
  trace: TraceEntry[];
  /** The view after the commands. */
  view: RunView;
}
