import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const MAX_LOG_BYTES = 20 * 1024 * 1024;

/** Makes the log's folder and puts a log that has grown large aside; one earlier log is kept. */
export function rotateLog(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > MAX_LOG_BYTES) renameSync(file, `${file}.1`);
}

/** The last lines of a log, for an error that must explain itself. */
export function tailOf(file: string, lines = 15): string {
  if (!existsSync(file)) return '(empty)';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
