/**
 * Writes the matrix of messengers into docs/channels.md, and what may be repeated into docs/guarantees.md, from the table that the program uses:
 * `npm run docs:matrix`. Tests fail while they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { matrixTable, withMatrix } from '../domain/message/matrix.ts';
import { repeatsTable, withRepeats } from '../domain/message/repeats.ts';

const path = new URL('../docs/channels.md', import.meta.url);
writeFileSync(path, withMatrix(readFileSync(path, 'utf8'), matrixTable()));

const guarantees = new URL('../docs/guarantees.md', import.meta.url);
writeFileSync(guarantees, withRepeats(readFileSync(guarantees, 'utf8'), repeatsTable()));
