import { groupBy } from './group.ts';
import type { CrashReport } from './run.ts';

/** What a run found, for people. */
export function describeReport(report: CrashReport): string {
  const killed = groupBy(report.kills, (kill) => kill.name.split(' ')[0]!);
  const kills = [...killed].map(([name, of]) => `${name} ${of.length}`).join(', ');
  return [
    `seed ${report.seed}, ${report.seconds} s, killed: ${kills}`,
    `${report.conversations} conversations, ${report.messages} messages of clients, ${report.replies} of the bot`,
    `slowest answer ${(report.slowestMs / 1000).toFixed(1)} s, ${report.late} not while the client waited`,
    `sent twice (in flight in a killed process): ${report.doubles.length}`,
    ...report.doubles.map((line) => `  ${line}`),
    `not answered for the same reason: ${report.excused.length}`,
    ...report.excused.map((line) => `  ${line}`),
    `wrong: ${report.violations.length}`,
    ...report.violations.map((line) => `  ${line}`),
  ].join('\n');
}
