import { expect, test } from 'vitest';
import { type GuardOrder, startGuarded } from '../../embedded/guarded.ts';
import { commandLineOf } from '../../embedded/processes.ts';
import { runProgram, untilGone } from './children.ts';

test('a server program ends when the process that started it is killed with -9', async () => {
  const parent = runProgram('test/embedded/programs/holds-servers.ts', ['program']);
  const { pid, guardPid } = JSON.parse(await parent.line(/pid/)) as { pid: number; guardPid: number };
  expect(commandLineOf(pid)).toBe('sleep 600');
  parent.process.kill('SIGKILL');
  await untilGone(pid);
  await untilGone(guardPid);
});

test('a program that does not listen to its signal is killed after the grace', async () => {
  const deaf = await startGuarded({
    command: 'sh',
    args: ['-c', 'trap "" TERM; while :; do sleep 0.05; done'],
    stopSignal: 'SIGTERM',
    graceMs: 200,
  });
  expect(await deaf.stop()).toEqual({ code: null, signal: 'SIGKILL' });
  expect(commandLineOf(deaf.pid)).toBeUndefined();
});

test('a program that cannot be started is an error that names it', async () => {
  const order: GuardOrder = { command: '/nowhere/server', args: [], stopSignal: 'SIGTERM', graceMs: 100 };
  await expect(startGuarded(order)).rejects.toThrow('/nowhere/server could not be started');
});

test('the end of a program by itself is noticed', async () => {
  const short = await startGuarded({ command: 'sh', args: ['-c', 'exit 3'], stopSignal: 'SIGTERM', graceMs: 100 });
  expect(await short.exited).toEqual({ code: 3, signal: null });
});
