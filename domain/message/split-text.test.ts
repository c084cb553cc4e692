import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../test/fuzz/runs.ts';
import { isAlbumComplete } from './album.ts';
import { cleanJson, cleanText, wellFormed } from './clean.ts';
import { cutText, shorten, splitText } from './split-text.ts';

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
const graphemesOf = (text: string) => [...segmenter.segment(text)].map(({ segment }) => segment);
const withoutSpace = (text: string) => text.replace(/\s+/g, '');

describe('a text is split', () => {
  test.each<[string, string, number, string[]]>([
    ['not at all when it fits', 'one two', 7, ['one two']],
    ['between paragraphs', 'first one\n\nsecond', 14, ['first one', 'second']],
    ['between paragraphs rather than lines', 'one\n\ntwo\nthree', 12, ['one\n\ntwo', 'three']],
    ['between lines', 'first line\nsecond line', 15, ['first line', 'second line']],
    ['between sentences', 'It is here. Take it today', 17, ['It is here.', 'Take it today']],
    ['between sentences without spaces', '今天很好。明天也很好', 7, ['今天很好。', '明天也很好']],
    ['between words', 'alpha beta gamma', 11, ['alpha beta', 'gamma']],
    ['between words though the chunk is exactly full', 'alpha beta gamma', 10, ['alpha beta', 'gamma']],
    ['inside a word that is too long', 'abcdefgh', 3, ['abc', 'def', 'gh']],
    ['not after a two-letter first line', 'a\nbbbb cccc dddd', 14, ['a\nbbbb cccc', 'dddd']],
    ['before a link rather than inside it', '文文文https://example.org/a 文', 25, ['文文文https://example.org/a', '文']],
    ['before a link that would not fit', '文文文文文https://example.org/a', 22, ['文文文文文', 'https://example.org/a']],
    ['before a link of which one letter would fit', '文文文https://example.org', 20, ['文文文', 'https://example.org']],
    ['inside a link only when it is longer than a message', 'https://example.org/aaaa', 20, ['https://example.org/', 'aaaa']],
    ['between graphemes: families stay together', '👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 12, ['👨‍👩‍👧‍👦', '👨‍👩‍👧‍👦']],
    ['between graphemes: flags stay together', '🇩🇪🇷🇺🇺🇸', 7, ['🇩🇪', '🇷🇺', '🇺🇸']],
    ['between graphemes: accents stay with their letters', 'e\u0301e\u0301', 3, ['e\u0301', 'e\u0301']],
    ['between code points when one grapheme is longer than a message', '👨‍👩‍👧‍👦', 4, ['👨‍', '👩‍', '👧‍', '👦']],
    ['into nothing when blank', '  \n ', 2, []],
  ])('%s', (_name, text, limit, expected) => {
    expect(splitText(text, limit)).toEqual(expected);
  });

  const arbitraryText = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 400, size: 'max' }),
    fc.string({
      unit: fc.constantFrom('a', 'ж', '文', ' ', '\n', '\r\n', '. ', '👩🏽‍🚀', '🇩🇪', 'e\u0301', '\u0301', ' \u0301', '\u200d', '❤️', 'नि'),
      maxLength: 400,
      size: 'max',
    }),
    fc
      .array(fc.oneof(fc.webUrl(), fc.lorem(), fc.constantFrom('\n\n', '\n', '文文', '👍')), { maxLength: 60, size: 'max' })
      .map((pieces) => pieces.join(' ')),
  );

  test('any text: nothing is lost but white space, nothing is over the limit, no grapheme is cut', () => {
    fc.assert(
      fc.property(arbitraryText, fc.integer({ min: 1, max: 200 }), (text, limit) => {
        const chunks = splitText(text, limit);
        expect(withoutSpace(chunks.join(''))).toBe(withoutSpace(text));
        const whole = new Set(graphemesOf(text).map((grapheme) => grapheme.trim()));
        const longest = Math.max(0, ...graphemesOf(text).map((grapheme) => grapheme.length));
        for (const chunk of chunks) {
          expect(chunk.length).toBeLessThanOrEqual(Math.max(limit, 2));
          expect(chunk.trim()).not.toBe('');
          expect(/\p{Cs}/u.test(chunk)).toBe(/\p{Cs}/u.test(text));
          // A grapheme longer than the limit has to be cut; every other stays whole.
          if (longest <= limit) for (const grapheme of graphemesOf(chunk)) expect(whole).toContain(grapheme.trim());
        }
        expect(splitText(text, limit)).toEqual(chunks);
      }),
      { numRuns: runs(500) },
    );
  });

  test('any text: a link that fits a message stays whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.webUrl(), fc.lorem(), fc.constantFrom('文文文文', '. ', '\n')), { maxLength: 40, size: 'max' }),
        (pieces) => {
          const limit = 120;
          const text = pieces.join(' ');
          const chunks = splitText(text, limit);
          for (const url of text.match(/https?:\/\/\S+/g) ?? []) {
            if (url.length <= limit) expect(chunks.some((chunk) => chunk.includes(url))).toBe(true);
          }
        },
      ),
      { numRuns: runs(200) },
    );
  });

  test.each([
    ['letters without a space', 'a'.repeat(400_000), 98],
    ['spaces', ' '.repeat(400_000), 0],
    ['line breaks', '\n'.repeat(400_000), 0],
    ['accents', '\u0301'.repeat(100_000), 25],
    ['flags', '🇩🇪'.repeat(20_000), 20],
    ['full stops', '.'.repeat(100_000), 25],
    ['links', 'https://'.repeat(20_000), 40],
  ])('hostile text (%s) is split in time that grows no faster than its length, or the runner gives up', (_name, text, count) => {
    expect(splitText(text, 4096)).toHaveLength(count);
  });
});

describe('a text is shortened', () => {
  test.each([
    ['fits', 20, 'fits'],
    ['more than fits', 10, 'more than…'],
    ['👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 13, '👨‍👩‍👧‍👦…'],
    ['ab', 1, '…'],
  ])('"%s" to %i', (text, limit, expected) => {
    expect(shorten(text, limit)).toBe(expected);
  });

  test('without a mark, where cut for storage', () => {
    expect(cutText('a👍👍', 4)).toBe('a👍');
  });
});

describe('text from outside', () => {
  test('loses NUL, and lone surrogates become U+FFFD', () => {
    expect(wellFormed('a\0b\ud83dc\ude00d👍')).toBe('ab\ufffdc\ufffdd👍');
    expect(cleanText('x'.repeat(100_000))).toHaveLength(65_536);
  });

  test('data of any depth fits a jsonb column, keys included', () => {
    expect(cleanJson({ 'a\0': ['\ud800', { b: 'c\0', n: 1, f: null }] })).toEqual({ a: ['\ufffd', { b: 'c', n: 1, f: null }] });
    const tricky = JSON.parse('{"__proto__":{"polluted":"\\u0000"}}') as object;
    expect(JSON.stringify(cleanJson(tricky))).toBe('{"__proto__":{"polluted":""}}');
  });
});

describe('an album is complete', () => {
  test.each([
    [0, 0, 1_999, false],
    [0, 0, 2_000, true],
    [0, 1_500, 3_000, false],
    [0, 9_500, 10_000, true],
  ])('first item at %i, last at %i, asked at %i: %s', (firstItemAt, lastItemAt, at, expected) => {
    expect(isAlbumComplete({ firstItemAt, lastItemAt }, at)).toBe(expected);
  });
});
