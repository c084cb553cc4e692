import { expect, test } from 'vitest';
import { go, options, play, say } from '../play-for-tests.ts';

const race = (message: unknown) => ({
  0: {
    question: [
      say('Напишите адрес'),
      {
        handler: 'waits',
        params: {
          logic: 'or',
          conditions: [
            { event: message, action: { type: 'question', step: 5 } },
            { event: { source: 'timer', action: 'ended', delay: 900 }, action: { type: 'question', step: 30 } },
          ],
        },
      },
    ],
  },
  5: { question: [say('Адрес: {{message_text}}')] },
  30: { question: [say('Вы ещё тут?')] },
});

test.each([[{ source: 'message', action: 'received' }], [{ source: 'message_received' }]])(
  'a message wins the race and drops the timer: %j',
  (event) => {
    expect(play(race(event), ['Мира 5', '+1 h'])).toEqual([
      'bot: Напишите адрес',
      'step 0 waits for message or timer, 15 min left',
      'client: Мира 5',
      'bot: Адрес: Мира 5',
      'ended: completed',
      '… 1 h …',
    ]);
  },
);

test('the timer wins the race and drops the message', () => {
  expect(play(race({ source: 'message', action: 'received' }), ['+15 min', 'Мира 5']).slice(2)).toEqual([
    '… 15 min …',
    'bot: Вы ещё тут?',
    'ended: completed',
    'client: Мира 5',
    'nobody waits for it',
  ]);
});

test('a pause in a question that has answers leaves them armed', () => {
  const bot = {
    0: {
      question: [
        say('?'),
        {
          handler: 'wait',
          params: { conditions: [{ event: { source: 'timer', action: 'ended', delay: 60 }, action: { type: 'question', step: 1 } }] },
        },
      ],
      answer: [options({ value: 'да', params: [say('хорошо')] })],
    },
    1: { question: [say('время вышло')] },
  };
  expect(play(bot, ['ну', 'да']).slice(2)).toEqual([
    'client: ну',
    'step 0 waits for message or timer, 1 min left',
    'client: да',
    'bot: хорошо',
    'ended: completed',
  ]);
  expect(play(bot, ['+30 s', 'ну', '+30 s']).slice(-2)).toEqual(['bot: время вышло', 'ended: completed']);
});

test('wait_answer goes on at a question or at answers, with the message in hand', () => {
  const bot = (type: string) => ({
    0: { question: [say('Имя?'), { handler: 'wait_answer', params: { type, step: 1 } }] },
    1: { question: [say('вопрос после {{message_text}}')], answer: [say('ответ {{message_text}}'), go(9, 'finish')] },
  });
  expect(play(bot('question'), ['Олег', 'да']).slice(2)).toEqual([
    'client: Олег',
    'bot: вопрос после Олег',
    'step 1 waits for message',
    'client: да',
    'bot: ответ да',
    'ended: completed',
  ]);
  expect(play(bot('answer'), ['Олег']).slice(3)).toEqual(['bot: ответ Олег', 'ended: completed']);
});
