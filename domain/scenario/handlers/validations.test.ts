import { expect, test } from 'vitest';
import { play, say } from '../play-for-tests.ts';

/** What a validation keeps of a message; undefined where it does not hold. */
function kept(text: string, conditions: unknown[], logic = 'or'): string | undefined {
  const bot = {
    0: { question: [{ handler: 'validations', params: { logic, conditions, result: [say('kept <{{last_validation_result}}>')] } }] },
  };
  return play(bot, [`start: ${text}`])
    .find((line) => line.startsWith('bot:'))
    ?.slice('bot: kept <'.length, -1);
}
const check = (type: string, operation: string, condition_value: unknown) => ({
  client_value: '{{message_text}}',
  type,
  operation,
  condition_value,
});

test.each([
  ['9', check('range_numbers', 'contains', { from: 1, to: 10 }), '9'],
  ['ставлю 9 из 10', check('range_numbers', 'contains', { from: 1, to: 10 }), '9'],
  ['11', check('range_numbers', 'contains', { from: 1, to: 10 }), undefined],
  ['11', check('range_numbers', 'not_contains', { from: 1, to: 10 }), '11'],
  ['мой a.b@mail.example.ru, пишите', check('email', 'contains', ''), 'a.b@mail.example.ru'],
  ['почты нет', check('email', 'contains', ''), undefined],
  ['почты нет', check('email', 'not_contains', ''), 'почты нет'],
  ['8 903 123-45-67', check('phone', 'contains', ''), '+79031234567'],
  ['12', check('phone', 'contains', ''), undefined],
  ['заказ 77 шт', check('regex', 'contains', String.raw`/\d+/`), '77'],
  ['заказ', check('regex', 'contains', String.raw`/\d+/`), undefined],
  [' ДА ', check('simple', 'equal', 'да'), 'ДА'],
  ['нет', check('simple', 'not_equal', 'да'), 'нет'],
  ['1234', check('simple', 'length', '4'), '1234'],
  ['12345', check('simple', 'length', 4), undefined],
])('of %j a validation keeps what satisfied it', (text, condition, expected) => {
  expect(kept(text, [condition])).toBe(expected);
});

test('under "and" the first piece found is kept, and all must hold', () => {
  const both = [check('email', 'contains', ''), check('phone', 'contains', '')];
  expect(kept('a@b.ru +79031234567', both, 'and')).toBe('a@b.ru');
  expect(kept('a@b.ru', both, 'and')).toBeUndefined();
});
