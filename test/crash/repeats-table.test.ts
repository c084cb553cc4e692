import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { repeatsTable, withRepeats } from '../../domain/message/repeats.ts';

test('docs/guarantees.md says of every messenger what may be repeated, as the channel table does: npm run docs:matrix writes it', () => {
  const page = readFileSync('docs/guarantees.md', 'utf8');
  // How wide the columns of a table stand is the formatter’s business.
  const words = (text: string) => text.replace(/-{3,}/g, '---').replace(/ {2,}/g, ' ');
  expect(words(page)).toBe(words(withRepeats(page, repeatsTable())));
});
