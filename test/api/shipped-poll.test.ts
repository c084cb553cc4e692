import { describe, expect, test } from 'vitest';
import { readImport } from '../../api/bot-drafts.ts';
import { shippedPoll, shippedScales } from '../../api/shipped-poll.ts';
import { simulate } from '../../domain/scenario/simulate.ts';
import { formatTranscript } from '../../domain/scenario/transcript.ts';

describe('the poll that is shipped', () => {
  for (const language of ['ru', 'en'] as const) {
    for (const scale of shippedScales) {
      test(`${language}, ${scale.from}–${scale.to}: is a bot of type nps that can run, without a warning`, () => {
        const draft = readImport(shippedPoll(language, scale));
        expect(draft.kind).toBe('nps');
        expect(draft.problems).toEqual([]);
        expect(draft.scenario?.steps[0]?.title).not.toBe('');
      });
    }
  }

  const { scenario } = readImport(shippedPoll('en', { from: 1, to: 5 }));
  const ask = [
    'bot: How well did we help you? Please rate it from 1 to 5. [1] [2] [3] [4] [5]',
    'step 0 waits for message or timer, 1 d left',
  ];
  const why = [
    'bot: We are sorry it was not better. What should we change? Please answer in one message.',
    'step 10 waits for message or timer, 1 d left',
  ];
  const completed = 'ended: completed';

  test.each<[string, string[], string[]]>([
    ['a press of a high rate', ['[5]'], ['client: [5]', 'talk rate = 5', 'bot: Thank you for the rating!', completed]],
    [
      'a low one in words, and its comment',
      ['3', 'Too slow'],
      [
        'client: 3',
        'talk rate = 3',
        ...why,
        'client: Too slow',
        'talk comment = Too slow',
        'bot: Thank you for telling us. The head of the team has it now.',
        completed,
      ],
    ],
    ['a low one without a comment', ['[1]', '+1 d'], ['client: [1]', 'talk rate = 1', ...why, '… 1 d …', completed]],
    ['a day of silence', ['+1 d'], ['… 1 d …', completed]],
    ['a number off the scale', ['6'], ['client: 6', completed]],
    ['a number among words', ['5 of 5'], ['client: 5 of 5', completed]],
    ['a question', ['Where is my order?'], ['client: Where is my order?', completed]],
  ])('%s', (_name, script, said) => {
    expect(formatTranscript(simulate(scenario!, script))).toEqual([...ask, ...said]);
  });
});
