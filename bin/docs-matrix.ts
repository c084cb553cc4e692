/** Writes the matrix of messengers into docs/channels.md from the table that the program uses: `npm run docs:matrix`. A test fails while they differ. */
import { readFileSync, writeFileSync } from 'node:fs';
import { matrixTable, withMatrix } from '../domain/message/matrix.ts';

const path = new URL('../docs/channels.md', import.meta.url);
writeFileSync(path, withMatrix(readFileSync(path, 'utf8'), matrixTable()));
