import type { Machine } from './machine.ts';
import { median, round } from './numbers.ts';
import type { LatencyResult, TurnsResult } from './phases.ts';

export interface BenchResult {
  at: string;
  machine: Machine;
  /** Per second, one value a round, in the order in which they were measured. */
  floor: number[];
  messages: number[];
  turns: TurnsResult[];
  latencies: LatencyResult[];
  events: { perMessage: number; perTurn: number };
}

/** Ratios to what the engine can do at best on this machine, in this very run, with the aims beside them. */
export interface Verdict {
  messagesToFloor: number;
  turnsToFloor: number;
  p99ToP50At20: number | undefined;
}

export const AIMS = { messagesToFloor: 0.8, turnsToFloor: 0.6, p99ToP50At20: 4 };

export function judge(result: BenchResult): Verdict {
  const floor = median(result.floor);
  const at20 = result.latencies.find(({ perSecond }) => perSecond === 20);
  return {
    messagesToFloor: round(median(result.messages) / floor, 2),
    turnsToFloor: round(median(result.turns.map(({ perSecond }) => perSecond)) / floor, 2),
    p99ToP50At20: at20 === undefined ? undefined : round(at20.p99Ms / at20.p50Ms, 1),
  };
}

/** The result for people: product beside floor, as ratios. */
export function describe(result: BenchResult): string {
  const { machine, events } = result;
  const verdict = judge(result);
  const turns = result.turns.map(({ perSecond }) => perSecond);
  const cpu = Object.keys(result.turns[0]?.cpuMsPerTurn ?? {}).map((name) => {
    return [name, round(median(result.turns.map((one) => one.cpuMsPerTurn[name] ?? Number.NaN)))] as const;
  });
  const total = round(cpu.reduce((sum, [, ms]) => sum + ms, 0));
  const spread = (values: number[]) => `${round(median(values))}/s (${values.map((value) => round(value)).join(', ')})`;
  return [
    `${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.system}, node ${machine.node}, PostgreSQL ${machine.postgres}, Temporal ${machine.temporal}, load before ${round(machine.loadBefore, 2)}`,
    '',
    `no-op floor      ${spread(result.floor)}`,
    `messages         ${spread(result.messages)}   ${verdict.messagesToFloor} of the floor (aim ${AIMS.messagesToFloor})`,
    `bot turns        ${spread(turns)}   ${verdict.turnsToFloor} of the floor (aim ${AIMS.turnsToFloor})`,
    `CPU per turn     ${total} ms: ${cpu.map(([name, ms]) => `${name} ${ms}`).join(', ')}`,
    `history events   ${events.perMessage} a message, ${events.perTurn} a turn`,
    ...result.latencies.map(
      ({ perSecond, count, p50Ms, p95Ms, p99Ms, lost }) =>
        `reply at ${String(perSecond).padStart(2)}/s   p50 ${round(p50Ms)}, p95 ${round(p95Ms)}, p99 ${round(p99Ms)} ms, p99/p50 ${round(p99Ms / p50Ms)} (${count} replies${lost === 0 ? '' : `, ${lost} lost`})${perSecond === 20 ? ` (aim ${AIMS.p99ToP50At20})` : ''}`,
    ),
  ].join('\n');
}
