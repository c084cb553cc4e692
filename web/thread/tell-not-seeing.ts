import i18next from 'i18next';
import { teamOrders } from '../data/team.ts';
import { problemWords } from '../data/words.ts';
import { toast } from '../ui/toasts.tsx';

/** Those who were named in a note but may not see the client were not told: offers to let them take part, which tells them. */
export function tellNotSeeing(number: number, people: readonly { id: number; name: string }[]): void {
  if (people.length === 0) return;
  toast({
    text: i18next.t('note.notSeeing', { names: people.map(({ name }) => name).join(', ') }),
    action: {
      label: i18next.t('note.invite'),
      run: () =>
        void Promise.all(people.map(({ id }) => teamOrders.addParticipant(number, id))).catch((error: unknown) =>
          toast({ state: 'late', text: problemWords(error) }),
        ),
    },
  });
}
