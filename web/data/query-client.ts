import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './client.ts';

/** Live updates say what to fetch again, so nothing is fetched merely because time has passed. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      retry: (count, error) => count < 3 && !(error instanceof ApiProblem && error.status >= 400 && error.status < 500),
      retryDelay: (count) => Math.min(400 * 2 ** count, 4000),
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
