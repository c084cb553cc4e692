import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../embedded/testing.ts';
import { describeReport } from './describe.ts';
import { runCrash } from './run.ts';

const TIMEOUT_MS = 400_000;

test('whatever is killed, every message is handled once, in order, and rows agree with workflows', { timeout: TIMEOUT_MS }, async () => {
  const folder = temporaryFolder();
  const lines: string[] = [];
  const report = await runCrash({
    folder,
    seed: 20_261_122,
    chats: 50,
    rounds: 3,
    spreadMs: 4_000,
    thinkMs: [1_000, 5_000],
    killer: { kills: 6, pauseMs: [500, 2_000], downMs: [0, 1_500] },
    awayMs: 5_000,
    patienceMs: 60_000,
    say: (line) => void lines.push(line),
  });
  const words = [...lines, describeReport(report)].join('\n');
  process.stdout.write(`${words}\n`);
  expect(report.violations, `${words}\nlogs and data: ${folder}`).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});
