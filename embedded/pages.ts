import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Progress } from './fetch-program.ts';
import { type FolderLock, lockFolder } from './lock.ts';
import { rotateLog, tailOf } from './logs.ts';
import { StartError } from './start-error.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Written after a whole build, so that one that was interrupted is made again. */
const STAMP = join(ROOT, 'dist', 'pages-built');
const RESULTS = ['web/dist/index.html', 'dist/widget'];
const SOURCES = ['web', 'widget', 'domain', 'api/contract', 'package-lock.json'];

/** Builds the web pages and the chat widget when they are missing or older than their sources. */
export async function buildPages(logFile: string, progress: Progress, signal: AbortSignal): Promise<void> {
  if (!areStale()) return;
  const lock = await turnToBuild(signal);
  try {
    if (!areStale()) return; // somebody else has just built them
    progress('building the web pages, which happens once');
    rotateLog(logFile);
    await run([join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--config', 'web/vite.config.ts'], logFile, signal);
    await run(['--import', 'tsx', 'widget/build.ts'], logFile, signal);
    writeFileSync(STAMP, '');
  } finally {
    lock.release();
  }
}

/** Two systems that start from one clone must not build into the same folder at once. */
async function turnToBuild(signal: AbortSignal): Promise<FolderLock> {
  for (;;) {
    try {
      return lockFolder(join(ROOT, 'dist', 'pages-lock'));
    } catch (error) {
      if (!(error instanceof StartError) || !/already runs/.test(error.message)) throw error;
      await delay(500, undefined, { signal });
    }
  }
}

function areStale(): boolean {
  const builtAt = statSync(STAMP, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return builtAt <= newestOf(SOURCES.map((source) => join(ROOT, source))) || RESULTS.some((result) => !existsSync(join(ROOT, result)));
}

async function run(args: string[], logFile: string, signal: AbortSignal): Promise<void> {
  // Whatever runs us (a test, say): what is built here stays and is meant for people.
  const env = { ...process.env, NODE_ENV: 'production' };
  const log = openSync(logFile, 'a');
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', log, log], signal });
    child.on('error', reject);
    child.on('exit', resolve);
  }).finally(() => closeSync(log));
  if (code !== 0) throw new StartError(`The web pages could not be built. The end of ${logFile}:\n${tailOf(logFile, 25)}`);
}

function newestOf(paths: string[]): number {
  return Math.max(
    0,
    ...paths.map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat === undefined) return 0;
      if (!stat.isDirectory()) return stat.mtimeMs;
      const inside = readdirSync(path).filter((name) => name !== 'dist' && name !== 'node_modules');
      return Math.max(stat.mtimeMs, newestOf(inside.map((name) => join(path, name))));
    }),
  );
}
