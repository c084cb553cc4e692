import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { matrixTable, withMatrix } from '../../domain/message/matrix.ts';

test('docs/channels.md shows the matrix that the program uses: npm run docs:matrix writes it', () => {
  const page = readFileSync('docs/channels.md', 'utf8');
  // How wide the columns of a table stand is the formatter’s business.
  const words = (text: string) => text.replace(/-{3,}/g, '---').replace(/ {2,}/g, ' ');
  expect(words(page)).toBe(words(withMatrix(page, matrixTable())));
});
