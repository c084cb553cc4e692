import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GuardedProgram, startGuarded } from '../../embedded/guarded.ts';
import { freePort } from '../../embedded/ports.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One process that can be killed and started again as the same: same arguments, same variables, same log. */
export interface Part {
  name: string;
  /** Process id of what runs now. */
  pid(): number;
  isRunning(): boolean;
  /** Ends it as a crash would; returns when it is gone. */
  kill9(): Promise<void>;
  /** Starts it again and returns once it serves. Must not be running. */
  restart(): Promise<void>;
  /** Asks it to end and waits. */
  stop(): Promise<void>;
}

export interface NodeOptions {
  name: string;
  /** Path from the repository's root. */
  script: string;
  args?: string[];
  env: Record<string, string>;
  logFile: string;
  /** Resolves when it serves; called again until then. Absent: it serves when it runs. */
  serves?: () => Promise<boolean>;
  /** How long it may take to end when asked, 15 s, and to serve, 60 s. */
  graceMs?: number;
  timeoutMs?: number;
}

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** Starts a program of ours under a guard, so that nothing is left behind when the harness itself is killed. */
export async function startNode(options: NodeOptions): Promise<Part> {
  const launch = () =>
    startGuarded({
      command: process.execPath,
      args: ['--import', 'tsx', join(ROOT, options.script), ...(options.args ?? [])],
      cwd: ROOT,
      // Variables of a test runner around us are none of the program's business.
      env: { NODE_ENV: '', VITEST: '', PORT: '', ...options.env },
      logFile: options.logFile,
      stopSignal: 'SIGTERM',
      graceMs: options.graceMs ?? 15_000,
    });
  let program = await launch();
  const serving = async () => {
    const running = program;
    await until(`${options.name} serves (see ${options.logFile})`, options.timeoutMs ?? START_TIMEOUT_MS, async () => {
      if (running.hasExited()) throw new Error(`${options.name} ended at its start: see ${options.logFile}`);
      return (await options.serves?.().catch(() => false)) ?? true;
    });
  };
  await serving();
  return partOf(
    options.name,
    () => program,
    async () => {
      program = await launch();
      await serving();
    },
  );
}

/** A part over a guarded program that `again` replaces. */
export function partOf(name: string, current: () => GuardedProgram, again: () => Promise<void>): Part {
  return {
    name,
    pid: () => current().pid,
    isRunning: () => !current().hasExited(),
    async kill9() {
      current().kill9();
      await current().exited;
    },
    restart: again,
    async stop() {
      await current().stop();
    },
  };
}

/** Waits for a condition; throws with the words of what was awaited when the time is over. */
export async function until(what: string, timeoutMs: number, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + timeoutMs; ; ) {
    if (await holds()) return;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Different free ports; each may be taken by somebody else later, which the start then tells. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
