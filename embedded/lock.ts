import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { startMarkOf } from './processes.ts';
import { StartError } from './start-error.ts';

/** What a running system tells others on the same machine, such as the repair command. */
export interface RunningSystem {
  pid: number;
  /** Tells this process from a later one with the same id. */
  mark: string;
  url?: string;
  databaseUrl?: string;
  temporalAddress?: string;
}

export interface FolderLock {
  /** Adds addresses to what the lock file tells. */
  publish(told: Pick<RunningSystem, 'url' | 'databaseUrl' | 'temporalAddress'>): void;
  release(): void;
}

const FILE = 'running.json';

/**
 * Makes the data folder and takes it for this process. Refuses when another living process has it; a lock whose process is gone is taken over.
 * Nothing in the folder is touched before the lock is ours.
 */
export function lockFolder(dataFolder: string): FolderLock {
  const file = join(dataFolder, FILE);
  const own: RunningSystem = { pid: process.pid, mark: startMarkOf(process.pid) ?? '' };
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(dataFolder, { recursive: true });
    writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  } catch (error) {
    throw new StartError(
      `The data folder ${dataFolder} cannot be written (${(error as Error).message}): name another one in BESEDA_DATA or correct its rights.`,
    );
  }
  try {
    takeOver(dataFolder, file, draft);
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    publish(told) {
      Object.assign(own, told);
      writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
      renameSync(draft, file);
    },
    release: () => rmSync(file, { force: true }),
  };
}

/** For commands beside a running system: addresses that are not configured are those of the system that runs on the data folder. */
export function withRunningSystem(config: Config): Config {
  const running = runningSystem(config.dataFolder);
  return {
    ...config,
    databaseUrl: config.databaseUrl ?? running?.databaseUrl,
    temporalAddress: config.temporalAddress ?? running?.temporalAddress,
  };
}

/** The living system that has this data folder, or undefined. */
export function runningSystem(dataFolder: string): RunningSystem | undefined {
  return living(read(join(dataFolder, FILE)));
}

function takeOver(dataFolder: string, file: string, draft: string): void {
  for (;;) {
    try {
      linkSync(draft, file); // fails when the file exists, in one step
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = living(read(file));
    if (holder !== undefined) {
      throw new StartError(
        `Beseda already runs on ${dataFolder} (process ${holder.pid}${holder.url === undefined ? '' : `, ${holder.url}`}): stop it first, or start this one with another BESEDA_DATA and PORT.`,
      );
    }
    // Moving it aside succeeds for one of several that start at once; what was moved may by then be a living one's, which goes back.
    const aside = `${draft}.stale`;
    try {
      renameSync(file, aside);
    } catch {
      continue;
    }
    if (living(read(aside)) !== undefined) renameSync(aside, file);
    else rmSync(aside);
  }
}

function read(file: string): RunningSystem | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunningSystem;
  } catch {
    return undefined;
  }
}

function living(system: RunningSystem | undefined): RunningSystem | undefined {
  return system !== undefined && startMarkOf(system.pid) === system.mark ? system : undefined;
}
