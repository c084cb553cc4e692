/** Where a run goes in one turn: from a place to the next wait or the end. Used by `step` only. */
import { failure } from './ended-words.ts';
import type { ClientAnswer, Handler, RunOutcome, RunState, RunView, Scenario, Step, StepResult } from './model.ts';
import { noAnswerPlan } from './no-answer.ts';
import { type Place, place as readPlace } from './read.ts';
import { EXPIRY_MS, type Sent, sentOf, type Wait, waitOf } from './state.ts';
import { Turn } from './turn.ts';

/** Visits of one step within an hour without a client's message. */
export const MOST_VISITS = 50;
const VISITS_WITHIN_MS = 3600 * 1000;
/** Messages of one question that are remembered for presses and refusals. */
const MOST_REMEMBERED = 50;

export class Walk extends Turn {
  private readonly scenario: Scenario;
  private readonly before: { wait: Wait; sent: Sent; wantsAccepted: boolean };
  private stays = false;

  constructor(scenario: Scenario, state: RunState, view: RunView, at: number, answer?: ClientAnswer) {
    super(state, view, at, answer);
    this.scenario = scenario;
    this.before = { wait: waitOf(state), sent: sentOf(state), wantsAccepted: state.wantsAccepted === true };
  }

  /** The client was heard: loops and age count from here. */
  clientSeen(): void {
    this.state.counters.lastClientAt = this.at;
    this.state.counters.visits = {};
  }

  countTurn(): number {
    this.state.counters.turns += 1;
    return this.state.counters.turns;
  }

  /** Runs from a place as far as the next wait or the end. */
  go(from: Place): void {
    let next: Place | undefined = from;
    while (next !== undefined) next = this.visit(next);
  }

  /** The ways out of a refusal: the message's `on_error`, else the root's `error`; without a jump the run ends as failed. */
  recover(onError: Handler[], words: string): void {
    delete this.state.ended;
    for (const list of onError.length > 0 ? [onError] : [this.scenario.error]) {
      const exit = this.runList(list, 'error');
      if (exit.type === 'jump') this.go(exit.place);
      else if (exit.type === 'looped') this.end('looped');
      else continue;
      return;
    }
    this.end('failed', words);
  }

  /** The question was accepted: its no-answer branch begins to count. */
  armNoAnswer(): void {
    const wait = waitOf(this.state);
    this.state.wait = { ...wait, timers: [...wait.timers, ...this.noAnswerTimers(true)] };
    delete this.state.wantsAccepted;
    this.setDeadline();
  }

  end(outcome: RunOutcome, words?: string): void {
    const { state } = this;
    state.ended = { outcome, ...(words === undefined ? {} : { words }) };
    state.step = null;
    state.listens = false;
    for (const key of ['deadlineAt', 'questionKey', 'wantsAccepted', 'wait'] as const) delete state[key];
    this.mark('ended', { outcome });
  }

  result(): StepResult {
    const { sent } = this.before;
    if (this.stays)
      this.state.sent = {
        messages: [...sent.messages, ...this.sentNow].slice(-MOST_REMEMBERED),
        fresh: sent.fresh || this.sentNow.length > 0,
      };
    else if (this.sentNow.length > 0) this.state.sent = { messages: this.sentNow.slice(-MOST_REMEMBERED), fresh: true };
    else if (sent.messages.length > 0) this.state.sent = { messages: sent.messages, fresh: false };
    return { state: this.state, commands: this.commands, trace: this.trace, view: this.view };
  }

  /** The state still waits where it did: messages sent before remain the question's. */
  keepsQuestion(): void {
    this.stays = true;
  }

  private visit(place: Place): Place | undefined {
    if (place.type === 'finish') return this.finish(place.step);
    const step = this.scenario.steps[place.step];
    if (step === undefined) {
      this.mark('noSuchStep', { step: place.step });
      this.end('failed', failure('noSuchStep', place.step));
      return undefined;
    }
    this.here = step.number;
    this.state.step = step.number;
    if (!this.countVisit(step.number)) {
      this.end('looped');
      return undefined;
    }
    this.mark('entered', { place: place.type });
    const exit = this.runList(place.type === 'answer' ? step.answer : step.question, place.type);
    switch (exit.type) {
      case 'jump':
        return exit.place;
      case 'wait':
        this.wait(step, exit.message ?? (place.type === 'question' ? answerOf(step) : undefined), exit.timers);
        return undefined;
      case 'stop':
        return this.finish(step.number);
      case 'fail':
        this.end('failed', exit.words);
        return undefined;
      case 'looped':
        this.end('looped');
        return undefined;
      case 'fell':
        return this.fallOff(step, place.type, exit.unmatched);
    }
  }

  /** The end of a list without a jump: a question waits for its answer, an answer nothing took leaves it standing, all else ends. */
  private fallOff(step: Step, list: 'question' | 'answer', unmatched: boolean): Place | undefined {
    const answer = answerOf(step);
    if (list === 'question' && answer !== undefined) {
      this.wait(step, answer, []);
      return undefined;
    }
    if (list === 'question' && step.noAnswer !== undefined) {
      const next = readPlace(step.noAnswer);
      if (next !== undefined) return next;
    }
    if (list === 'answer' && unmatched) {
      this.stay(step);
      return undefined;
    }
    return this.finish(step.number);
  }

  private finish(step: number): undefined {
    const target = this.scenario.steps[step];
    if (target !== undefined) {
      this.here = step;
      const exit = this.runList(target.finish, 'finish');
      if (exit.type === 'looped') {
        this.end('looped');
        return;
      }
    }
    this.end('completed');
  }

  private wait(step: Step, message: Place | undefined, timers: { delayMs: number; place: Place }[]): void {
    const wait: Wait = {
      ...(message === undefined ? {} : { message }),
      timers: timers.map(({ delayMs, place }) => ({ at: this.at + delayMs, place })),
    };
    const counts = message !== undefined && step.noAnswer !== undefined;
    const wantsAccepted = counts && this.sentNow.length > 0;
    this.setWait(step.number, wait, wantsAccepted);
    if (counts && !wantsAccepted) this.armNoAnswer();
    this.markWait();
  }

  /** Nothing took the answer: the same question stands; its no-answer branch begins again. */
  private stay(step: Step): void {
    const { wait, wantsAccepted } = this.before;
    const sameQuestion = wait.message?.type === 'answer' && wait.message.step === step.number;
    if (!sameQuestion) {
      this.wait(step, answerOf(step), []);
      return;
    }
    this.stays = true;
    const timers = wait.timers.filter((timer) => timer.noAnswer !== true);
    const unsent = wantsAccepted || this.sentNow.length > 0;
    this.setWait(step.number, { message: answerOf(step), timers }, step.noAnswer !== undefined && unsent);
    if (step.noAnswer !== undefined && !unsent) {
      this.state.wait = { ...waitOf(this.state), timers: [...timers, ...this.noAnswerTimers(false)] };
      this.setDeadline();
    }
    this.mark('stays');
    this.markWait();
  }

  private setWait(step: number, wait: Wait, wantsAccepted: boolean): void {
    const { state } = this;
    const listens = wait.message !== undefined;
    state.step = step;
    state.wait = wait;
    state.listens = listens;
    const questionKey = listens ? (this.sentNow.at(-1) ?? this.before.sent.messages.at(-1))?.key : undefined;
    if (questionKey === undefined) delete state.questionKey;
    else state.questionKey = questionKey;
    if (wantsAccepted) state.wantsAccepted = true;
    else delete state.wantsAccepted;
    this.setDeadline();
  }

  private noAnswerTimers(first: boolean): Wait['timers'] {
    const step = this.scenario.steps[this.state.step ?? -1];
    const plan = step === undefined ? undefined : noAnswerPlan(this.scenario, step);
    if (plan === undefined) {
      this.mark('noAnswerWithoutTimer');
      return [];
    }
    if (first) this.runList(plan.acts, 'acts');
    const timers = plan.timers.map(({ delayMs, place }) => ({ at: this.at + delayMs, place, noAnswer: true }));
    this.mark('noAnswerArmed', { until: Math.min(...timers.map((timer) => timer.at)) });
    return timers;
  }

  private markWait(): void {
    const { timers } = waitOf(this.state);
    const until = timers.length === 0 ? null : Math.min(...timers.map((timer) => timer.at));
    this.mark('waits', { message: this.state.listens, until });
  }

  private setDeadline(): void {
    const age = this.state.counters.lastClientAt + EXPIRY_MS;
    this.state.deadlineAt = Math.min(age, ...waitOf(this.state).timers.map((timer) => timer.at));
  }

  private countVisit(step: number): boolean {
    const { visits } = this.state.counters;
    const recent = (visits[step] ?? []).filter((at) => at > this.at - VISITS_WITHIN_MS);
    visits[step] = [...recent, this.at].slice(-MOST_VISITS - 1);
    return recent.length < MOST_VISITS;
  }
}

function answerOf(step: Step): Place | undefined {
  return step.answer.length > 0 ? { type: 'answer', step: step.number } : undefined;
}
