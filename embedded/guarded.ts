import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What a guard is asked to run. */
export interface GuardOrder {
  command: string;
  args: string[];
  cwd?: string;
  /** Variables besides the ones of this process. */
  env?: Record<string, string>;
  uid?: number;
  gid?: number;
  /** Receives standard output and standard error of the program, appended. */
  logFile?: string;
  /** How the program is asked to end; after `graceMs` it is killed together with its process group. */
  stopSignal: 'SIGINT' | 'SIGTERM';
  graceMs: number;
}

export interface Exit {
  code: number | null;
  signal: string | null;
}

export interface GuardedProgram {
  /** Process id of the program itself, not of its guard. */
  pid: number;
  guardPid: number;
  exited: Promise<Exit>;
  hasExited(): boolean;
  /** Asks the program to end and waits until it has. Harmless when repeated. */
  stop(): Promise<Exit>;
  /** Ends the program as a crash would; for failure tests. */
  kill9(): void;
}

const GUARD = fileURLToPath(new URL('./guard.mjs', import.meta.url));

/**
 * Starts a server program in its own process group under a guard that outlives this process just long enough to end the program.
 * Ctrl-C in a terminal reaches neither of them, so the order in which things stop stays ours.
 * Rejects when the program cannot be started at all; that it serves must be found out by asking it.
 */
export function startGuarded(order: GuardOrder): Promise<GuardedProgram> {
  const guard = spawn(process.execPath, [GUARD, JSON.stringify(order)], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  guard.stdin.on('error', () => {});
  let ended = false;
  let settle: (exit: Exit) => void = () => {};
  const exited = new Promise<Exit>((resolve) => {
    settle = (exit) => {
      ended = true;
      resolve(exit);
    };
  });
  guard.on('exit', () => settle({ code: null, signal: 'guard ended' }));

  return new Promise((resolve, reject) => {
    guard.on('error', reject);
    guard.on('exit', () => reject(new Error(`the guard of ${order.command} ended before the program started`)));
    createInterface({ input: guard.stdout }).on('line', (line) => {
      const told = JSON.parse(line) as { pid?: number; failed?: string; exited?: Exit };
      if (told.failed !== undefined) reject(new Error(`${order.command} could not be started: ${told.failed}`));
      if (told.exited !== undefined) settle(told.exited);
      if (told.pid === undefined) return;
      const pid = told.pid;
      resolve({
        pid,
        guardPid: guard.pid ?? 0,
        exited,
        hasExited: () => ended,
        stop() {
          guard.stdin.end();
          return exited;
        },
        kill9() {
          if (!ended) process.kill(pid, 'SIGKILL');
        },
      });
    });
  });
}
