import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { read } from '../data/live.ts';
import type { ReportAddress } from './address.ts';

/** Days of a quarter are too many bars: those are shown by weeks. */
export const groupOf = ({ period }: ReportAddress): 'day' | 'week' => (period === 'quarter' ? 'week' : 'day');

/** A report; read anew every minute while it is looked at. */
export function useReport<Report>(name: string, address: ReportAddress) {
  const { period, from, to, channel, user } = address;
  const query = { period, channel, user, group: groupOf(address), ...(period === 'custom' ? { from, to } : {}) };
  return useQuery({
    queryKey: ['report', name, query],
    queryFn: ({ signal }) => read<Report>(`/api/reports/${name}`, query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
}
