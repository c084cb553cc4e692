import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import type { ChatTalk, ConversationEvent, ConversationRules, Talk } from './model.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const rules = {
  newConversation: { rule: 'alwaysNew' },
  thanksDoNotReopen: false,
  responseTime: { enabled: true, seconds: 600, time: 'calendar', stoppedBy: 'person' },
  schedule: { timeZone: 'UTC', week: {}, holidays: [] },
} as unknown as ConversationRules;
const wrote: ConversationEvent = { type: 'clientWrote', at: NOON, messageId: 'm1', text: 'hello', hasAttachments: false };
const talk = (change: Partial<Talk>): Talk => ({
  number: 7,
  status: 'in_work',
  isRead: true,
  opening: 1,
  openedAt: NOON - 1000,
  missedReported: false,
  ...change,
});

describe('what a blocked contact writes', () => {
  test.each<[string, ChatTalk]>([
    ['gives no number', { kind: 'private', blocked: true }],
    ['leaves an open conversation read and without a clock', { kind: 'private', blocked: true, talk: talk({}) }],
    ['reopens nothing and begins nothing', { kind: 'private', blocked: true, talk: talk({ status: 'closed', closedAt: NOON - 500 }) }],
    ['drops no planned poll', { kind: 'private', blocked: true, talk: talk({ status: 'nps_scheduled' }) }],
  ])('%s', (_, state) => {
    expect(decide(state, wrote, rules)).toEqual({ state, effects: [] });
  });

  test('is heard as before once they are let in again', () => {
    const { state, effects } = decide({ kind: 'private', blocked: false }, wrote, rules);
    expect(state.talk).toMatchObject({ status: 'in_work', isRead: false, waitingSince: NOON });
    expect(effects.map(({ type }) => type)).toEqual(['opened', 'record', 'notify']);
  });

  test('hinders no order of ours: closing a blocked contact’s conversation closes it', () => {
    const close: ConversationEvent = { type: 'closeAsked', at: NOON, by: { kind: 'user', id: 1 }, force: true };
    expect(decide({ kind: 'private', blocked: true, talk: talk({}) }, close, rules).state.talk?.status).toBe('closed');
  });
});
