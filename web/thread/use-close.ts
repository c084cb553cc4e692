import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { conversationOrders } from '../data/orders.ts';
import { problemWords } from '../data/words.ts';
import { toast } from '../ui/toasts.tsx';

/** Closes a conversation and says so; the answer comes from the server, so a conversation that was closed meanwhile answers the same. */
export function useClose(): (number: number, options?: { stopBots?: boolean }) => Promise<void> {
  const { t } = useTranslation();
  return useCallback(
    async (number, options = {}) => {
      try {
        const answer = await conversationOrders.close(number, options);
        toast({ text: answer.status === 'closed' ? t('talk.closed', { number }) : t('talk.closing', { number }) });
      } catch (error) {
        toast({ state: 'late', text: problemWords(error) });
      }
    },
    [t],
  );
}
