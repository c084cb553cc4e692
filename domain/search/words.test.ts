import { expect, test } from 'vitest';
import { HIT_END, HIT_START, searchWords, segmentsOf } from './words.ts';

const hit = (word: string) => `${HIT_START}${word}${HIT_END}`;

test('all words are wanted, of the last one the beginning is enough', () => {
  expect(searchWords(' Красный  ЧАЙНИК ')).toMatchObject({ whole: "'красный'", last: "'чайник':*" });
  expect(searchWords('ещё')).toMatchObject({ whole: '', last: "'еще':*" });
});

test('nothing that was typed can leave its quotes', () => {
  expect(searchWords(`a' & !'b | c\\':* <-> (d)`)).toMatchObject({ whole: "'a' & 'b' & 'c'", last: "'d':*" });
  for (const nothing of ['', '   ', "'", '\\', '—«»', '@', '+ -']) expect(searchWords(nothing)).toBeUndefined();
});

test('a number is a conversation, digits are a phone in all the ways it is written', () => {
  expect(searchWords('#1204')).toMatchObject({ number: 1204, phones: [] });
  expect(searchWords('№ 7')?.number).toBe(7);
  expect(searchWords('1204 чайника')?.number).toBeUndefined();
  expect(searchWords('+7 (999) 123-45-67')?.phones).toEqual(['9991234567']);
  expect(searchWords('8999123')?.phones).toEqual(['8999123', '999123']);
  expect(searchWords('заказ 79991234567')?.phones).toEqual([]);
});

test('hits stand at the same places of the text as it was written', () => {
  expect(segmentsOf('Где «ЧАЙНИКИ» мои?', `где  ${hit('чайники')}  мои `)).toEqual([
    { text: 'Где «', hit: false },
    { text: 'ЧАЙНИКИ', hit: true },
    { text: '» мои?', hit: false },
  ]);
  // A character outside the base plane is one place, as Postgres counts.
  expect(segmentsOf('😀 чай', `  ${hit('чай')}`)).toEqual([
    { text: '😀 ', hit: false },
    { text: 'чай', hit: true },
  ]);
});

test('a phone is marked over what stands between its digits', () => {
  expect(segmentsOf('тел. +7 (999) 123-45-67', '', ['9991234567'])).toEqual([
    { text: 'тел. +7 (', hit: false },
    { text: '999) 123-45-67', hit: true },
  ]);
});

test('a long text is cut around its first hit, at a word', () => {
  const text = `${'слово '.repeat(60)}чайник${' слово'.repeat(60)}`;
  const segments = segmentsOf(text, text.replace('чайник', hit('чайник')), [], 120);
  expect(segments[0]?.text).toMatch(/^…слово /);
  expect(segments.at(-1)?.text).toMatch(/…$/);
  expect(segments.find((segment) => segment.hit)?.text).toBe('чайник');
  expect(segments.map((segment) => segment.text).join('').length).toBeLessThanOrEqual(122);
});

test('text that was searched in another form is shown without hits rather than with wrong ones', () => {
  expect(segmentsOf('ab', `${hit('abc')}d`)).toEqual([{ text: 'ab', hit: false }]);
});
