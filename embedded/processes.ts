import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * The command line of a living process, its words joined by spaces; undefined when there is no such process (a zombie counts as none).
 * Process ids are reused, so whoever wants to end a process from a pid file must recognise it by these words first.
 */
export function commandLineOf(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    const line =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        : execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).trim();
    return line === '' ? undefined : line;
  } catch {
    return undefined;
  }
}

/** When a process started, in a form that is only good for comparing; tells two owners of one process id apart. */
export function startMarkOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') return execFileSync('ps', ['-p', String(pid), '-o', 'lstart='], { encoding: 'utf8' }).trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold spaces; field 22 of the whole is the start time in ticks since boot.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Ends a recognised process: politely, then by force. Returns once it is gone; throws when it cannot be ended. */
export async function endProcess(pid: number, options: { signal: NodeJS.Signals; graceMs: number; isOurs: () => boolean }): Promise<void> {
  const gone = async (waitMs: number) => {
    for (let waitedMs = 0; waitedMs < waitMs; waitedMs += 50) {
      if (!options.isOurs()) return true;
      await delay(50);
    }
    return !options.isOurs();
  };
  for (const signal of [options.signal, 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw error;
    }
    if (await gone(signal === 'SIGKILL' ? 5_000 : options.graceMs)) return;
  }
  throw new Error(`process ${pid} could not be ended`);
}
