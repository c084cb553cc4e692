/**
 * The long crash test: npm run crash -- [--seed 1] [--chats 60] [--rounds 12] [--kills 40] [--away 60] [--patience 120]
 * Exits with 1 and keeps logs and data when something is wrong.
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { temporaryFolder } from '../../embedded/testing.ts';
import { describeReport } from './describe.ts';
import { runCrash } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    chats: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '12' },
    kills: { type: 'string', default: '40' },
    away: { type: 'string', default: '60' },
    patience: { type: 'string', default: '120' },
  },
});

const folder = temporaryFolder();
const report = await runCrash({
  folder,
  seed: Number(values.seed),
  chats: Number(values.chats),
  rounds: Number(values.rounds),
  spreadMs: 20_000,
  thinkMs: [500, 6_000],
  killer: { kills: Number(values.kills), pauseMs: [1_000, 6_000], downMs: [0, 5_000] },
  awayMs: Number(values.away) * 1000,
  patienceMs: Number(values.patience) * 1000,
  say: (line) => void process.stdout.write(`${line}\n`),
});
process.stdout.write(`${describeReport(report)}\n`);
if (report.violations.length === 0) rmSync(folder, { recursive: true, force: true });
else process.stdout.write(`logs and data: ${folder}\n`);
process.exit(report.violations.length === 0 ? 0 : 1);
