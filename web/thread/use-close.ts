import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { conversationOrders } from '../data/orders.ts';
import { problemWords } from '../data/words.ts';
import { toast } from '../ui/toasts.tsx';

/** Closes a conversation and says so; the answer comes from the server, so a conversation that was closed meanwhile answers the same. */
export function useClose(): (number: number, options?: { force?: boolean; stopBots?: boolean }) => Promise<void> {
  const { t } = useTranslation();
  return useCallback(
    async (number, options = {}) => {
      try {
        const answer = await conversationOrders.close(number, options);
        const polled = answer.status === 'nps_scheduled' || answer.status === 'nps_in_progress';
        toast({ text: t(answer.status === 'closed' ? 'talk.closed' : polled ? 'nps.closesAfter' : 'talk.closing', { number }) });
      } catch (error) {
        toast({ state: 'late', text: problemWords(error) });
      }
    },
    [t],
  );
}
