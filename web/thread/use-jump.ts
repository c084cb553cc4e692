import { type RefObject, useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';

/** Older pages that are fetched to find a message: some thousands of messages. */
const PAGES_MOST = 40;
const SHOWN_MS = 2500;

/**
 * Opens a thread at the message that the address names (`?message=<id>`): older pages are fetched until it is there, then it is brought into the
 * middle and marked for a moment. Once per message: what arrives later moves nobody away.
 */
export function useJump(
  scroller: RefObject<HTMLElement | null>,
  ids: ReadonlySet<string>,
  older: { hasNextPage: boolean; isFetchingNextPage: boolean; isPending: boolean; fetchNextPage: () => unknown },
): void {
  const wanted = useSearchParams()[0].get('message');
  const settled = useRef<string>(undefined);
  const fetched = useRef(0);
  const { hasNextPage, isFetchingNextPage, isPending, fetchNextPage } = older;
  useEffect(() => {
    fetched.current = 0;
    if (wanted === null) settled.current = undefined;
  }, [wanted]);
  useEffect(() => {
    if (wanted === null || settled.current === wanted || isPending || isFetchingNextPage) return;
    if (!ids.has(wanted)) {
      if (!hasNextPage || fetched.current >= PAGES_MOST) return;
      fetched.current += 1;
      fetchNextPage();
      return;
    }
    settled.current = wanted;
    const message = scroller.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(wanted)}"]`);
    message?.scrollIntoView({ block: 'center' });
    // Pictures above may still take their room.
    const again = setTimeout(() => message?.scrollIntoView({ block: 'center' }), 120);
    message?.setAttribute('data-found', '');
    const done = setTimeout(() => message?.removeAttribute('data-found'), SHOWN_MS);
    return () => {
      clearTimeout(again);
      clearTimeout(done);
      message?.removeAttribute('data-found');
    };
  }, [wanted, ids, hasNextPage, isFetchingNextPage, isPending, fetchNextPage, scroller]);
}
