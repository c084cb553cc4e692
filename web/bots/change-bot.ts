import type { Bot, BotChange } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { queryClient } from '../data/query-client.ts';
import { problemWords } from '../data/words.ts';
import { toast } from '../ui/toasts.tsx';
import { refetchBot } from './bot-page.tsx';

/** Changes a bot's draft or settings; says why not where it fails. True when it was changed. */
export async function changeBot(bot: Bot, change: BotChange): Promise<boolean> {
  try {
    const next = await call<Bot>('PATCH', `/api/bots/${bot.id}`, { body: change, idempotencyKey: crypto.randomUUID() });
    queryClient.setQueryData(['bot', bot.id], next);
    return true;
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
    return false;
  } finally {
    void refetchBot(bot.id);
  }
}
