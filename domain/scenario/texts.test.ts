import { describe, expect, test } from 'vitest';
import { calculate } from './arithmetic.ts';
import { emailIn, phoneIn } from './contacts-in-text.ts';
import { pattern, searchBudget } from './patterns.ts';

describe('arithmetic', () => {
  test.each([
    ['2*(3+4)-1', 13],
    ['1 000,5 / 2', 500.25],
    ['-2*-3', 6],
    ['-(2 + 1)', -3],
    ['8/4/2', 1],
    ['0.1+0.2', 0.3],
    ['2 - -2', 4],
    ['1/0', undefined],
    ['(1', undefined],
    ['1)', undefined],
    ['1+', undefined],
    ['()', undefined],
    ['2(3)', undefined],
    ['1 руб', undefined],
    ['process.exit()', undefined],
    ['', undefined],
    ['('.repeat(3000), undefined],
  ])('%j is %j', (expression, expected) => {
    expect(calculate(expression)).toBe(expected);
  });
});

describe('patterns', () => {
  const found = (source: string, text: string) => {
    const compiled = pattern(source);
    return typeof compiled === 'string' ? compiled : (compiled.match(text, searchBudget())?.[0] ?? null);
  };

  test.each([
    ['/москв[аы]/iu', 'в МОСКВЫ', 'МОСКВЫ'],
    ['#a/b#i', 'A/B', 'A/B'],
    ['{ab}', 'xab', 'ab'],
    ['^abc$', 'abc', 'abc'],
    ['/a.c/s', 'a\nc', 'a\nc'],
    ['/^b/m', 'a\nb', 'b'],
    [String.raw`/^\w+$/u`, 'Ёлка', 'Ёлка'],
    [String.raw`/^[\w-]+$/u`, 'ёлка-1', 'ёлка-1'],
    [String.raw`/\bда\b/iu`, 'ну да', ' да'],
    [String.raw`/\bда\b/iu`, 'вода', null],
    [String.raw`/^\d{4}$/`, '2026', '2026'],
    ['/(?=a)/', 'a', 'unsupported'],
    [String.raw`/(a)\1/`, 'aa', 'unsupported'],
    ['/a/x', 'a', 'flags'],
    ['//', 'a', 'empty'],
    [`/${'a'.repeat(3000)}/`, 'a', 'tooLong'],
    [`/${'(?:ab){900}'.repeat(9)}/`, 'a', 'tooLong'],
  ])('%s in %j gives %j', (source, text, expected) => {
    expect(found(source, text)).toBe(expected);
  });

  test('a pattern that hangs a backtracking engine is done in linear time', () => {
    expect(found('/^(a+)+$/', `${'a'.repeat(5000)}!`)).toBeNull();
  });
});

describe('contacts in a text', () => {
  test.each([
    ['пишите: Ivan.p@mail.example.ru.', 'Ivan.p@mail.example.ru'],
    ['<mailto:a@b.ru>', 'a@b.ru'],
    ['почта@пример.рф', 'почта@пример.рф'],
    ['a@@b.ru a@b a@.ru @b.ru', undefined],
  ])('the e-mail of %j is %j', (text, expected) => {
    expect(emailIn(text)).toBe(expected);
  });

  test.each([
    ['мой 8 (903) 123-45-67, звоните', '+79031234567'],
    ['+34 612 34 56 78', '+34612345678'],
    ['заказ 1234', undefined],
  ])('the phone of %j is %j', (text, expected) => {
    expect(phoneIn(text)).toBe(expected);
  });
});
