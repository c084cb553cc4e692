import { useCallback, useMemo } from 'react';
import { useParams, useSearchParams } from 'react-router';
import type { ConversationFilter, ConversationView } from '../data/queries.ts';

export const views: readonly ConversationView[] = ['mine', 'waiting', 'unread', 'all', 'closed'];

/** Everything the inbox shows is in its address, so that links and Back work: view, order, channel, the open conversation, the card. */
export function useInboxAddress() {
  const { number } = useParams();
  const [search, setSearch] = useSearchParams();
  const asked = search.get('view');
  const view = views.find((each) => each === asked) ?? 'all';
  const channel = search.get('channel') ?? undefined;
  const order = search.get('order') === 'time' || view === 'closed' ? 'time' : 'waiting';
  const filter: ConversationFilter = useMemo(() => ({ view, order, channel }), [view, order, channel]);
  const query = search.toString();
  const linkTo = useCallback(
    (to: number | undefined) => `/inbox${to === undefined ? '' : `/${to}`}${query === '' ? '' : `?${query}`}`,
    [query],
  );
  const viewLink = (next: ConversationView) => {
    const params = new URLSearchParams(query);
    params.set('view', next);
    return `/inbox?${params}`;
  };
  const set = (name: string, value: string | undefined) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === undefined) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return { number: number === undefined || !/^\d+$/.test(number) ? undefined : Number(number), filter, linkTo, viewLink, set, search };
}
