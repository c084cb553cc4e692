import { useCallback, useMemo } from 'react';
import { useParams } from 'react-router';
import { type ConversationView, conversationViews } from '../../domain/conversation/views.ts';
import type { ConversationFilter } from '../data/queries.ts';
import { useQueryWords } from '../lib/use-query-words.ts';

export const views: readonly ConversationView[] = conversationViews;

/** Parameters of the address that narrow a view, named as the API names them. */
export const filterNames = [
  'channel',
  'responsible',
  'stage',
  'tag',
  'read',
  'waitingSeconds',
  'missed',
  'bot',
  'rateFrom',
  'rateTo',
  'period',
  'from',
  'to',
] as const;
export type FilterName = (typeof filterNames)[number];
export type Filters = Partial<Record<FilterName, string>>;

/** Everything the inbox shows is in its address, so that links and Back work: view, order, filters, search, the open conversation and message. */
export function useInboxAddress() {
  const { number } = useParams();
  const [search, set] = useQueryWords();
  const asked = search.get('view');
  const view = views.find((each) => each === asked) ?? 'all';
  const order = search.get('order') === 'time' || view === 'closed' ? 'time' : 'waiting';
  const query = search.toString();
  const filters: Filters = useMemo(() => {
    const params = new URLSearchParams(query);
    return Object.fromEntries(filterNames.flatMap((name) => (params.get(name) ? [[name, params.get(name)]] : [])));
  }, [query]);
  // The API's own words; what it cannot read it refuses by name, and the list says so.
  const filter = useMemo(() => ({ view, order, ...filters }) as ConversationFilter, [view, order, filters]);
  const linkTo = useCallback(
    (to: number | undefined, more: { message?: string } = {}) => {
      const params = new URLSearchParams(query);
      params.delete('message');
      if (more.message !== undefined) params.set('message', more.message);
      const text = params.toString();
      return `/inbox${to === undefined ? '' : `/${to}`}${text === '' ? '' : `?${text}`}`;
    },
    [query],
  );
  const viewLink = (next: ConversationView) => {
    const params = new URLSearchParams(query);
    for (const name of ['q', 'message']) params.delete(name);
    params.set('view', next);
    return `/inbox?${params}`;
  };
  return {
    number: number === undefined || !/^\d+$/.test(number) ? undefined : Number(number),
    filter,
    filters,
    q: search.get('q') ?? '',
    linkTo,
    viewLink,
    set,
  };
}
