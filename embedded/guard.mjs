/**
 * Runs one server program and ends it when the process that asked for it is gone, however that happened.
 *
 * The asking process holds the other end of our standard input. When that end closes (a wish to stop, or death by kill -9) the
 * program is asked to end with `stopSignal` and, after `graceMs`, forced. Plain JavaScript, so that a guard starts at once and stays small.
 * Called with one argument, the order as JSON (see guarded.ts); answers with lines of JSON on standard output.
 */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';

const order = JSON.parse(process.argv[2]);
const log = order.logFile === undefined ? 'ignore' : openSync(order.logFile, 'a');
const program = spawn(order.command, order.args, {
  cwd: order.cwd,
  env: { ...process.env, ...order.env },
  uid: order.uid,
  gid: order.gid,
  detached: true,
  stdio: ['ignore', log, log],
});

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
process.stdout.on('error', () => {});
program.on('spawn', () => tell({ pid: program.pid }));
program.on('error', (error) => {
  tell({ failed: error.message });
  process.exit(1);
});
program.on('exit', (code, signal) => {
  tell({ exited: { code, signal } });
  process.exit(0);
});

let ending = false;
function end() {
  if (ending) return;
  ending = true;
  program.kill(order.stopSignal);
  setTimeout(() => {
    try {
      process.kill(-program.pid, 'SIGKILL');
    } catch {
      program.kill('SIGKILL');
    }
  }, order.graceMs);
}

process.stdin.on('error', end);
process.stdin.on('end', end);
process.stdin.on('close', end);
process.stdin.resume();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end);
