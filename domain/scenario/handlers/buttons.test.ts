import { expect, test } from 'vitest';
import { options, play, say } from '../play-for-tests.ts';

const BOT = {
  0: {
    question: [say('Куда?')],
    answer: [
      options(
        { regex: '/сев/iu', params: [say('похоже на север')] },
        { value: 'Север', synonyms: ['N', ' nord '], params: [say('север')] },
        { value: '{{contact.first_name}}', params: [say('имя')] },
        { value: 'row_7', params: [say('строка 7')] },
        { regex: String.raw`/^\d{4}$/`, params: [say('год')] },
        { type: 'else', params: [say('иное')] },
      ),
    ],
  },
};

test.each([
  ['Север', 'север'],
  ['  север ', 'север'],
  ['n', 'север'],
  ['NORD', 'север'],
  ['на севере', 'похоже на север'],
  ['анна', 'имя'],
  ['2026', 'год'],
  ['20261', 'иное'],
  ['row_7', 'строка 7'],
  ['{{contact.first_name}}', 'иное'],
  ['Север\nЮг', 'похоже на север'],
])('the answer %j goes to %j: exact options before patterns, patterns before else', (text, expected) => {
  expect(play(BOT, [text, 'end'])[3]).toBe(`bot: ${expected}`);
});

test('one option alone and an object instead of a list are read like a list', () => {
  const alone = { 0: { question: say('?'), answer: { handler: 'buttons', params: { 0: { value: 'да', params: say('хорошо') } } } } };
  expect(play(alone, ['Да'])[3]).toBe('bot: хорошо');
});
