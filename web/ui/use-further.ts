import { useEffect } from 'react';

interface Pages {
  hasNextPage: boolean;
  isFetching: boolean;
  fetchNextPage: () => unknown;
}

/**
 * Fetches a list's next page as the row `last`, of `count`, comes within `ahead` rows of the end. It lets be finished what is being fetched: cut short, the
 * change it was fetched for would not be shown.
 */
export function useFurther({ hasNextPage, isFetching, fetchNextPage }: Pages, last: number, count: number, ahead: number): void {
  const isDue = hasNextPage && !isFetching && last >= count - ahead;
  useEffect(() => {
    if (isDue) void fetchNextPage();
  }, [isDue, fetchNextPage]);
}
