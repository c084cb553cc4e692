import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closableConnection } from '../../api/temporal-connection.ts';
import { freePort } from '../../embedded/ports.ts';

const uncaught: unknown[] = [];
const note = (error: unknown) => uncaught.push(error);
let others: NodeJS.UncaughtExceptionListener[];

beforeEach(() => {
  // The runner's own listeners would fail the run before the test could say what happened.
  others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', note);
  uncaught.length = 0;
});

afterEach(() => {
  process.removeAllListeners('uncaughtException');
  for (const listener of others) process.on('uncaughtException', listener);
});

test('closed while a call is being repeated, the connection tells the caller and throws nowhere else', async () => {
  const { connection, close } = closableConnection({ address: `127.0.0.1:${await freePort()}` });
  const answer = connection.workflowService.getSystemInfo({}).then(
    () => 'answered',
    () => 'refused',
  );
  // Nobody listens there: by now the first try has failed and its repeat is due.
  await delay(100);
  await close();
  expect(await answer).toBe('refused');
  await delay(1_000);
  expect(uncaught).toEqual([]);
});
