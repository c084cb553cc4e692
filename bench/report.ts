import { describeList, LIST_AIM_MS, type ListResult } from './lists.ts';
import type { Machine } from './machine.ts';
import { median, round } from './numbers.ts';
import type { LatencyResult, PhaseResult } from './phases.ts';

export interface BenchResult {
  at: string;
  machine: Machine;
  /** One value a phase, in the order in which they were measured. */
  floor: PhaseResult[];
  messages: PhaseResult[];
  turns: PhaseResult[];
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
  const floor = median(rates(result.floor));
  const at20 = result.latencies.find(({ perSecond }) => perSecond === 20);
  return {
    messagesToFloor: round(median(rates(result.messages)) / floor, 2),
    turnsToFloor: round(median(rates(result.turns)) / floor, 2),
    p99ToP50At20: at20 === undefined ? undefined : round(at20.p99Ms / at20.p50Ms, 1),
  };
}

/** The result for people: product beside floor, as ratios. */
export function describe(result: BenchResult): string {
  const { machine, events } = result;
  const verdict = judge(result);
  const spread = (phases: PhaseResult[]) =>
    `${round(median(rates(phases)))}/s (${rates(phases)
      .map((rate) => round(rate))
      .join(', ')})`;
  return [
    `${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.system}, node ${machine.node}, PostgreSQL ${machine.postgres}, Temporal ${machine.temporal}`,
    `load before ${round(machine.loadBefore, 2)}${machine.loadBefore > machine.cores / 4 ? ': others were at work, read ratios and CPU, not rates' : ''}`,
    '',
    `no-op floor      ${spread(result.floor)}`,
    `messages         ${spread(result.messages)}   ${verdict.messagesToFloor} of the floor (aim ${AIMS.messagesToFloor})`,
    `bot turns        ${spread(result.turns)}   ${verdict.turnsToFloor} of the floor (aim ${AIMS.turnsToFloor})`,
    `CPU of the floor ${costs(result.floor)}`,
    `CPU of a message ${costs(result.messages)}`,
    `CPU of a turn    ${costs(result.turns)}`,
    `history events   ${events.perMessage} a message, ${events.perTurn} a turn`,
    ...result.latencies.map(describeLatency),
  ].join('\n');
}

/** Every list with its quantiles, and which of them people have to wait for. */
export function describeLists(lists: ListResult[]): string {
  const slow = lists.filter(({ p95Ms }) => p95Ms > LIST_AIM_MS);
  const verdict = slow.length === 0 ? `all within ${LIST_AIM_MS} ms` : `${slow.length} of ${lists.length} over ${LIST_AIM_MS} ms`;
  return [...lists.map(describeList), `p95 of lists, cards, search and reports: ${verdict}`].join('\n');
}

const rates = (phases: PhaseResult[]) => phases.map(({ perSecond }) => perSecond);

function costs(phases: PhaseResult[]): string {
  const parts = Object.keys(phases[0]?.cpuMsEach ?? {}).map(
    (name) => [name, round(median(phases.map(({ cpuMsEach }) => cpuMsEach[name] ?? Number.NaN)))] as const,
  );
  if (parts.length === 0) return 'not known here';
  return `${round(parts.reduce((sum, [, ms]) => sum + ms, 0))} ms: ${parts.map(([name, ms]) => `${name} ${ms}`).join(', ')}`;
}

function describeLatency({ perSecond, count, p50Ms, p95Ms, p99Ms, lost }: LatencyResult): string {
  const quantiles = `p50 ${round(p50Ms)}, p95 ${round(p95Ms)}, p99 ${round(p99Ms)} ms, p99/p50 ${round(p99Ms / p50Ms)}`;
  const aim = perSecond === 20 ? ` (aim ${AIMS.p99ToP50At20})` : '';
  return `reply at ${String(perSecond).padStart(2)}/s   ${quantiles}${aim}, ${count} replies${lost === 0 ? '' : `, ${lost} lost`}`;
}
