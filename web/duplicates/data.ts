import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Duplicate, DuplicatePage, MergeAnswer, MergeBody } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { read } from '../data/live.ts';
import { order } from '../data/orders.ts';
import { queryClient } from '../data/query-client.ts';
import { problemWords } from '../data/words.ts';
import { toast } from '../ui/toasts.tsx';

const PAGE = 25;

/** Pairs of contacts that may be one person, the latest found first. */
export const useDuplicates = () =>
  useInfiniteQuery({
    queryKey: ['duplicates'],
    queryFn: ({ pageParam }) =>
      read<DuplicatePage>('/api/duplicates', { limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

/** Whom a contact may be besides; at most three are named. */
export const useLikeness = (contactId: number) =>
  useQuery({
    queryKey: ['duplicates', contactId],
    queryFn: () => read<DuplicatePage>('/api/duplicates', { contact: contactId, limit: 3 }),
    select: ({ items }) => items,
    staleTime: 30_000,
  });

export const usePair = (first: number, second: number) =>
  useQuery({
    queryKey: ['duplicate-pair', first, second],
    queryFn: () => read<Duplicate>('/api/duplicates/pair', { first, second }),
  });

/** Everything that named one of the two is asked for again, but the pair itself: there is none any more. */
const refresh = () => queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'duplicate-pair' });

/** False: it was refused, and the user was told why. */
export async function sayDifferent(first: number, second: number): Promise<boolean> {
  try {
    await call('POST', '/api/duplicates/different', { body: { first, second } });
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
    return false;
  }
  await queryClient.invalidateQueries({ queryKey: ['duplicates'] });
  return true;
}

/** Undefined: it was refused, and the user was told why. */
export async function merge(body: MergeBody): Promise<MergeAnswer | undefined> {
  try {
    const answer = await order<MergeAnswer>('/api/contacts/merge', body);
    await refresh();
    return answer;
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
    return undefined;
  }
}

export const comparePath = (first: number, second: number) => `/settings/duplicates?pair=${first}-${second}`;
