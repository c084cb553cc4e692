import { useEffect } from 'react';
import type { ConversationItem } from '../../api/contract/index.ts';
import { conversationOrders } from '../data/orders.ts';

/** Long enough that somebody who only passes by with the keys has not read anything. */
const LOOKED_MS = 600;

/**
 * Says that an unread conversation is looked at, while the page is really seen. The server decides whether this reader counts; the order is
 * given once per new message, so that one who does not count is not asked again and again. Who may only look leaves no trace.
 */
export function useReading(talk: Pick<ConversationItem, 'number' | 'isRead' | 'lastMessageAt' | 'mayEdit'> | undefined): void {
  const number = talk?.isRead === false && talk.mayEdit ? talk.number : undefined;
  const lastMessageAt = talk?.lastMessageAt;
  useEffect(() => {
    if (number === undefined || lastMessageAt === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(timer);
      if (document.visibilityState !== 'visible') return;
      timer = setTimeout(() => {
        // What could not be told now is told with the next message or visit; nothing on the page depends on it.
        conversationOrders.read(number).catch(() => undefined);
      }, LOOKED_MS);
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [number, lastMessageAt]);
}
