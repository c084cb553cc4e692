import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type Logger } from '@temporalio/worker';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
export const BUNDLE_FILE = fileURLToPath(new URL('../dist/workflow-bundle.js', import.meta.url));

/** The workflows' code as the worker takes it: the built file while it is newer than every source, else made now and kept where that is possible. */
export async function workflowBundle(logger?: Logger): Promise<{ code: string }> {
  return builtAt() >= newestSource() ? { code: readFileSync(BUNDLE_FILE, 'utf8') } : buildWorkflowBundle(logger);
}

/** Bundles the workflows and writes the file in one step, so that another process never reads half of it. */
export async function buildWorkflowBundle(logger?: Logger): Promise<{ code: string }> {
  const { code } = await bundleWorkflowCode({ workflowsPath: join(FOLDER, 'index.ts'), ...(logger === undefined ? {} : { logger }) });
  const draft = `${BUNDLE_FILE}.${process.pid}`;
  try {
    mkdirSync(dirname(BUNDLE_FILE), { recursive: true });
    writeFileSync(draft, code);
    renameSync(draft, BUNDLE_FILE);
  } catch (error) {
    // A read-only installation works all the same, a second slower at each start.
    logger?.warn('the workflow bundle could not be kept', { reason: (error as Error).message });
  }
  return { code };
}

function builtAt(): number {
  return statSync(BUNDLE_FILE, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestSource(): number {
  const sources = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  // The lock file stands for the SDK, whose code is part of the bundle.
  return Math.max(
    ...[...sources, '../package-lock.json'].map((name) => statSync(join(FOLDER, name), { throwIfNoEntry: false })?.mtimeMs ?? 0),
  );
}
