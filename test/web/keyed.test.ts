import { expect, test } from 'vitest';
import { keptKeys, keyed } from '../../web/ui/keyed.ts';
import { piecesOf } from '../../web/ui/pieces.tsx';

const keys = (list: { key: string }[]) => list.map(({ key }) => key);
const isEqual = (a: string, b: string) => a === b;
const start = keptKeys(['one', 'two', 'three'], [], isEqual);

test('a list that only grows keeps the keys of what was there, and no two are alike', () => {
  const lines = ['yes', 'no', 'yes'];
  const longer = keys(keyed([...lines, 'yes', 'no'], (line) => line));
  expect(longer.slice(0, 3)).toEqual(keys(keyed(lines, (line) => line)));
  expect(new Set(longer).size).toBe(5);
});

test('what is edited where it stands stays the same field', () => {
  expect(keys(keptKeys(['one', 'zwei', 'three'], start, isEqual))).toEqual(keys(start));
});

test('what stands after something that was taken away stays itself', () => {
  expect(keptKeys(['two', 'three'], start, isEqual)).toEqual(start.slice(1));
});

test('what is added is new, also between two that look alike', () => {
  const [one, two, three] = keys(start);
  const more = keys(keptKeys(['one', 'one', 'two', 'three'], start, isEqual));
  expect([more[0], more[2], more[3]]).toEqual([one, two, three]);
  expect(new Set(more).size).toBe(4);
});

test('pieces of a text are the text again', () => {
  const text = 'See https://a.example and https://b.example';
  const pieces = piecesOf(text, /(https?:\S+)/);
  expect(pieces.map((piece) => piece.text).join('')).toBe(text);
  expect(pieces.filter(({ hit }) => hit).map((piece) => piece.text)).toEqual(['https://a.example', 'https://b.example']);
});
