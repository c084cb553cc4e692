/** Reports' addresses: a period and filters stand in the query, and a bar leads to the events behind it. */
import { type Day, isDay, type PeriodName, periodNames } from '../../domain/analytics/periods.ts';

export const reportNames = ['conversations', 'speed', 'nps', 'managers', 'bots'] as const;
export type ReportName = (typeof reportNames)[number];

export interface ReportAddress {
  period: PeriodName;
  from: Day | undefined;
  to: Day | undefined;
  channel: string | undefined;
  user: string | undefined;
}

/** What the query asks for; what cannot be read is as if it were not there. */
export function readAddress(search: URLSearchParams): ReportAddress {
  const day = (name: string) => {
    const text = search.get(name);
    return text !== null && isDay(text) ? text : undefined;
  };
  const ids = (name: string) => (/^\d+(,\d+)*$/.test(search.get(name) ?? '') ? (search.get(name) ?? undefined) : undefined);
  const from = day('from');
  const to = day('to');
  const given = periodNames.find((name) => name === search.get('period')) ?? 'week';
  const whole = from !== undefined && to !== undefined && from <= to;
  return { period: given === 'custom' && !whole ? 'week' : given, from, to, channel: ids('channel'), user: ids('user') };
}

/** The events of a span, with the filters of the report. */
export function eventsAddress(filters: Record<string, string | number | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) if (value !== undefined && value !== '') query.set(name, String(value));
  return `/analytics/events?${query}`;
}

/** The lists behind the single bars of a point: what it is about, narrowed by what each series is. */
export function barAddresses(
  point: Record<string, string | number | undefined>,
  series: Record<string, Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(series).map(([name, filters]) => [name, eventsAddress({ ...point, ...filters })]));
}
