import { describe, expect, test } from 'vitest';
import type { ClientAnswer, RunEvent, RunState, RunView, Scenario } from './model.ts';
import { act, go, options, pause, play, say, scenarioOf } from './play-for-tests.ts';
import { answersAtOnce, begin, describe as describeRun, step, takesAnswer } from './step.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const VIEW: RunView = {
  accountId: 1,
  timeZone: 'Europe/Moscow',
  seed: 's',
  contact: { id: 5, name: 'Анна', tags: [], fields: {} },
  lead: { id: 7, name: 'Заказ', tags: [], fields: {}, price: 0, statusId: 1, pipelineId: 1 },
};

/** Question with two buttons, an else, and a no-answer branch of ten minutes. */
const CITY = {
  0: {
    question: [say('Город?', ['Север', 'Юг'])],
    answer: [options({ value: 'Север', synonyms: ['с', 'north'], params: [go(1)] }, { value: 'Юг', params: [go(2)] })],
    no_answer: go(8),
  },
  1: { question: [say('Едем на север')] },
  2: { question: [say('Едем на юг')] },
  8: { question: [pause(600, 9)] },
  9: { question: [say('Вы здесь?')] },
};

/** Applies events one after another and returns the last state with all sent texts. */
function run(scenario: Scenario, events: RunEvent[], from: RunState = begin(scenario)) {
  let state = from;
  const sent: string[] = [];
  for (const event of events) {
    const result = step(scenario, state, event, VIEW);
    state = result.state;
    for (const command of result.commands) if (command.type === 'sendMessage') sent.push(command.text);
  }
  return { state, sent };
}

const started = (at = 0, text?: string): RunEvent => ({ type: 'started', at, ...(text === undefined ? {} : { message: { text } }) });
const said = (at: number, text: string, more: Partial<ClientAnswer> = {}): RunEvent => ({
  type: 'answered',
  at,
  answer: { text, ...more },
});
const rings = (at: number): RunEvent => ({ type: 'deadlineReached', at });

describe('walking', () => {
  test('handlers run in order and a jump leaves the rest of the list', () => {
    expect(play({ 0: { question: [say('a'), go(3), say('never')] }, 3: { question: [say('b')] } }, [])).toEqual([
      'bot: a',
      'bot: b',
      'ended: completed',
    ]);
  });

  test('a plain message without buttons or an answer section does not wait', () => {
    expect(play({ 0: { question: [say('a')] } }, ['hello'])).toEqual([
      'bot: a',
      'ended: completed',
      'client: hello',
      'nobody waits for it',
    ]);
  });

  test('an answer section waits for the message after the question', () => {
    expect(play({ 0: { question: [say('Имя?')], answer: [say('Рад знакомству, {{message_text}}')] } }, ['Олег'])).toEqual([
      'bot: Имя?',
      'step 0 waits for message',
      'client: Олег',
      'bot: Рад знакомству, Олег',
      'ended: completed',
    ]);
  });

  test('the message that starts a run is its message_text and never its answer', () => {
    expect(play(CITY, ['start: Север'])).toEqual([
      'client: Север',
      'bot: Город? [Север] [Юг]',
      'step 0 waits for message or timer, 10 min left',
    ]);
    expect(play({ 0: { question: [say('Вы написали «{{message_text}}»')] } }, ['start: привет'])[1]).toBe('bot: Вы написали «привет»');
  });

  test('goto answer runs the answers with the message in hand', () => {
    const bot = {
      0: { question: [say('?')], answer: [say('a {{message_text}}'), go(4, 'answer')] },
      4: { answer: [say('b {{message_text}}')] },
    };
    expect(play(bot, ['x']).slice(3)).toEqual(['bot: a x', 'bot: b x', 'ended: completed']);
  });

  test('goto finish runs the finish list where the step has one, and ends also where the step is missing', () => {
    const bot = {
      0: { question: [go(5, 'finish')] },
      5: {
        finish: [
          { handler: 'stop', params: { action: 'talk-close' } },
          { handler: 'stop', params: { action: 'salesbot-start', bot: 12 } },
        ],
      },
    };
    expect(play(bot, [])).toEqual(['talk closed', 'starts bot 12', 'ended: completed']);
    expect(play({ 0: { question: [say('a'), go(33, 'finish')] } }, [])).toEqual(['bot: a', 'ended: completed']);
  });

  test('nothing in a finish list can move the run on', () => {
    expect(play({ 0: { question: [say('a')], finish: [go(0), say('b')] } }, [])).toEqual([
      'bot: a',
      'bot: b',
      'step 0 skipped goto: skippedInFinish',
      'ended: completed',
    ]);
  });

  test('a jump to a question that does not exist ends the run as failed, visibly', () => {
    expect(play({ 0: { question: [say('a'), go(7)] } }, []).at(-1)).toBe('ended: failed (step 7 does not exist)');
  });

  test('a text that is empty after placeholders is not sent, and the step still waits', () => {
    expect(play({ 0: { question: [say(' {{lead.cf.5}} ')], answer: [say('ok')] } }, [])).toEqual([
      'step 0 skipped show: notSentEmpty',
      'step 0 waits for message',
    ]);
  });
});

describe('questions', () => {
  test('no option and no else: the question stands', () => {
    expect(play(CITY, ['Запад', 'юг']).slice(2)).toEqual([
      'client: Запад',
      'step 0 waits for message or timer, 10 min left',
      'client: юг',
      'bot: Едем на юг',
      'ended: completed',
    ]);
  });

  test('after the no-answer timer the old answers are dropped', () => {
    expect(play(CITY, ['+11 min', 'Юг']).slice(2)).toEqual([
      '… 11 min …',
      'bot: Вы здесь?',
      'ended: completed',
      'client: Юг',
      'nobody waits for it',
    ]);
  });

  test('no_answer counts from the acceptance of the question', () => {
    const scenario = scenarioOf(CITY);
    const asked = run(scenario, [started(0)]).state;
    expect([asked.wantsAccepted, asked.questionKey, asked.listens]).toEqual([true, 'm1', true]);
    expect(run(scenario, [rings(20 * 60_000)], asked).sent).toEqual([]);
    const accepted = run(scenario, [{ type: 'accepted', at: 60_000, key: 'm1' }], asked).state;
    expect([accepted.wantsAccepted, accepted.deadlineAt]).toEqual([undefined, 660_000]);
    expect(run(scenario, [rings(659_999)], accepted).state).toBe(accepted);
    expect(run(scenario, [rings(660_000)], accepted).sent).toEqual(['Вы здесь?']);
  });

  test('an acceptance of another message or a second one changes nothing', () => {
    const scenario = scenarioOf(CITY);
    const { state } = run(scenario, [started(0), { type: 'accepted', at: 1000, key: 'm1' }]);
    expect(
      run(
        scenario,
        [
          { type: 'accepted', at: 9000, key: 'm1' },
          { type: 'accepted', at: 9000, key: 'm9' },
        ],
        state,
      ).state,
    ).toBe(state);
  });

  test('no_answer starts again after a message that matched nothing', () => {
    const scenario = scenarioOf(CITY);
    const { state } = run(scenario, [started(0), { type: 'accepted', at: 1000, key: 'm1' }, said(300_000, 'что?')]);
    expect(state.deadlineAt).toBe(900_000);
  });

  test('a press belongs to the question that is waited for; one on an older question moves nothing', () => {
    const scenario = scenarioOf({
      0: { question: [say('1?', ['A']), say('подсказка')], answer: [options({ value: 'A', params: [go(1)] })] },
      1: { question: [say('2?', ['A'])], answer: [options({ value: 'A', params: [say('готово')] })] },
    });
    const first = run(scenario, [started(0)]).state;
    const press = (messageKey: string): RunEvent => said(5, 'A', { pressed: { messageKey, label: 'A' } });
    expect(run(scenario, [press('m1')], first).sent).toEqual(['2?']);
    const second = run(scenario, [press('m1')], first).state;
    expect(takesAnswer(second, { text: 'A', pressed: { messageKey: 'm1', label: 'A' } })).toBe(false);
    expect(run(scenario, [press('m1')], second).state).toBe(second);
    expect(run(scenario, [press('m3')], second).sent).toEqual(['готово']);
  });

  test('the buttons of a question count also after a hint was sent for an answer that matched nothing', () => {
    const bot = { 0: { question: [say('?', ['A'])], answer: [options({ value: 'A', params: [say('да')] }), say('не понял')] } };
    expect(play(bot, ['zz', '[A]']).slice(2)).toEqual([
      'client: zz',
      'bot: не понял',
      'step 0 waits for message',
      'client: [A]',
      'bot: да',
      'bot: не понял',
      'ended: completed',
    ]);
  });

  test('an answer without text goes to else', () => {
    const scenario = scenarioOf({
      0: { question: [say('?')], answer: [options({ value: 'A', params: [say('a')] }, { type: 'else', params: [say('иное')] })] },
    });
    expect(run(scenario, [started(), said(1, '', { attachments: ['picture'] })]).sent).toEqual(['?', 'иное']);
  });

  test('what goes at once: presses, /start, exact options in any case; a text that only resembles one waits for more lines', () => {
    const scenario = scenarioOf(CITY);
    const { state } = run(scenario, [started()]);
    const atOnce = (answer: ClientAnswer) => answersAtOnce(scenario, state, answer);
    expect(['  СЕВЕР ', 'North', 'юг', '/start', '/start promo'].map((text) => atOnce({ text }))).toEqual([true, true, true, true, true]);
    expect(['северный', '', 'север или юг', '/started'].map((text) => atOnce({ text }))).toEqual([false, false, false, false]);
    expect(atOnce({ text: 'x', pressed: { messageKey: 'm1', label: 'x' } })).toBe(true);
  });
});

describe('time', () => {
  test('a deadline that has not come, or rings twice, changes nothing', () => {
    const scenario = scenarioOf({
      0: { question: [pause(60, 1)] },
      1: { question: [say('a'), pause(60, 2)] },
      2: { question: [say('b')] },
    });
    const { state } = run(scenario, [started(1000)]);
    expect(run(scenario, [rings(60_999)], state).state).toBe(state);
    const once = run(scenario, [rings(61_000)], state);
    expect(once.sent).toEqual(['a']);
    expect(run(scenario, [rings(61_000)], once.state).state).toBe(once.state);
  });

  test('a client who writes during a plain pause is not heard by the run', () => {
    const { state } = run(scenarioOf({ 0: { question: [pause(60, 1)] }, 1: { question: [say('a')] } }), [started()]);
    expect([state.listens, state.deadlineAt]).toEqual([false, 60_000]);
  });

  test('a run that nobody answers for 400 days expires; its pauses do not show that age', () => {
    const scenario = scenarioOf({ 0: { question: [say('?')], answer: [say('a')] } });
    const { state } = run(scenario, [started(5)]);
    expect(state.deadlineAt).toBe(5 + 400 * DAY);
    expect(describeRun(scenario, state)).toEqual({ step: 0, title: '?', waits: 'message', question: '?' });
    expect(run(scenario, [rings(5 + 400 * DAY)], state).state.ended).toEqual({ outcome: 'expired' });
  });
});

describe('guards', () => {
  test('200 handlers in one turn end the run as looped', () => {
    const twenty = Array.from({ length: 20 }, () => say('x'));
    const bot = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [n, { question: [...twenty, go((n + 1) % 20)] }]));
    const lines = play(bot, []);
    expect(lines.filter((line) => line === 'bot: x')).toHaveLength(191);
    expect(lines.at(-1)).toBe('ended: looped');
  });

  test('the same step fifty times within an hour without the client ends the run as looped', () => {
    const lines = play({ 0: { question: [say('снова'), pause(30, 0)] } }, ['+3 h']);
    expect(lines.filter((line) => line === 'bot: снова')).toHaveLength(50);
    expect(lines.at(-1)).toBe('ended: looped');
  });

  test('fifty visits over more than an hour, or with a client who writes, are no loop', () => {
    expect(play({ 0: { question: [say('x'), pause(80, 0)] } }, ['+5 h']).at(-1)).toMatch(/waits for timer/);
    const scenario = scenarioOf({ 0: { question: [say('x')], answer: [go(0)] } });
    const events = Array.from({ length: 120 }, (_, n) => said(n, 'y'));
    expect(run(scenario, [started(), ...events]).state.ended).toBeUndefined();
  });

  test('hundreds of costly patterns over a long text end the run as looped instead of holding the turn', () => {
    const costly = Array.from({ length: 300 }, (_, n) => ({ regex: `/(?:ab){400}x${n}/`, params: [] }));
    const scenario = scenarioOf({ 0: { question: [say('?')], answer: [options(...costly), say('дальше')] } });
    const { state, sent } = run(scenario, [started(), said(1, 'ab'.repeat(4000))]);
    expect([state.ended, sent]).toEqual([{ outcome: 'looped' }, ['?']]);
    expect(run(scenario, [started(), said(1, 'ab')]).sent).toEqual(['?', 'дальше']);
  });

  test('two thousand turns end the run as looped', () => {
    const scenario = scenarioOf({ 0: { question: [say('x')], answer: [go(0)] } });
    const events = Array.from({ length: 1999 }, (_, n) => said(n, 'y'));
    const { state } = run(scenario, [started(), ...events]);
    expect(state.ended).toBeUndefined();
    expect(run(scenario, [said(5000, 'y')], state).state.ended).toEqual({ outcome: 'looped' });
  });
});

describe('refusals', () => {
  const bot = (onError: unknown, error?: unknown) => ({
    0: { question: [{ handler: 'send_message', params: { type: 'external', text: '?', on_error: onError } }], answer: [say('ok')] },
    3: { question: [act('set_tag', { value: 'не доставлено' })] },
    ...(error === undefined ? {} : { error }),
  });

  test('on_error of the message itself comes first', () => {
    expect(play(bot(go(3), [go(0)]), ['!bot was blocked'])).toEqual([
      'bot: ?',
      'refused: bot was blocked',
      'lead tags +не доставлено',
      'ended: completed',
    ]);
  });

  test('without it the root error runs, and the run ends as failed with the words of the messenger', () => {
    expect(play(bot(null, [act('change_status', { value: 143 })]), ['!bot was blocked'])).toEqual([
      'bot: ?',
      'refused: bot was blocked',
      'stage 143',
      'ended: failed (bot was blocked)',
    ]);
    expect(play(bot(null), ['!bot was blocked'])).toEqual(['bot: ?', 'refused: bot was blocked', 'ended: failed (bot was blocked)']);
  });

  test('a root error that jumps goes on there', () => {
    expect(play(bot(null, [go(3)]), ['!no']).slice(2)).toEqual(['lead tags +не доставлено', 'ended: completed']);
  });

  test('a refusal reported after the run has moved on changes nothing', () => {
    const scenario = scenarioOf({ 0: { question: [say('?')], answer: [pause(60, 1)] }, 1: { question: [say('a')] } });
    const { state } = run(scenario, [started(), said(1, 'x')]);
    expect(run(scenario, [{ type: 'refused', at: 2, key: 'm1', words: 'no' }], state).state).toBe(state);
  });

  test('a refusal reported while the run still waits there takes the way out', () => {
    const scenario = scenarioOf(CITY);
    const { state } = run(scenario, [
      started(),
      { type: 'accepted', at: 1, key: 'm1' },
      said(2, 'что'),
      { type: 'refused', at: 3, key: 'm1', words: 'no' },
    ]);
    expect(state.ended).toEqual({ outcome: 'failed', words: 'no' });
  });

  test('the last message of a bot may be refused after the run came to its end', () => {
    const scenario = scenarioOf({ 0: { question: [say('пока')] } });
    const { state } = run(scenario, [started()]);
    expect(state.ended).toEqual({ outcome: 'completed' });
    expect(run(scenario, [{ type: 'refused', at: 2, key: 'm1', words: 'no' }], state).state.ended).toEqual({
      outcome: 'failed',
      words: 'no',
    });
  });
});

describe('what others read of a state', () => {
  test('keys of messages are unique within a run and the same for a repeated turn', () => {
    const scenario = scenarioOf({ 0: { question: [say('a'), say('b')], answer: [go(0)] } });
    const first = step(scenario, begin(scenario), started(), VIEW);
    expect(step(scenario, begin(scenario), started(), VIEW)).toEqual(first);
    const second = step(scenario, first.state, said(1, 'x'), VIEW);
    const keys = [...first.commands, ...second.commands].map((command) => (command.type === 'sendMessage' ? command.key : ''));
    expect(keys).toEqual(['m1', 'm2', 'm3', 'm4']);
  });

  test('later handlers see what earlier ones did', () => {
    const bot = {
      0: {
        question: [
          act('set_tag', { value: 'vip' }),
          act('set_custom_fields', { type: 2, custom_field: '{{lead.price}}', value: '500' }),
          { handler: 'condition', params: { term1: 'lead.tags', term2: 'vip', operation: '=', result: [say('{{lead.price}} ₽')] } },
        ],
      },
    };
    expect(play(bot, [])).toEqual(['lead tags +vip', 'lead price = 500', 'bot: 500 ₽', 'ended: completed']);
  });

  test('the strip names the block, what it waits for and until when', () => {
    const scenario = scenarioOf(CITY);
    const { state } = run(scenario, [started(), { type: 'accepted', at: 0, key: 'm1' }]);
    expect(describeRun(scenario, state)).toEqual({ step: 0, title: 'Город?', waits: 'messageOrTimer', until: 600_000, question: 'Город?' });
    expect(describeRun(scenario, run(scenario, [said(1, 'юг')], state).state)).toEqual({ step: null, title: '', waits: 'nothing' });
  });
});
