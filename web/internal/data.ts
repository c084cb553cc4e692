import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type {
  InternalChat,
  InternalChatPage,
  InternalCounts,
  InternalHitPage,
  InternalMessage,
  InternalMessagePage,
} from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { read } from '../data/live.ts';
import { queryClient } from '../data/query-client.ts';

/** Everything of internal chats stands under the key `internal`: one change fetches what is shown of it again. */
export const useInternalCounts = () =>
  useQuery({ queryKey: ['internal', 'counts'], queryFn: () => read<InternalCounts>('/api/internal-chats/counts') });

export const useInternalChats = () =>
  useInfiniteQuery({
    queryKey: ['internal', 'chats'],
    queryFn: ({ pageParam, signal }) => read<InternalChatPage>('/api/internal-chats', { cursor: pageParam, limit: 50 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

export const useInternalChat = (id: number) =>
  useQuery({ queryKey: ['internal', 'chat', id], queryFn: () => read<InternalChat>(`/api/internal-chats/${id}`), retry: false });

/** The chat inside a lead's card; asked for only where it is shown. */
export const useLeadChat = (leadId: number, enabled: boolean) =>
  useQuery({ queryKey: ['internal', 'lead', leadId], queryFn: () => read<InternalChat>(`/api/leads/${leadId}/internal-chat`), enabled });

export const useInternalSearch = (words: string, chatId: number | undefined) =>
  useInfiniteQuery({
    queryKey: ['internal-search', words, chatId ?? 0],
    queryFn: ({ pageParam, signal }) =>
      read<InternalHitPage>('/api/internal-chats/search', { q: words, chat: chatId, cursor: pageParam, limit: 30 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    enabled: words !== '',
  });

export const refreshInternal = () => queryClient.invalidateQueries({ queryKey: ['internal'] });

/** A stretch of a chat without gaps, oldest first. */
export interface Stretch {
  items: InternalMessage[];
  hasOlder: boolean;
  hasNewer: boolean;
}

const PAGE = 50;
/** What is asked again after a change: corrections further up are seen when the chat is opened next. */
const REFRESHED = 150;
const keyOf = (chatId: number) => ['internal', 'thread', chatId];
const pageOf = (chatId: number, query: Record<string, number>) =>
  read<InternalMessagePage>(`/api/internal-chats/${chatId}/messages`, { limit: PAGE, ...query });

/** Lays messages over a stretch by their positions. */
export function laidOver(before: readonly InternalMessage[], fresh: readonly InternalMessage[]): InternalMessage[] {
  const byPosition = new Map([...before, ...fresh].map((message) => [message.position, message]));
  return [...byPosition.values()].sort((a, b) => a.position - b.position);
}

/** Messages of a chat as far as they were read in; `start` is where the first look falls: the first unread message, or one that was searched for. */
export function useInternalThread(chatId: number, start: number | undefined) {
  const key = useMemo(() => keyOf(chatId), [chatId]);
  const query = useQuery({
    queryKey: key,
    queryFn: async (): Promise<Stretch> => {
      const known = queryClient.getQueryData<Stretch>(key);
      const first = known?.items.at(0);
      const last = known?.items.at(-1);
      if (first === undefined || last === undefined) return pageOf(chatId, start === undefined ? {} : { around: start });
      const after = Math.max(first.position - 1, last.position - REFRESHED);
      const fresh = await pageOf(chatId, { after, limit: 200 });
      // Older pages may have come meanwhile.
      const now = queryClient.getQueryData<Stretch>(key) ?? known!;
      const isSame = now.items.some(({ position }) => position === last.position);
      return isSame ? { items: laidOver(now.items, fresh.items), hasOlder: now.hasOlder, hasNewer: fresh.hasNewer } : now;
    },
    retry: false,
    gcTime: 0,
  });
  const actions = useMemo(() => {
    const busy = new Set<string>();
    const add = async (side: 'before' | 'after') => {
      const now = queryClient.getQueryData<Stretch>(key);
      const edge = side === 'before' ? now?.items.at(0) : now?.items.at(-1);
      if (now === undefined || edge === undefined || busy.has(side) || !(side === 'before' ? now.hasOlder : now.hasNewer)) return;
      busy.add(side);
      try {
        const page = await pageOf(chatId, { [side]: edge.position });
        queryClient.setQueryData<Stretch>(key, (before) =>
          before?.items.some(({ position }) => position === edge.position) !== true
            ? before
            : {
                items: laidOver(before.items, page.items),
                hasOlder: side === 'before' ? page.hasOlder : before.hasOlder,
                hasNewer: side === 'after' ? page.hasNewer : before.hasNewer,
              },
        );
      } catch {
        // The server is away: the next scroll or resync asks again.
      } finally {
        busy.delete(side);
      }
    };
    return {
      older: () => void add('before'),
      newer: () => void add('after'),
      /** Shows the stretch around a position; undefined: the newest messages. */
      async jump(position: number | undefined) {
        const now = queryClient.getQueryData<Stretch>(key);
        if (position !== undefined && now?.items.some((message) => message.position === position) === true) return;
        const page = await pageOf(chatId, position === undefined ? {} : { around: position });
        await queryClient.cancelQueries({ queryKey: key, exact: true });
        queryClient.setQueryData<Stretch>(key, page);
      },
    };
  }, [chatId, key]);
  return { query, ...actions };
}

/** Puts the server's own words about one message into the thread that shows it. */
export function placeMessage(message: InternalMessage): void {
  queryClient.setQueryData<Stretch>(keyOf(message.chatId), (before) => {
    const last = before?.items.at(-1)?.position ?? 0;
    // Beyond a gap it would seem to follow what it does not follow.
    if (before === undefined || before.hasNewer || message.position > last + 1) return before;
    return { ...before, items: laidOver(before.items, [message]) };
  });
  void refreshInternal();
}

export const readUpTo = (chatId: number, position: number) =>
  call<void>('POST', `/api/internal-chats/${chatId}/read`, { body: { position } }).then(refreshInternal);
