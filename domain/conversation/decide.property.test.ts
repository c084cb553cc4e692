import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../test/fuzz/runs.ts';
import { decide, nextDeadline } from './decide.ts';
import type { ChatTalk, ConversationEvent, ConversationRules, Talk } from './model.ts';
import { isPolling } from './poll.ts';
import { isInWork } from './status.ts';

const SCHEDULE = { timeZone: 'Europe/Berlin', week: Array.from({ length: 7 }, () => [{ from: 540, to: 1080 }]), holidays: [] };
const SECONDS = 120;

const arbitraryRules: fc.Arbitrary<ConversationRules> = fc.record({
  newConversation: fc.constantFrom<ConversationRules['newConversation']>(
    { rule: 'reopen' },
    { rule: 'newAfter', hours: 1 },
    { rule: 'alwaysNew' },
  ),
  thanksDoNotReopen: fc.boolean(),
  responseTime: fc.oneof(
    fc.constant({ enabled: false as const }),
    fc.record({
      enabled: fc.constant(true as const),
      seconds: fc.constant(SECONDS),
      time: fc.constantFrom('calendar' as const, 'working' as const),
      stoppedBy: fc.constantFrom('person' as const, 'anybody' as const),
    }),
  ),
  schedule: fc.constant(SCHEDULE),
  ...{ nps: fc.constantFrom<ConversationRules['nps']>(undefined, { delaySeconds: 600 }) },
}) as fc.Arbitrary<ConversationRules>;

type Kind = ConversationEvent['type'];
const KINDS: Kind[] = [
  'clientWrote',
  'clientWrote',
  'clientWrote',
  'personWrote',
  'replyAccepted',
  'replyAccepted',
  'replyRefused',
  'wasOpened',
  'markUnreadAsked',
  'noReplyNeededAsked',
  'closeAsked',
  'deadlineReached',
  'deadlineReached',
  'pollEnded',
  'pollMissed',
];
const arbitraryStep = fc.record({
  chat: fc.nat(2),
  kind: fc.constantFrom(...KINDS),
  afterMs: fc.oneof(fc.nat(200_000), fc.nat(5_000_000)),
  /** Which of the replies, and how long before its acceptance it was written. */
  reply: fc.nat(4),
  writtenBeforeMs: fc.nat(300_000),
  flag: fc.boolean(),
  twice: fc.boolean(),
});
type Step = typeof arbitraryStep extends fc.Arbitrary<infer T> ? T : never;

function eventOf(step: Step, at: number): ConversationEvent {
  const by = { kind: 'user' as const, id: 7 };
  const messageId = `out-${step.reply}`;
  switch (step.kind) {
    case 'clientWrote':
      return { type: step.kind, at, messageId: `in-${at}`, text: step.flag ? 'спасибо' : 'where is it?', hasAttachments: false };
    case 'personWrote':
      return { type: step.kind, at, userId: 7, messageId };
    case 'replyAccepted':
      return { type: step.kind, at, by: step.flag ? 'person' : 'bot', messageId, writtenAt: at - step.writtenBeforeMs };
    case 'replyRefused':
      return { type: step.kind, at, messageId };
    case 'wasOpened':
      return { type: step.kind, at, userId: 7, counts: step.flag };
    case 'markUnreadAsked':
      return { type: step.kind, at, userId: 7 };
    case 'noReplyNeededAsked':
      return { type: step.kind, at, by };
    case 'closeAsked':
      return { type: step.kind, at, by, force: step.flag };
    case 'deadlineReached':
      return { type: step.kind, at };
    case 'pollEnded':
      return { type: step.kind, at, failed: step.flag };
    case 'pollMissed':
      return { type: step.kind, at, wroteAt: at };
  }
}

interface Account {
  counter: number;
  chats: ChatTalk[];
  /** Every conversation there has been, by number: the row it has now. */
  rows: Map<number, Talk>;
  missedAt: Map<string, number>;
}

/** What a turn does with one event: decide, take a number where one is due, store. */
function turn(account: Account, chat: number, event: ConversationEvent, rules: ConversationRules) {
  const decision = decide(account.chats[chat]!, event, rules);
  let { state } = decision;
  const born = decision.effects.some((effect) => effect.type === 'opened' && effect.how === 'born');
  if (born) {
    account.counter += 1;
    state = { ...state, talk: { ...state.talk!, number: account.counter } };
  }
  account.chats[chat] = state;
  if (state.talk !== undefined) account.rows.set(state.talk.number!, state.talk);
  return decision;
}

const newAccount = (): Account => ({
  counter: 0,
  chats: [{ kind: 'private' }, { kind: 'private' }, { kind: 'group' }],
  rows: new Map(),
  missedAt: new Map(),
});
const START = Date.UTC(2026, 2, 28, 12);

describe('any interleaving of events over the chats of an account', () => {
  test('keeps one open conversation a chat, numbers without gaps, and the clock inside open conversations', () => {
    fc.assert(
      fc.property(arbitraryRules, fc.array(arbitraryStep, { maxLength: 60, size: 'max' }), (rules, steps) => {
        const account = newAccount();
        let at = START;
        for (const step of steps) {
          at += step.afterMs;
          const before = account.chats[step.chat]!;
          const numbersBefore = account.counter;
          const decision = turn(account, step.chat, eventOf(step, at), rules);
          const { talk } = account.chats[step.chat]!;

          // Numbers: only a client's message in a private chat takes one, the next one, one at a time.
          expect([...account.rows.keys()]).toEqual(Array.from({ length: account.counter }, (_, index) => index + 1));
          if (account.counter > numbersBefore) {
            expect(step.kind).toBe('clientWrote');
            expect(before.kind).toBe('private');
            expect(before.talk === undefined || before.talk.status === 'closed').toBe(true);
          }
          // One open conversation a chat: whatever is not the latest is closed.
          const latest = new Set(account.chats.map((chat) => chat.talk?.number));
          for (const [number, row] of account.rows) if (!latest.has(number)) expect(row.status).toBe('closed');
          // Openings only grow, by a client's message.
          if (talk !== undefined && talk.number === before.talk?.number) {
            expect(talk.opening - before.talk!.opening).toBe(decision.effects.some((effect) => effect.type === 'opened') ? 1 : 0);
          }
          if (talk !== undefined) expectSoundClock(talk, rules, account.chats[step.chat]!);
        }
      }),
      { numRuns: runs(400) },
    );
  });

  test('reports a stretch as late at most once', () => {
    fc.assert(
      fc.property(arbitraryRules, fc.array(arbitraryStep, { maxLength: 80, size: 'max' }), (rules, steps) => {
        const account = newAccount();
        let at = START;
        let reported: number[] = [];
        for (const step of steps) {
          at += step.afterMs;
          // One chat only: stretches are a chat's own affair.
          const before = account.chats[0]!.talk;
          const { effects } = turn(account, 0, eventOf({ ...step, chat: 0 }, at), rules);
          const missed = effects.filter((effect) => effect.type === 'record' && effect.event === 'talk_missed_event').length;
          if (missed === 0) continue;
          expect(missed).toBe(1);
          expect(before).toMatchObject({ missedReported: false });
          const since = before!.waitingSince!;
          expect(reported).not.toContain(since);
          reported = [...reported, since];
        }
      }),
      { numRuns: runs(400) },
    );
  });

  test('an order given twice changes nothing the second time', () => {
    fc.assert(
      fc.property(arbitraryRules, fc.array(arbitraryStep, { maxLength: 40, size: 'max' }), (rules, steps) => {
        const account = newAccount();
        let at = START;
        for (const step of steps) {
          at += step.afterMs;
          const event = eventOf(step, at);
          turn(account, step.chat, event, rules);
          if (step.kind === 'clientWrote' || step.kind === 'personWrote') continue;
          const again = decide(account.chats[step.chat]!, event, rules);
          expect(again.state).toEqual(account.chats[step.chat]);
          expect(again.effects.filter((effect) => effect.type !== 'withdrawNotifications')).toEqual([]);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  test('is decided from the event alone: nothing given is changed', () => {
    fc.assert(
      fc.property(arbitraryRules, fc.array(arbitraryStep, { maxLength: 20, size: 'max' }), (rules, steps) => {
        const account = newAccount();
        let at = START;
        for (const step of steps) {
          at += step.afterMs;
          const state = account.chats[step.chat]!;
          const copy = structuredClone(state);
          const first = decide(state, eventOf(step, at), rules);
          expect(state).toEqual(copy);
          expect(decide(copy, eventOf(step, at), rules)).toEqual(first);
          turn(account, step.chat, eventOf(step, at), rules);
        }
      }),
      { numRuns: runs(100) },
    );
  });
});

function expectSoundClock(talk: Talk, rules: ConversationRules, state: ChatTalk): void {
  if (!isInWork(talk.status)) {
    expect(talk.isRead).toBe(true);
    expect(talk.waitingSince).toBeUndefined();
    expect(talk.answerDueAt).toBeUndefined();
    expect(talk.stoppedBy).toBeUndefined();
    expect(nextDeadline(state)).toBeUndefined();
  }
  if (isPolling(talk)) {
    // Nobody waits for us, and the poll has an end of its own.
    expect(talk.waitingSince).toBeUndefined();
    expect(talk.stoppedBy).toBeUndefined();
    expect(nextDeadline(state)).toBeDefined();
  } else expect(talk.poll?.dueAt).toBeUndefined();
  if (talk.waitingSince === undefined) {
    expect(talk.answerDueAt).toBeUndefined();
    expect(talk.unansweredAt).toBeUndefined();
    return;
  }
  expect(talk.unansweredAt![0]).toBe(talk.waitingSince);
  expect(talk.unansweredAt).toEqual([...talk.unansweredAt!].sort((a, b) => a - b));
  // Someone waits: the deadline is armed, unless there is none to arm or the stretch is reported.
  expect(talk.answerDueAt === undefined).toBe(!rules.responseTime.enabled || talk.missedReported);
  if (talk.answerDueAt !== undefined && rules.responseTime.enabled && rules.responseTime.time === 'calendar') {
    expect(talk.answerDueAt).toBe(talk.waitingSince + SECONDS * 1000);
  }
}
