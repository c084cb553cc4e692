import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { matrixTable, withMatrix } from '../../domain/message/matrix.ts';

test('docs/channels.md shows the matrix that the program uses: npm run docs:matrix writes it', () => {
  const page = readFileSync('docs/channels.md', 'utf8');
  expect(page).toBe(withMatrix(page, matrixTable()));
});
