import i18next from 'i18next';
import type { Run, RunAnswerView } from '../../api/contract/index.ts';
import { order } from '../data/orders.ts';
import { queryClient } from '../data/query-client.ts';
import { problemWords } from '../data/words.ts';
import { toast } from '../ui/toasts.tsx';

/** Stops one run; answers false when it was refused. A run that ended before answers the same as one stopped now. */
export async function stopRun(run: Pick<Run, 'id'>): Promise<boolean> {
  try {
    await order<RunAnswerView>(`/api/runs/${run.id}/stop`);
    await Promise.all(['lead', 'customer', 'runs', 'trace'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
    return true;
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
    return false;
  }
}

export async function stopAll(runs: readonly Run[]): Promise<void> {
  const stopped = await Promise.all(runs.map(stopRun));
  const count = stopped.filter(Boolean).length;
  if (count > 0) toast({ text: i18next.t('run.stoppedCount', { count }) });
}
