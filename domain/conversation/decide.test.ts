import { describe, expect, test } from 'vitest';
import { decide, nextDeadline, outcomeOf } from './decide.ts';
import type { Author, ChatTalk, ConversationEffect, ConversationEvent, ConversationRules } from './model.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** 2026-11-23, a Monday, 09:00 UTC. */
const START = Date.UTC(2026, 10, 23, 9);
const anna: Author = { kind: 'user', id: 7 };

const rules: ConversationRules = {
  newConversation: { rule: 'reopen' },
  thanksDoNotReopen: false,
  responseTime: { enabled: false },
  schedule: { timeZone: 'UTC', week: [0, 1, 2, 3, 4].map(() => [{ from: 540, to: 1080 }]).concat([[], []]), holidays: [] },
};
const tenMinutes: ConversationRules = {
  ...rules,
  responseTime: { enabled: true, seconds: 600, time: 'calendar', stoppedBy: 'person' },
};
const nobody: ChatTalk = { kind: 'private' };

const wrote = (at: number, text = 'hello', hasAttachments = false): ConversationEvent => ({
  type: 'clientWrote',
  at: START + at,
  messageId: `in-${at}`,
  text,
  hasAttachments,
});
const answers = (at: number, messageId = `out-${at}`): ConversationEvent => ({ type: 'personWrote', at: START + at, userId: 7, messageId });
const accepted = (at: number, writtenAt: number, by: 'person' | 'bot' = 'person'): ConversationEvent => ({
  type: 'replyAccepted',
  at: START + at,
  by,
  messageId: `out-${writtenAt}`,
  writtenAt: START + writtenAt,
});
const refused = (at: number, writtenAt: number): ConversationEvent => ({
  type: 'replyRefused',
  at: START + at,
  messageId: `out-${writtenAt}`,
});
const closes = (at: number): ConversationEvent => ({ type: 'closeAsked', at: START + at, by: anna, force: false });
const noReply = (at: number): ConversationEvent => ({ type: 'noReplyNeededAsked', at: START + at, by: anna });
const opens = (at: number, counts = true): ConversationEvent => ({ type: 'wasOpened', at: START + at, userId: 7, counts });
const rings = (at: number): ConversationEvent => ({ type: 'deadlineReached', at: START + at });

/** Gives the events one after the other; a conversation that is born gets the number 1, as the turn would do. */
function play(events: ConversationEvent[], by: ConversationRules = rules, from: ChatTalk = nobody) {
  let state = from;
  let effects: ConversationEffect[] = [];
  for (const event of events) {
    const decision = decide(state, event, by);
    state = decision.state;
    effects = decision.effects;
    if (effects.some((effect) => effect.type === 'opened' && effect.how === 'born')) {
      state = { ...state, talk: { ...state.talk!, number: (from.talk?.number ?? 0) + 1 } };
    }
  }
  return { state, talk: state.talk, effects };
}
const recorded = (effects: ConversationEffect[]) => effects.flatMap((effect) => (effect.type === 'record' ? [effect.event] : []));

describe('opening', () => {
  test('a first message of a client opens an unread conversation in work whose number is due', () => {
    const { state, effects } = decide(nobody, wrote(0), rules);
    expect(state.talk).toEqual({
      status: 'in_work',
      isRead: false,
      opening: 1,
      openedAt: START,
      waitingSince: START,
      unansweredAt: [START],
      missedReported: false,
    });
    expect(effects).toEqual([
      { type: 'opened', how: 'born' },
      { type: 'record', event: 'talk_created', author: { kind: 'client' } },
      { type: 'notify', what: 'clientWrote' },
    ]);
  });

  test('a further message is unread again and opens nothing', () => {
    const { talk, effects } = play([wrote(0), opens(1), wrote(2)]);
    expect(talk).toMatchObject({ isRead: false, opening: 1, number: 1 });
    expect(effects).toEqual([{ type: 'notify', what: 'clientWrote' }]);
  });

  test('a message into an unread conversation says that it was unread already', () => {
    expect(play([wrote(0), wrote(2)]).effects).toEqual([{ type: 'notify', what: 'clientWrote', again: true }]);
  });

  test.each<ConversationEvent>([
    answers(0),
    accepted(1, 0),
    refused(1, 0),
    opens(0),
    noReply(0),
    closes(0),
    rings(0),
    { type: 'markUnreadAsked', at: START, userId: 7 },
  ])('$type without a conversation changes nothing and gives no number', (event) => {
    expect(decide(nobody, event, tenMinutes)).toEqual({ state: nobody, effects: [] });
    expect(outcomeOf(nobody)).toEqual({ status: 'none', isRead: true });
  });

  test('a group chat is never numbered, whoever writes', () => {
    const group: ChatTalk = { kind: 'group' };
    expect(decide(group, wrote(0), tenMinutes)).toEqual({ state: group, effects: [] });
  });
});

describe('a client writes after the close', () => {
  const closed = play([wrote(0), closes(HOUR)]).state;
  const writesAfter = (ms: number, by: Partial<ConversationRules>, text = 'again') =>
    decide(closed, wrote(HOUR + ms, text), { ...rules, ...by });

  test('the same conversation opens again: same number, next opening, unread', () => {
    const { state, effects } = writesAfter(5 * 24 * HOUR, {});
    expect(state.talk).toMatchObject({ number: 1, opening: 2, status: 'in_work', isRead: false, openedAt: START + HOUR + 5 * 24 * HOUR });
    expect(state.talk).not.toHaveProperty('closedAt');
    expect(effects).toEqual([
      { type: 'opened', how: 'reopened' },
      { type: 'record', event: 'talk_reopened', author: { kind: 'client' } },
      { type: 'notify', what: 'clientWrote' },
    ]);
  });

  test.each([
    ['reopen', { rule: 'reopen' as const }, 1_000 * HOUR, 'reopened'],
    ['new after 24 h, written in the 24th hour', { rule: 'newAfter' as const, hours: 24 }, 24 * HOUR, 'reopened'],
    ['new after 24 h, written a millisecond later', { rule: 'newAfter' as const, hours: 24 }, 24 * HOUR + 1, 'born'],
    ['always new', { rule: 'alwaysNew' as const }, 1, 'born'],
  ])('by the rule "%s"', (_name, newConversation, ms, how) => {
    const { state, effects } = writesAfter(ms, { newConversation });
    expect(effects[0]).toEqual({ type: 'opened', how });
    expect(state.talk!.number).toBe(how === 'born' ? undefined : 1);
    expect(state.talk!.opening).toBe(how === 'born' ? 1 : 2);
  });

  test.each(['Спасибо!', 'спасибо большое 🙏', 'thanks a lot', '👍', '❤️❤️', ':)', ')))', 'Спасибо вам за помощь'])(
    'thanks alone ("%s") leave it closed for 15 minutes, where set',
    (text) => {
      const thanksDoNotReopen = true;
      expect(writesAfter(15 * MINUTE, { thanksDoNotReopen }, text)).toEqual({ state: closed, effects: [] });
      expect(writesAfter(15 * MINUTE + 1, { thanksDoNotReopen }, text).state.talk!.status).toBe('in_work');
      expect(writesAfter(MINUTE, {}, text).state.talk!.status).toBe('in_work');
    },
  );

  test.each(['спасибо, не помогло', 'thanks, but where is it?', 'спасибо?', '?', 'ок', '', 'нет', '...'])(
    'what is more than thanks ("%s") reopens all the same',
    (text) => {
      expect(writesAfter(MINUTE, { thanksDoNotReopen: true }, text).state.talk!.status).toBe('in_work');
    },
  );

  test('thanks with a picture reopen: the picture may be the question', () => {
    expect(decide(closed, wrote(HOUR + 1, 'спасибо', true), { ...rules, thanksDoNotReopen: true }).state.talk!.status).toBe('in_work');
  });

  test("a manager's message reopens nothing", () => {
    expect(decide(closed, answers(HOUR + 1), rules)).toEqual({ state: closed, effects: [] });
  });
});

describe('read and in work', () => {
  test.each([
    ['opening by the responsible user', opens(1), true, ['talk_read']],
    ['opening by somebody else', opens(1, false), false, []],
    ['an answer', answers(1), true, []],
    ['"no reply needed"', noReply(1), true, ['conversation_answered']],
  ])('%s leaves it in work, read = %s', (_name, event, isRead, records) => {
    const { talk, effects } = play([wrote(0), event]);
    expect(talk).toMatchObject({ status: 'in_work', isRead });
    expect(recorded(effects)).toEqual(records);
    expect(effects.some((effect) => effect.type === 'withdrawNotifications')).toBe(isRead);
  });

  test('marking as unread touches only the flag, and only once', () => {
    const unread: ConversationEvent = { type: 'markUnreadAsked', at: START + 2, userId: 7 };
    const { state, talk, effects } = play([wrote(0), opens(1), unread]);
    expect(talk).toMatchObject({ status: 'in_work', isRead: false, waitingSince: START });
    expect(effects).toEqual([{ type: 'record', event: 'talk_unread', author: anna }]);
    expect(decide(state, unread, rules)).toEqual({ state, effects: [] });
  });

  test('"no reply needed" says something new only once', () => {
    const { state } = play([wrote(0), noReply(1)]);
    expect(decide(state, noReply(2), rules)).toEqual({ state, effects: [] });
    expect(outcomeOf(state)).toEqual({ status: 'in_work', isRead: true });
  });
});

describe('close', () => {
  test('reads, ends the clock and withdraws notifications; its author is who asked', () => {
    const { talk, effects } = play([wrote(0), closes(5)], tenMinutes);
    expect(talk).toEqual({
      number: 1,
      status: 'closed',
      isRead: true,
      opening: 1,
      openedAt: START,
      closedAt: START + 5,
      missedReported: false,
    });
    expect(effects).toEqual([
      { type: 'closed', by: anna, force: false },
      { type: 'record', event: 'talk_closed', author: anna },
      { type: 'withdrawNotifications' },
    ]);
  });

  test('closing what is closed answers "closed" and changes nothing', () => {
    const { state } = play([wrote(0), closes(5)]);
    expect(decide(state, closes(6), rules)).toEqual({ state, effects: [] });
    expect(outcomeOf(state)).toEqual({ status: 'closed', isRead: true });
  });

  test('a conversation whose poll failed can be closed and written to', () => {
    const { state } = play([wrote(0)]);
    const failed: ChatTalk = { ...state, talk: { ...state.talk!, status: 'with_error' } };
    expect(decide(failed, closes(1), rules).state.talk!.status).toBe('closed');
    const written = decide(failed, wrote(2), rules);
    expect(written.state.talk).toMatchObject({ isRead: false, opening: 1, status: 'with_error' });
    expect(written.effects).toEqual([expect.objectContaining({ type: 'notify', what: 'clientWrote' })]);
  });
});

describe('response time', () => {
  const dueAfter = (events: ConversationEvent[], by = tenMinutes) => {
    const due = nextDeadline(play(events, by).state);
    return due === undefined ? undefined : due - START;
  };

  test.each<[string, ConversationEvent[], number | undefined]>([
    ['starts at the first unanswered message', [wrote(0), wrote(5 * MINUTE)], 10 * MINUTE],
    ["stops when the messenger has accepted a person's reply", [wrote(0), answers(1), accepted(2, 1)], undefined],
    ['runs on while a reply is only on its way', [wrote(0), answers(1)], 10 * MINUTE],
    ["runs on after a bot's reply", [wrote(0), accepted(2, 1, 'bot')], 10 * MINUTE],
    [
      'runs on for what came after the reply was written',
      [wrote(0), answers(MINUTE), wrote(2 * MINUTE), accepted(3 * MINUTE, MINUTE)],
      12 * MINUTE,
    ],
    [
      'is not stopped by a reply written before the question',
      [wrote(0), closes(1), wrote(5 * MINUTE), accepted(6 * MINUTE, 1)],
      15 * MINUTE,
    ],
    ['starts anew at the next question', [wrote(0), accepted(2, 1), wrote(HOUR)], HOUR + 10 * MINUTE],
    ['takes up its old start when the reply is refused later', [wrote(0), accepted(2, 1), refused(HOUR, 1)], 10 * MINUTE],
    ['takes up its old start though a new stretch runs', [wrote(0), accepted(2, 1), wrote(MINUTE), refused(HOUR, 1)], 10 * MINUTE],
    ['stays stopped when a second reply stands', [wrote(0), accepted(2, 1), accepted(4, 3), refused(HOUR, 1)], undefined],
    [
      'takes up its old start when both replies are refused',
      [wrote(0), accepted(2, 1), accepted(4, 3), refused(5, 3), refused(6, 1)],
      10 * MINUTE,
    ],
    ['knows nothing of a refusal it did not stop for', [wrote(0), accepted(2, 1), wrote(5), accepted(7, 6), refused(8, 1)], undefined],
    ['stops at "no reply needed"', [wrote(0), noReply(1)], undefined],
    [
      'stays stopped at "no reply needed" when an earlier reply is refused',
      [wrote(0), accepted(2, 1), noReply(3), refused(4, 1)],
      undefined,
    ],
    ['stops at the close', [wrote(0), closes(1)], undefined],
    ['stays stopped at the close when a reply is refused', [wrote(0), accepted(2, 1), closes(3), refused(4, 1)], undefined],
  ])('%s', (_name, events, due) => {
    expect(dueAfter(events)).toBe(due);
  });

  test('anybody stops it, by setting', () => {
    const anybody: ConversationRules = { ...rules, responseTime: { enabled: true, seconds: 600, time: 'calendar', stoppedBy: 'anybody' } };
    expect(dueAfter([wrote(0), accepted(1, 0, 'bot')], anybody)).toBeUndefined();
  });

  test('counts working hours where set: asked on Friday at 17:55, late on Monday at 09:05', () => {
    const working: ConversationRules = { ...rules, responseTime: { enabled: true, seconds: 600, time: 'working', stoppedBy: 'person' } };
    const friday = 4 * 24 * HOUR + 8 * HOUR + 55 * MINUTE;
    expect(dueAfter([wrote(friday)], working)).toBe(7 * 24 * HOUR + 5 * MINUTE);
  });

  test('who waits is known without a response time too, and never becomes late', () => {
    const { state, talk } = play([wrote(0)]);
    expect(talk!.waitingSince).toBe(START);
    expect(nextDeadline(state)).toBeUndefined();
    expect(decide(state, rings(HOUR), rules)).toEqual({ state, effects: [] });
  });

  test('late is reported once per stretch, and shown until the next one', () => {
    const late = play([wrote(0), rings(10 * MINUTE)], tenMinutes);
    expect(late.talk).toMatchObject({ missedAt: START + 10 * MINUTE, missedReported: true, waitingSince: START });
    expect(late.effects).toEqual([
      { type: 'record', event: 'talk_missed_event', author: { kind: 'system' } },
      { type: 'notify', what: 'missed' },
    ]);
    expect(nextDeadline(late.state)).toBeUndefined();
    expect(decide(late.state, rings(11 * MINUTE), tenMinutes).effects).toEqual([]);
    expect(play([wrote(11 * MINUTE)], tenMinutes, late.state).talk!.answerDueAt).toBeUndefined();

    const answered = play([accepted(12 * MINUTE, 11 * MINUTE)], tenMinutes, late.state);
    expect(answered.talk!.missedAt).toBe(START + 10 * MINUTE);
    const again = play([wrote(HOUR)], tenMinutes, answered.state);
    expect(again.talk).not.toHaveProperty('missedAt');
    expect(recorded(play([rings(2 * HOUR)], tenMinutes, again.state).effects)).toEqual(['talk_missed_event']);
  });

  test('a stretch already reported is not reported again when its reply fails', () => {
    const { talk } = play([wrote(0), rings(10 * MINUTE), accepted(12 * MINUTE, 11 * MINUTE), refused(HOUR, 11 * MINUTE)], tenMinutes);
    expect(talk).toMatchObject({ waitingSince: START, missedReported: true });
    expect(talk).not.toHaveProperty('answerDueAt');
  });

  test('a deadline armed under older settings rings without effect and moves', () => {
    const { state } = play([wrote(0)], tenMinutes);
    const hour: ConversationRules = { ...rules, responseTime: { enabled: true, seconds: 3600, time: 'calendar', stoppedBy: 'person' } };
    const moved = decide(state, rings(10 * MINUTE), hour);
    expect(moved.effects).toEqual([]);
    expect(nextDeadline(moved.state)).toBe(START + HOUR);
    expect(nextDeadline(decide(state, rings(10 * MINUTE), rules).state)).toBeUndefined();
  });

  test('a flood of messages keeps a bounded list and still knows that the last one waits', () => {
    const flood = Array.from({ length: 200 }, (_, index) => wrote(index * 1_000));
    const { state, talk } = play(flood, tenMinutes);
    expect(talk!.unansweredAt!.length).toBeLessThanOrEqual(50);
    expect(play([accepted(201_000, 198_500)], tenMinutes, state).talk!.waitingSince).toBe(START + 199_000);
  });
});
