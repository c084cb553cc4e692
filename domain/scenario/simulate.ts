/** Plays a scenario against a script with the same `step` that runs it for clients. Pure: time is the script's. */
import { type ApprovedTemplate, findTemplate } from '../message/template.ts';
import { takesAnswer } from './answers.ts';
import { describe } from './describe.ts';
import type { ClientAnswer, Command, RunEvent, RunOutcome, RunState, RunView, Scenario, StepResult } from './model.ts';
import { readScriptLine, type ScriptLine } from './script.ts';
import { begin } from './state.ts';
import { step } from './step.ts';
import { templateMessage } from './template-message.ts';

/** One line of what happened; `atMs` counts from the start of the run. */
export type TranscriptLine = { atMs: number } & (
  | { type: 'client'; text: string }
  | { type: 'pressed'; label: string }
  | { type: 'passed'; ms: number }
  /** `template`: the name of the template that it is; text and buttons are what it reads as. */
  | { type: 'bot'; text: string; buttons: string[]; attachments: string[]; template?: string }
  /** The message above did not go out. */
  | { type: 'refused'; words: string }
  /** Everything a bot does but sending: stages, tags, fields, the talk, other bots. */
  | { type: 'changed'; command: Exclude<Command, { type: 'sendMessage' }> }
  | { type: 'waits'; step: number; title: string; for: 'message' | 'timer' | 'messageOrTimer'; untilMs?: number }
  /** The bot passed over something: an unsupported handler, an empty text. */
  | { type: 'skipped'; step: number; handler: string; outcome: string }
  /** Nobody waited for what the client did: no answer was due, or the button belongs to an old question. */
  | { type: 'unheard' }
  | { type: 'ended'; outcome: RunOutcome; words?: string }
);

export interface SimulateOptions {
  /** Replaces parts of the invented contact, lead and chat. */
  view?: Partial<RunView>;
  /** The instant of the start (epoch ms); it shows in `{{current_date}}` only. */
  startAt?: number;
  /** What the messenger has approved: templates are shown as they read. One that is not among them is shown by its name and what fills it. */
  templates?: readonly ApprovedTemplate[];
}

/** Rings one passing of time may cause: a bot that pauses for a second all year long is cut here. */
const MOST_RINGS = 5000;

/** Runs the script to its end, also when the bot has ended before: what the client writes then is `unheard`. */
export function simulate(scenario: Scenario, script: readonly (string | ScriptLine)[], options: SimulateOptions = {}): TranscriptLine[] {
  const lines = script.flatMap((line) => (typeof line === 'string' ? (readScriptLine(line) ?? []) : [line]));
  const play = new Play(scenario, options);
  const [first] = lines;
  const opening = first?.type === 'start' ? first.text : undefined;
  for (const line of leadingRefusals(lines)) play.refuseNext(line.words);
  play.start(opening);
  for (const line of lines.slice(opening === undefined ? leadingRefusals(lines).length : 1)) play.line(line);
  return play.transcript;
}

/** Refusals before anything else concern what the start sends. */
function leadingRefusals(lines: ScriptLine[]): Extract<ScriptLine, { type: 'refuse' }>[] {
  const end = lines.findIndex((line) => line.type !== 'refuse');
  return lines.slice(0, end < 0 ? lines.length : end).filter((line) => line.type === 'refuse');
}

type SendMessage = Extract<Command, { type: 'sendMessage' }>;

class Play {
  readonly transcript: TranscriptLine[] = [];
  private readonly scenario: Scenario;
  private readonly startAt: number;
  private readonly templates: readonly ApprovedTemplate[];
  private state: RunState;
  private view: RunView;
  private now: number;
  private readonly refusals: string[] = [];
  private readonly offered: { key: string; labels: string[] }[] = [];

  constructor(scenario: Scenario, options: SimulateOptions) {
    this.scenario = scenario;
    this.startAt = options.startAt ?? 1_767_258_000_000; // 1 January 2026, noon in Moscow: any instant does
    this.templates = options.templates ?? [];
    this.now = this.startAt;
    this.state = begin(scenario);
    this.view = { ...inventedView(), ...options.view };
  }

  start(text: string | undefined): void {
    if (text !== undefined) this.tell({ type: 'client', text });
    this.event({ type: 'started', at: this.now, ...(text === undefined ? {} : { message: { text } }) });
  }

  refuseNext(words: string): void {
    this.refusals.push(words);
  }

  line(line: ScriptLine): void {
    switch (line.type) {
      case 'start':
      case 'client':
        this.tell({ type: 'client', text: line.text });
        this.answer({ text: line.text });
        return;
      case 'press': {
        this.tell({ type: 'pressed', label: line.label });
        const message = this.offered.findLast(({ labels }) => labels.includes(line.label));
        this.answer({ text: line.label, pressed: { messageKey: message?.key ?? '', label: line.label } });
        return;
      }
      case 'pass':
        this.tell({ type: 'passed', ms: line.ms });
        this.pass(line.ms);
        return;
      case 'refuse':
        this.refuseNext(line.words);
    }
  }

  private answer(answer: ClientAnswer): void {
    if (takesAnswer(this.state, answer)) this.event({ type: 'answered', at: this.now, answer });
    else this.tell({ type: 'unheard' });
  }

  private pass(ms: number): void {
    const until = this.now + ms;
    for (let rings = 0; rings < MOST_RINGS; rings += 1) {
      const { deadlineAt } = this.state;
      if (deadlineAt === undefined || deadlineAt > until) break;
      this.now = Math.max(this.now, deadlineAt);
      this.event({ type: 'deadlineReached', at: this.now });
    }
    this.now = Math.max(this.now, until);
  }

  /** One event and what follows from it at once: the messenger accepts or refuses what was sent. */
  private event(event: RunEvent): void {
    const result = this.take(event);
    const refused = this.refusalOf(result.commands.filter((command) => command.type === 'sendMessage'));
    if (refused !== undefined) {
      this.tell({ type: 'refused', words: refused.words });
      this.event({ type: 'refused', at: this.now, ...refused });
      return;
    }
    if (this.state.wantsAccepted === true && this.state.questionKey !== undefined) {
      this.take({ type: 'accepted', at: this.now, key: this.state.questionKey });
    }
    this.tellWhere();
  }

  /** A template that cannot go out, else what the script says of the first message. */
  private refusalOf(messages: SendMessage[]): { key: string; words: string } | undefined {
    for (const message of messages) {
      const made = this.templateOf(message);
      if (made !== undefined && 'refused' in made) return { key: message.key, words: made.refused };
    }
    const [first] = messages;
    const words = first === undefined ? undefined : this.refusals.shift();
    return first === undefined || words === undefined ? undefined : { key: first.key, words };
  }

  private templateOf({ template, attachments }: SendMessage) {
    return template && templateMessage(template, findTemplate(this.templates, template), attachments);
  }

  private take(event: RunEvent): StepResult {
    const result = step(this.scenario, this.state, event, this.view);
    this.state = result.state;
    this.view = result.view;
    for (const command of result.commands) this.tellCommand(command);
    for (const { step: number, handler, outcome } of result.trace) {
      if (outcome.startsWith('skipped') || outcome.startsWith('notSent')) this.tell({ type: 'skipped', step: number, handler, outcome });
    }
    return result;
  }

  private tellCommand(command: Command): void {
    if (command.type !== 'sendMessage') {
      this.tell({ type: 'changed', command });
      return;
    }
    const { key, template } = command;
    const made = this.templateOf(command);
    const { text, buttons } = made === undefined ? command : 'refused' in made ? { text: '', buttons: [] } : made;
    const labels = buttons.map((button) => button.label);
    this.offered.push({ key, labels });
    const attachments = command.attachments.map((file) => file.value);
    this.tell({ type: 'bot', text, buttons: labels, attachments, ...(template === undefined ? {} : { template: template.name }) });
  }

  private tellWhere(): void {
    const { ended } = this.state;
    if (ended !== undefined) {
      if (this.transcript.at(-1)?.type !== 'ended') this.tell({ type: 'ended', ...ended });
      return;
    }
    const now = describe(this.scenario, this.state);
    if (now.step === null || now.waits === 'nothing') return;
    const untilMs = now.until === undefined ? {} : { untilMs: now.until - this.startAt };
    this.tell({ type: 'waits', step: now.step, title: now.title, for: now.waits, ...untilMs });
  }

  private tell(line: TranscriptLine extends infer L ? (L extends { atMs: number } ? Omit<L, 'atMs'> : never) : never): void {
    this.transcript.push({ atMs: this.now - this.startAt, ...line } as TranscriptLine);
  }
}

function inventedView(): RunView {
  const responsible = { id: 1, name: 'Мария' };
  return {
    accountId: 1,
    timeZone: 'Europe/Moscow',
    chat: { id: 'simulation', channelId: 1, origin: 'webchat' },
    talk: { number: 1, status: 'in_work' },
    contact: { id: 1, name: 'Анна Петрова', firstName: 'Анна', lastName: 'Петрова', responsible, tags: [], fields: {} },
    lead: { id: 1, name: 'Сделка №1', responsible, tags: [], fields: {}, price: 0, statusId: 1, pipelineId: 1 },
    seed: 'simulation',
  };
}
