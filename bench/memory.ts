import { readFileSync, writeFileSync } from 'node:fs';

export interface Memory {
  /** MiB resident now, and the most since the start or the last `forgetPeak`. */
  residentMiB: number;
  peakMiB: number;
}

/** What a process holds. Undefined where the system does not tell (no /proc). */
export function memoryOf(pid: number): Memory | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const mib = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
    return { residentMiB: mib('VmRSS'), peakMiB: mib('VmHWM') };
  } catch {
    return undefined;
  }
}

/** From now on the peak counts: what a process needed at its start would hide what comes later. Where the system does not let us, it stays. */
export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // The growth is then smaller than it was, never greater.
  }
}
