/**
 * Workflows that are open while their code changes replay their histories with the new code. These histories were recorded from a real server
 * (record.ts); replaying one fails on any change in the order of commands.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';
import { workflowBundle } from '../../workflows/bundle.ts';

interface Recording {
  workflowId: string;
  history: unknown;
}

const FOLDER = import.meta.dirname;
const names = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
const read = (name: string) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Recording;

let code = '';

beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } },
  });
  ({ code } = await workflowBundle());
});

const replay = (name: string, bundle = code) => {
  const { workflowId, history } = read(name);
  return Worker.runReplayHistory({ workflowBundle: { code: bundle } }, history, workflowId);
};

test('both workflows are recorded, in several shapes', () => {
  expect(names.filter((name) => name.startsWith('conversation-')).length).toBeGreaterThanOrEqual(6);
  expect(names.filter((name) => name.startsWith('run-')).length).toBeGreaterThanOrEqual(4);
});

test.each(names)('%s replays with the workflows as they are', async (name) => {
  await replay(name);
});

test.each([
  ['conversation-joined-lines.json', 'deadline.set(state.deadlineAt)', 'a timer is no longer started'],
  ['conversation-manual-messages.json', "state.lane === 'waiting' && !draining", 'a lane is no longer emptied'],
  ['conversation-closed.json', 'state.status !== shownStatus', 'a search attribute is no longer written'],
  ['run-no-answer.json', 'deadline.set(state.deadlineAt)', 'a timer is no longer started'],
])('%s does not replay without `%s`: %s', async (name, change) => {
  expect(code).toContain(change);
  await expect(replay(name, code.replaceAll(change, 'false'))).rejects.toMatchObject({ name: 'DeterminismViolationError' });
});
