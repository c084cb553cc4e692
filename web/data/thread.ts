import { type InfiniteData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import type { ThreadItem, ThreadPage } from '../../api/contract/index.ts';
import { call } from './client.ts';
import { read } from './live.ts';
import { queryClient } from './query-client.ts';

const PAGE = 60;

interface ThreadOf {
  contactId: number;
  leadId?: number | undefined;
}

const path = ({ contactId, leadId }: ThreadOf) =>
  leadId === undefined ? `/api/contacts/${contactId}/thread` : `/api/leads/${leadId}/thread`;
const keyOf = ({ contactId, leadId }: ThreadOf) => ['thread', contactId, leadId ?? 0] as const;

/** Names an item across fetches. */
export const itemId = (item: ThreadItem): string =>
  item.kind === 'message' ? item.message.id : item.kind === 'note' ? `note-${item.note.id}` : `line-${item.line.id}`;

/** The thread of a contact's chats, newest page first; older pages are fetched as the reader goes up. */
export function useThread(of: ThreadOf) {
  return useInfiniteQuery({
    queryKey: keyOf(of),
    queryFn: ({ pageParam, signal }) => read<ThreadPage>(path(of), { cursor: pageParam, limit: PAGE }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    enabled: of.contactId > 0,
  });
}

export function prefetchThread(of: ThreadOf): void {
  void queryClient.prefetchInfiniteQuery({
    queryKey: keyOf(of),
    queryFn: () => read<ThreadPage>(path(of), { limit: PAGE }),
    initialPageParam: undefined as string | undefined,
  });
}

/**
 * Something happened in a chat: of every thread on the page the newest page is fetched and laid over what is there. Pages further up stay:
 * their messages change only while the stream is away, and then everything is fetched again.
 */
export function refreshThreads(): void {
  for (const query of queryClient.getQueryCache().findAll({ queryKey: ['thread'] })) {
    const [, contactId, leadId] = query.queryKey as unknown as [string, number, number];
    if (query.isActive()) void refresh(query.queryKey, { contactId, leadId: leadId === 0 ? undefined : leadId });
    else void query.invalidate();
  }
}

const running = new Map<string, { again: boolean }>();

async function refresh(key: QueryKey, of: ThreadOf): Promise<void> {
  const name = JSON.stringify(key);
  const current = running.get(name);
  if (current !== undefined) {
    // What is under way may have read before this change: it is followed by one more.
    current.again = true;
    return;
  }
  const mine = { again: false };
  running.set(name, mine);
  try {
    do {
      mine.again = false;
      const newest = await call<ThreadPage>('GET', path(of), { query: { limit: PAGE } });
      const before = queryClient.getQueryData<InfiniteData<ThreadPage, string | undefined>>(key);
      const after = before === undefined ? undefined : overlay(before, newest);
      if (after === undefined) await queryClient.invalidateQueries({ queryKey: key, exact: true });
      else queryClient.setQueryData(key, after);
    } while (mine.again);
  } catch {
    // The server is away: the stream's next `resync` fetches the thread again.
  } finally {
    running.delete(name);
  }
}

/** Lays the newest page over the thread; undefined where they do not meet, so that a gap would open between them. */
export function overlay(
  before: InfiniteData<ThreadPage, string | undefined>,
  newest: ThreadPage,
): InfiniteData<ThreadPage, string | undefined> | undefined {
  const fresh = new Map(newest.items.map((item) => [itemId(item), item]));
  const known = before.pages.flatMap((page) => page.items);
  const oldest = newest.items.at(-1);
  if (known.length > 0 && newest.nextCursor !== null && oldest !== undefined && !known.some((item) => fresh.has(itemId(item))))
    return undefined;
  const [first, ...rest] = before.pages;
  if (first === undefined) return undefined;
  const beyond = first.items.filter((item) => !fresh.has(itemId(item)) && (oldest === undefined || instantOf(item) <= instantOf(oldest)));
  return {
    pages: [
      { ...first, items: [...newest.items, ...beyond] },
      ...rest.map((page) => ({ ...page, items: page.items.filter((item) => !fresh.has(itemId(item))) })),
    ],
    pageParams: before.pageParams,
  };
}

export const instantOf = (item: ThreadItem): number =>
  item.kind === 'message' ? item.message.writtenAt : item.kind === 'note' ? item.note.at : item.line.at;
