import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { SearchPage, SearchQuery } from '../../api/contract/index.ts';
import { call } from './client.ts';

export type SearchIn = NonNullable<SearchQuery['in']>;

/** What was found, page by page. What was typed is looked for as it is; a page may be shorter than asked for, even empty. */
export const useSearch = (query: {
  q: string;
  in: SearchIn;
  order?: 'newest' | 'relevance';
  channel?: string | undefined;
  limit?: number;
}) =>
  useInfiniteQuery({
    queryKey: ['search', query],
    queryFn: ({ pageParam, signal }) =>
      call<SearchPage>('GET', '/api/search', { query: { limit: 30, ...query, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    enabled: query.q.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
