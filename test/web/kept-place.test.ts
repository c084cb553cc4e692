import { expect, test } from 'vitest';
import { shiftOf } from '../../web/ui/use-kept-place.ts';

const old = [1, 2, 3, 4, 5, 6];

test.each<[string, number[], number, number]>([
  ['new rows above', [8, 9, 1, 2, 3, 4, 5, 6], 2, 2],
  ['a row from below goes to the top', [6, 1, 2, 3, 4, 5], 2, 1],
  ['a row from above is taken away', [2, 3, 4, 5, 6], 2, -1],
  ['the row at the edge goes to the top by itself', [3, 1, 2, 4, 5, 6], 2, 0],
  ['the last row, to which new ones are added', [1, 2, 3, 4, 5, 6, 7], 5, 0],
  ['new rows above the last one', [7, 1, 2, 3, 4, 5, 6], 5, 1],
  ['another list', [11, 12, 13], 2, 0],
])('what is looked at moves with its neighbours: %s', (_what, now, at, shift) => {
  expect(shiftOf(old, now, at)).toBe(shift);
});
