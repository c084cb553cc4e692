/** What a handler is to the rest: one file each, made by `define` and listed in `index.ts`. */
import { failure } from '../ended-words.ts';
import type { ClientAnswer, Command, Handler, RunView } from '../model.ts';
import type { Outcome } from '../outcomes.ts';
import type { SearchBudget } from '../patterns.ts';
import type { Place } from '../read.ts';

/** How a run goes on after a handler. */
export type Flow =
  | { type: 'next' }
  /** Run these handlers, then what follows this one. `takesAnswer`: an option took the answer, whatever did not before. */
  | { type: 'run'; handlers: Handler[]; takesAnswer?: boolean }
  | { type: 'jump'; place: Place }
  /** Stop here until the client writes or a timer ends; `message` absent: the step's own answer section, where it has one. */
  | { type: 'wait'; message?: Place; timers: { delayMs: number; place: Place }[] }
  /** An answer that no option takes: unless something after it moves the run, the question stands. */
  | { type: 'unmatched' }
  /** The run is over once the `stop`s that follow have run. */
  | { type: 'stop' }
  | { type: 'fail'; words: string };

/** A message as a handler sends it: texts are filled, empty ones are left out by `send`. */
export interface Outgoing {
  message: Omit<Extract<Command, { type: 'sendMessage' }>, 'type' | 'key'>;
  onError: Handler[];
}

/** What a handler sees and may do. `view` and `variables` change as commands are given. */
export interface HandlerContext {
  readonly at: number;
  readonly view: RunView;
  readonly variables: Readonly<Record<string, string>>;
  /** The answer this turn brought; absent in turns of timers and starts. */
  readonly answer: ClientAnswer | undefined;
  /** The client's message in hand, '' where there is none. */
  readonly messageText: string;
  /** What searches of this turn may still cost. */
  readonly budget: SearchBudget;
  fill(text: string): string;
  send(outgoing: Outgoing): void;
  emit(command: Command): void;
  set(variable: string, value: string): void;
  /** Names what came of the handler in the trace; without it the trace says `done`. */
  note(outcome: Outcome, data?: Record<string, string | number | boolean | null>): void;
}

/** Tells the author of a problem; `path` is relative to the handler's `params`. */
export type Report = (severity: 'error' | 'warning', code: ProblemCode, path?: string, details?: Record<string, string | number>) => void;

export type ProblemCode =
  | 'unreadable_params'
  | 'missing_text'
  | 'missing_step'
  | 'missing_id'
  | 'unknown_operation'
  | 'unknown_type'
  | 'unknown_action'
  | 'bad_pattern'
  | 'bad_range'
  | 'bad_delay'
  | 'no_conditions'
  | 'no_options'
  | 'option_without_value'
  | 'unreadable_handlers'
  | 'unsupported_acts'
  | 'unsupported_decides'
  | 'unsupported_wait'
  | 'unsupported_recipients'
  | 'button_without_text'
  | 'unmapped_template'
  | 'template_place';

export interface NestedList {
  /** Relative to `params`: `result`, `[2].params`. */
  path: string;
  handlers: Handler[];
}

/** What parsing and the checks of a whole scenario know about one handler. */
export interface Inspection {
  /** Runs of this handler can change where the run goes. */
  decides: boolean;
  supported: boolean;
  /** Nothing after it in its list is reached. */
  leaves: boolean;
  lists: NestedList[];
  targets: { path: string; place: Place }[];
  /** It shows buttons that somebody has to answer. */
  offersButtons: boolean;
}

export interface HandlerDefinition<P> {
  name: string;
  /** Gives `params` their shape. Undefined: nothing can be made of them, which has been reported. Never throws. */
  read(params: unknown, report: Report): P | undefined;
  inspect?(params: P): Partial<Inspection>;
  /** Effects go through the context only. `params` are as `read` gave them. */
  run(params: P, context: HandlerContext): Flow;
  /** What happens when `read` gave nothing: `fail` where the handler decides the way, `skip` where it only acts. */
  unreadable: 'skip' | 'fail';
}

export interface RegisteredHandler {
  name: string;
  inspect(params: unknown, report: Report): Inspection;
  run(params: unknown, context: HandlerContext): Flow;
}

export const NEXT: Flow = { type: 'next' };

/** Closes a definition over its own params, so that the table can hold handlers of every shape. */
export function define<P>(definition: HandlerDefinition<P>): RegisteredHandler {
  const ignore: Report = () => undefined;
  return {
    name: definition.name,
    inspect(params, report) {
      const read = definition.read(params, report);
      const own = read === undefined ? {} : (definition.inspect?.(read) ?? {});
      const decides = own.decides ?? definition.unreadable === 'fail';
      return { supported: true, leaves: false, lists: [], targets: [], offersButtons: false, ...own, decides };
    },
    run(params, context) {
      const read = definition.read(params, ignore);
      if (read !== undefined) return definition.run(read, context);
      if (definition.unreadable === 'fail') {
        context.note('failed');
        return { type: 'fail', words: failure('unreadable', definition.name) };
      }
      context.note('skippedUnreadable');
      return NEXT;
    },
  };
}
