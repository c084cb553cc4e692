import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../test/fuzz/runs.ts';
import { decide, nextDeadline } from './decide.ts';
import type { Author, ChatTalk, ConversationEffect, ConversationEvent, ConversationRules } from './model.ts';
import { decentTime, isPolling, POLL_LASTS_MS, POLL_REST_MS } from './poll.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 2026-11-23, a Monday, 09:00 UTC. */
const START = Date.UTC(2026, 10, 23, 9);
const anna: Author = { kind: 'user', id: 7 };
const boris: Author = { kind: 'user', id: 8 };

const rules: ConversationRules = {
  newConversation: { rule: 'reopen' },
  thanksDoNotReopen: false,
  responseTime: { enabled: true, seconds: 600, time: 'calendar', stoppedBy: 'person' },
  // Nobody works at all: polls do not mind.
  schedule: { timeZone: 'UTC', week: [[], [], [], [], [], [], []], holidays: [{ date: '2026-11-23' }] },
  nps: { delaySeconds: 2 * 3600 },
};
const reachable = { reachable: true, blocked: false };
const nobody: ChatTalk = { kind: 'private', client: reachable };

const wrote = (at: number, text = 'hello'): ConversationEvent => ({
  type: 'clientWrote',
  at: START + at,
  messageId: `in-${at}`,
  text,
  hasAttachments: false,
});
const closes = (at: number, force = false, by = anna): ConversationEvent => ({ type: 'closeAsked', at: START + at, by, force });
const rings = (at: number): ConversationEvent => ({ type: 'deadlineReached', at: START + at });
const ended = (at: number, failed = false): ConversationEvent => ({ type: 'pollEnded', at: START + at, failed });
const missed = (at: number, wroteAt = at): ConversationEvent => ({ type: 'pollMissed', at: START + at, wroteAt: START + wroteAt });

function play(events: ConversationEvent[], by: ConversationRules = rules, from: ChatTalk = nobody) {
  let state = from;
  let effects: ConversationEffect[] = [];
  for (const event of events) ({ state, effects } = decide(state, event, by));
  return { state, talk: state.talk!, effects, dueAt: nextDeadline(state) };
}
const scheduled = [wrote(0), closes(MINUTE)];
const asked = [...scheduled, rings(MINUTE + 2 * HOUR)];

describe('a close with polls on', () => {
  test('plans the poll after its delay; the conversation is read and nobody waits', () => {
    const { talk, effects, dueAt } = play(scheduled);
    expect(talk).toMatchObject({ status: 'nps_scheduled', isRead: true, poll: { opening: 1, by: anna } });
    expect(talk.waitingSince).toBeUndefined();
    expect(dueAt).toBe(START + MINUTE + 2 * HOUR);
    expect(effects).toEqual([{ type: 'pollPlanned', by: anna }, { type: 'withdrawNotifications' }]);
  });

  test.each<[string, ChatTalk, ConversationRules, boolean]>([
    ['force skips it', nobody, rules, true],
    ['polls are off', nobody, { ...rules, nps: undefined } as ConversationRules, false],
    ['the client has blocked the channel', { kind: 'private', client: { reachable: false, blocked: false } }, rules, false],
    ['the contact is blocked', { kind: 'private', client: { reachable: true, blocked: true } }, rules, false],
    ['the contact was asked within 30 days', { kind: 'private', client: { ...reachable, polledAt: START - 29 * DAY } }, rules, false],
  ])('is a plain close where %s', (_name, from, by, force) => {
    const { talk, effects } = play([wrote(0), closes(MINUTE, force)], by, from);
    expect(talk).toMatchObject({ status: 'closed', closedAt: START + MINUTE });
    expect(effects).toContainEqual({ type: 'record', event: 'talk_closed', author: anna });
  });

  test('a contact asked more than 30 days before the poll would be sent is asked again', () => {
    const polledAt = START + MINUTE + 2 * HOUR - POLL_REST_MS;
    expect(play(scheduled, rules, { kind: 'private', client: { ...reachable, polledAt } }).talk.status).toBe('nps_scheduled');
    expect(play(scheduled, rules, { kind: 'private', client: { ...reachable, polledAt: polledAt + 1 } }).talk.status).toBe('closed');
  });

  test('closing again while the poll is planned or under way changes nothing', () => {
    for (const events of [scheduled, asked]) {
      const { state } = play(events);
      expect(decide(state, closes(3 * HOUR, false, boris), rules)).toEqual({ state, effects: [] });
    }
  });

  test('force closes at once meanwhile, by who forced it, and ends the poll', () => {
    expect(play([...scheduled, closes(HOUR, true, boris)])).toMatchObject({ talk: { status: 'closed' }, dueAt: undefined });
    const { talk, effects } = play([...asked, closes(3 * HOUR, true, boris)]);
    expect(talk.status).toBe('closed');
    expect(effects[0]).toEqual({ type: 'pollDropped', by: boris, why: 'closed' });
    expect(effects).toContainEqual({ type: 'record', event: 'talk_closed', author: boris });
  });
});

describe('when a poll is due', () => {
  test('it is sent, and has three days at most', () => {
    const { talk, effects, dueAt } = play(asked);
    expect(talk.status).toBe('nps_in_progress');
    expect(effects).toEqual([{ type: 'pollDue' }]);
    expect(dueAt).toBe(START + MINUTE + 2 * HOUR + POLL_LASTS_MS);
  });

  test('a deadline that rings too early changes nothing', () => {
    const { state } = play(scheduled);
    expect(decide(state, rings(HOUR), rules)).toEqual({ state, effects: [] });
  });

  test.each<[string, Partial<ChatTalk>, ConversationRules]>([
    ['polls were switched off', {}, { ...rules, nps: undefined } as ConversationRules],
    ['the client has blocked the channel since', { client: { reachable: false, blocked: false } }, rules],
    ['another conversation has asked the contact since', { client: { ...reachable, polledAt: START + HOUR } }, rules],
  ])('the conversation is closed unasked where %s', (_name, patch, by) => {
    const { state } = play(scheduled);
    const { state: after, effects } = decide({ ...state, ...patch }, rings(3 * HOUR), by);
    expect(after.talk).toMatchObject({ status: 'closed', closedAt: START + 3 * HOUR });
    expect(effects).toEqual([
      { type: 'closed', by: anna, force: false },
      { type: 'record', event: 'talk_closed', author: anna },
    ]);
  });

  test('a worker that comes back at night waits for the morning', () => {
    const { talk, dueAt, effects } = play([...scheduled, rings(14 * HOUR)]);
    expect(talk.status).toBe('nps_scheduled');
    expect(dueAt).toBe(START + DAY);
    expect(effects).toEqual([]);
  });

  test.each([
    ['a morning in Moscow', 'Europe/Moscow', '2026-11-23T03:30:00Z', '2026-11-23T06:00:00Z'],
    ['an evening in Moscow', 'Europe/Moscow', '2026-11-23T18:00:00Z', '2026-11-24T06:00:00Z'],
    ['just before nine in the evening', 'Europe/Moscow', '2026-11-23T17:59:59Z', '2026-11-23T17:59:59Z'],
    ['the day clocks go forward in Berlin', 'Europe/Berlin', '2026-03-29T01:30:00Z', '2026-03-29T07:00:00Z'],
    ['the night before clocks go back in Berlin', 'Europe/Berlin', '2026-10-24T20:00:00Z', '2026-10-25T08:00:00Z'],
  ])('is sent at a decent hour: %s', (_name, zone, at, expected) => {
    expect(new Date(decentTime(zone, Date.parse(at))).toISOString()).toBe(new Date(expected).toISOString());
  });
});

describe('the client', () => {
  test('who writes before the poll is sent has the conversation back at work, and a later close asks after all', () => {
    const { talk, effects, dueAt } = play([...scheduled, wrote(HOUR)]);
    expect(talk).toMatchObject({ status: 'in_work', isRead: false, opening: 1, waitingSince: START + HOUR });
    expect(talk.poll).toBeUndefined();
    expect(dueAt).toBe(START + HOUR + 10 * MINUTE);
    expect(effects).toEqual([{ type: 'notify', what: 'clientWrote' }]);
    expect(play([...scheduled, wrote(HOUR), closes(2 * HOUR)]).talk.status).toBe('nps_scheduled');
  });

  test('who only thanks soon after the close is asked all the same, where thanks do not reopen', () => {
    const polite = { ...rules, thanksDoNotReopen: true };
    expect(play([...scheduled, wrote(5 * MINUTE, 'спасибо!')], polite).talk.status).toBe('nps_scheduled');
    expect(play([...scheduled, wrote(HOUR, 'спасибо!')], polite).talk.status).toBe('in_work');
    expect(play([...scheduled, wrote(5 * MINUTE, 'спасибо!')]).talk.status).toBe('in_work');
  });

  test('whose message was no answer to the poll waits from that message on; this opening is not asked about again', () => {
    const question = 5 * HOUR;
    const { talk, effects, dueAt } = play([...asked, wrote(question), missed(question + 2000, question)]);
    expect(talk).toMatchObject({ status: 'in_work', isRead: false, waitingSince: START + question });
    expect(dueAt).toBe(START + question + 10 * MINUTE);
    expect(effects).toEqual([
      { type: 'pollDropped', by: { kind: 'client' }, why: 'clientWrote' },
      { type: 'notify', what: 'clientWrote' },
    ]);
    const later = { ...reachable, polledAt: START - 60 * DAY };
    const again = play([...asked, wrote(question), missed(question), closes(6 * HOUR)], rules, { kind: 'private', client: later });
    expect(again.talk.status).toBe('closed');
  });

  test('who writes after the close of a polled opening opens a new one, which may be asked about', () => {
    const { talk } = play([...asked, ended(3 * HOUR), wrote(4 * HOUR)]);
    expect(talk).toMatchObject({ status: 'in_work', opening: 2 });
    expect(talk.poll).toBeUndefined();
  });
});

describe('the end of the poll', () => {
  test('closes the conversation, by who asked for the close', () => {
    const { talk, effects, dueAt } = play([...asked, ended(3 * HOUR)]);
    expect(talk).toMatchObject({ status: 'closed', isRead: true, closedAt: START + 3 * HOUR });
    expect(dueAt).toBeUndefined();
    expect(effects).toEqual([
      { type: 'closed', by: anna, force: false },
      { type: 'record', event: 'talk_closed', author: anna },
    ]);
  });

  test('that failed leaves the conversation in work with the error shown; the next close is plain', () => {
    const { talk, dueAt } = play([...asked, ended(3 * HOUR, true)]);
    expect(talk.status).toBe('with_error');
    expect(dueAt).toBeUndefined();
    expect(play([...asked, ended(3 * HOUR, true), closes(4 * HOUR)]).talk.status).toBe('closed');
  });

  test('comes by itself when the run never ends', () => {
    const { talk, effects } = play([...asked, rings(100 * HOUR)]);
    expect(talk.status).toBe('closed');
    expect(effects[0]).toEqual({ type: 'pollDropped', by: { kind: 'system' }, why: 'ranOut' });
  });

  test('of a poll that is over already changes nothing', () => {
    for (const events of [scheduled, [...asked, ended(3 * HOUR)], [...asked, wrote(3 * HOUR), missed(3 * HOUR)]]) {
      const { state } = play(events);
      expect(decide(state, ended(5 * HOUR), rules)).toEqual({ state, effects: [] });
      expect(decide(state, missed(5 * HOUR), rules)).toEqual({ state, effects: [] });
    }
  });
});

describe('over any course of events', () => {
  const step = fc.record({
    kind: fc.constantFrom('question', 'rate', 'close', 'force', 'ring', 'botFails', 'botEnds', 'read'),
    afterMs: fc.oneof(fc.nat(HOUR), fc.nat(3 * DAY), fc.nat(40 * DAY)),
    unreachable: fc.boolean(),
  });

  test('a question is never lost, an opening is asked about once, and every state settles by itself', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50, size: 'max' }), (steps) => {
        let state = nobody;
        let at = START;
        const polled = new Map<number, number>();
        let lastPoll = Number.NEGATIVE_INFINITY;
        const apply = (event: ConversationEvent) => {
          const before = state.talk;
          const decision = decide(state, event, rules);
          state = decision.state;
          for (const effect of decision.effects) {
            if (effect.type !== 'pollDue') continue;
            const { opening } = state.talk!;
            polled.set(opening, (polled.get(opening) ?? 0) + 1);
            expect(at - lastPoll).toBeGreaterThanOrEqual(POLL_REST_MS);
            expect(decentTime('UTC', at)).toBe(at);
            lastPoll = at;
            state = { ...state, client: { ...state.client!, polledAt: at } };
          }
          const closesNow = decision.effects.filter((effect) => effect.type === 'record' && effect.event === 'talk_closed').length;
          expect(closesNow).toBe(before !== undefined && before.status !== 'closed' && state.talk?.status === 'closed' ? 1 : 0);
        };
        for (const { kind, afterMs, unreachable } of steps) {
          at += afterMs;
          state = { ...state, client: { ...state.client!, reachable: !unreachable } };
          if (kind === 'question' || kind === 'rate') {
            apply({ type: 'clientWrote', at, messageId: `${at}`, text: kind, hasAttachments: false });
            if (kind === 'question') {
              // What the turn does with a message that the poll's run did not take.
              if (state.talk?.status === 'nps_in_progress') apply({ type: 'pollMissed', at, wroteAt: at });
              expect(state.talk!.isRead).toBe(false);
              expect(state.talk!.unansweredAt!.length).toBeGreaterThan(0);
              expect(['in_work', 'with_error']).toContain(state.talk!.status);
            } else if (state.talk?.status === 'nps_in_progress') apply({ type: 'pollEnded', at, failed: false });
          } else if (kind === 'ring') apply({ type: 'deadlineReached', at });
          else if (kind === 'read') apply({ type: 'noReplyNeededAsked', at, by: anna });
          else if (kind === 'close' || kind === 'force') apply({ type: 'closeAsked', at, by: anna, force: kind === 'force' });
          else apply({ type: 'pollEnded', at, failed: kind === 'botFails' });
        }
        for (const count of polled.values()) expect(count).toBe(1);
        // Left alone, its own deadlines close it: planned, sent, run out.
        let rung = 0;
        while (state.talk !== undefined && isPolling(state.talk)) {
          at = Math.max(at, nextDeadline(state)!);
          apply({ type: 'deadlineReached', at });
          rung += 1;
          expect(rung).toBeLessThan(4);
        }
      }),
      { numRuns: runs(400) },
    );
  });
});
