import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { commandLineOf } from '../../embedded/processes.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Child {
  process: ChildProcess;
  /** Everything it wrote so far, both streams. */
  output(): string;
  /** The first line of standard output that fits; rejects with the output when the child ends before. */
  line(fits: RegExp): Promise<string>;
  exited: Promise<number | null>;
}

/** Runs a TypeScript program of the repository with the given variables on top of ours. */
export function runProgram(file: string, args: string[] = [], env: Record<string, string> = {}): Child {
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const note = (line: string) => {
    lines.push(line);
    for (const look of waiting) look();
  };
  createInterface({ input: child.stdout }).on('line', note);
  createInterface({ input: child.stderr }).on('line', note);
  let ended = false;
  const exited = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      ended = true;
      for (const look of waiting) look();
      resolve(code);
    });
  });
  const output = () => lines.join('\n');
  return {
    process: child,
    output,
    exited,
    line: (fits) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find((line) => fits.test(line));
          if (found === undefined && !ended) return;
          waiting.delete(look);
          if (found === undefined) reject(new Error(`ended without ${fits}:\n${output()}`));
          else resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Waits until no living process has the id. */
export async function untilGone(pid: number): Promise<void> {
  while (commandLineOf(pid) !== undefined) await new Promise((resolve) => setTimeout(resolve, 20));
}
