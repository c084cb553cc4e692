import { useEffect } from 'react';
import { markRead, useUnread } from '../notifications/data.ts';

const kinds: readonly string[] = ['mentioned', 'transferred', 'invited'];

/** What called the reader to this conversation has done so once the conversation is open and seen. */
export function useTeamNotices(number: number | undefined): void {
  const { data } = useUnread();
  const ids = (data?.items ?? [])
    .filter(({ what, conversationNumber, readAt }) => readAt === null && conversationNumber === number && kinds.includes(what))
    .map(({ id }) => id);
  const key = ids.join();
  useEffect(() => {
    if (key === '') return;
    const read = () => {
      if (document.visibilityState !== 'visible') return;
      void markRead({ ids: key.split(',').map(Number) });
    };
    const timer = setTimeout(read, 600);
    document.addEventListener('visibilitychange', read);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', read);
    };
  }, [key]);
}
