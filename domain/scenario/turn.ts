/** What one turn of a run does and leaves: effects, trace, and lists of handlers run one after another. Where the run stands is `Walk`'s. */
import type { TemplateToWrite } from '../message/template.ts';
import { applyCommand } from './apply.ts';
import type { Flow, HandlerContext, Outgoing } from './handlers/handler.ts';
import { handlerOf } from './handlers/index.ts';
import type { ClientAnswer, Command, Handler, RunState, RunView, TraceEntry } from './model.ts';
import type { Outcome } from './outcomes.ts';
import { searchBudget } from './patterns.ts';
import { fill, messageText } from './placeholders.ts';
import type { Sent } from './state.ts';

export const MOST_HANDLERS_A_TURN = 200;

/** How a list of handlers was left. */
export type Exit = Extract<Flow, { type: 'jump' | 'wait' | 'stop' | 'fail' }> | { type: 'looped' } | { type: 'fell'; unmatched: boolean };
/** Nothing in a finish list, or before the pause of a no-answer branch, can move the run. */
export type Mode = 'question' | 'answer' | 'finish' | 'error' | 'acts';
export type TraceData = Record<string, string | number | boolean | null>;

export class Turn implements HandlerContext {
  readonly at: number;
  readonly answer: ClientAnswer | undefined;
  readonly budget = searchBudget();
  view: RunView;
  protected readonly state: RunState;
  protected readonly commands: Command[] = [];
  protected readonly trace: TraceEntry[] = [];
  protected readonly sentNow: Sent['messages'] = [];
  /** The step whose handlers run: trace entries name it, also after the end. */
  protected here: number;
  private handlersRun = 0;
  private noted: { outcome: Outcome; data?: TraceData } | undefined;

  /** Works on a copy: the state that was given stays as it is. */
  constructor(state: RunState, view: RunView, at: number, answer?: ClientAnswer) {
    this.view = view;
    this.at = at;
    this.answer = answer;
    this.here = state.step ?? 0;
    this.state = { ...state, variables: { ...state.variables }, counters: { ...state.counters, visits: { ...state.counters.visits } } };
  }

  get variables(): Readonly<Record<string, string>> {
    return this.state.variables;
  }

  get messageText(): string {
    return messageText({ view: this.view, variables: this.state.variables });
  }

  fill(text: string): string {
    return fill(text, { view: this.view, at: this.at, variables: this.state.variables, budget: this.budget });
  }

  emit(command: Command): void {
    this.commands.push(command);
    this.view = applyCommand(this.view, command);
  }

  set(variable: string, value: string): void {
    this.state.variables[variable] = value;
  }

  note(outcome: Outcome, data?: TraceData): void {
    this.noted = { outcome, data };
  }

  send({ message, onError }: Outgoing): void {
    const text = this.fill(message.text);
    const attachments = message.attachments
      .map((attachment) => ({ ...attachment, value: this.fill(attachment.value).trim() }))
      .filter((attachment) => attachment.value !== '');
    const template = message.template && this.fillTemplate(message.template);
    if (text.trim() === '' && attachments.length === 0 && template === undefined) {
      this.note('notSentEmpty');
      return;
    }
    const buttons = message.buttons
      .map((button) => ({
        ...button,
        label: this.fill(button.label).trim(),
        ...(button.url === undefined ? {} : { url: this.fill(button.url).trim() }),
      }))
      .filter((button) => button.label !== '' && button.url !== '');
    this.state.counters.messages += 1;
    const key = `m${this.state.counters.messages}`;
    this.emit({ type: 'sendMessage', ...message, key, text, buttons, attachments, ...(template === undefined ? {} : { template }) });
    this.sentNow.push({ key, step: this.here, onError });
    const data: TraceData = { key, buttons: buttons.length, attachments: attachments.length };
    if (template !== undefined) data.template = template.name;
    this.note('sent', data);
  }

  /** A template takes no line breaks, tabs or four blanks in a row: what a client wrote in several lines becomes one. */
  private fillTemplate(template: TemplateToWrite): TemplateToWrite {
    const values = Object.entries(template.values).map(([key, value]) => [key, this.fill(value).trim().replace(/\s+/g, ' ')]);
    return { ...template, values: Object.fromEntries(values) as Record<string, string> };
  }

  /** Notes the client's message in hand: `{{message_text}}` from now on, also after timers; `{{start_payload}}` until another deep link brings one. */
  hears(text: string, startPayload?: string): void {
    this.set('message_text', text);
    if (startPayload !== undefined) this.set('start_payload', startPayload);
    this.view = { ...this.view, message: { text } };
  }

  /** A line of the trace about the run itself. */
  mark(outcome: Outcome, data?: TraceData): void {
    this.trace.push({ at: this.at, step: this.here, handler: 'run', outcome, ...(data === undefined ? {} : { data }) });
  }

  protected runList(handlers: Handler[], mode: Mode): Exit {
    const stack = [{ handlers, next: 0 }];
    let unmatched = false;
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const handler = frame.handlers[frame.next];
      frame.next += 1;
      if (handler === undefined) {
        stack.pop();
        continue;
      }
      if (this.handlersRun >= MOST_HANDLERS_A_TURN || this.budget.left <= 0) return { type: 'looped' };
      const flow = this.runHandler(handler, mode);
      switch (flow.type) {
        case 'next':
          break;
        case 'run':
          if (flow.takesAnswer === true) unmatched = false;
          stack.push({ handlers: flow.handlers, next: 0 });
          break;
        case 'unmatched':
          unmatched = true;
          break;
        case 'stop': {
          if (mode === 'finish') break;
          for (const rest of frame.handlers.slice(frame.next)) if (rest.handler === 'stop') this.runHandler(rest, 'finish');
          return flow;
        }
        default:
          if (mode === 'finish' || mode === 'acts') break; // the end is settled: nothing after it can move the run
          return flow;
      }
    }
    return { type: 'fell', unmatched };
  }

  private runHandler(handler: Handler, mode: Mode): Flow {
    this.handlersRun += 1;
    this.noted = undefined;
    const flow = handlerOf(handler.handler).run(handler.params, this);
    const moves = flow.type === 'jump' || flow.type === 'wait' || flow.type === 'fail';
    const noted = this.noted as { outcome: Outcome; data?: TraceData } | undefined; // set inside `run`, which the compiler does not see
    const outcome = (mode === 'finish' || mode === 'acts') && moves ? 'skippedInFinish' : (noted?.outcome ?? 'done');
    const data = noted?.data;
    this.trace.push({ at: this.at, step: this.here, handler: handler.handler, outcome, ...(data === undefined ? {} : { data }) });
    return flow;
  }
}
