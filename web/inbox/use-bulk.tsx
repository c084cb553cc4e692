import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { BULK_MOST, type BulkAction } from '../../domain/conversation/views.ts';
import { afterSecondThought, assignMany, type ManyDone, orderMany } from '../data/bulk.ts';
import { Dialog } from '../ui/dialog.tsx';
import { toast } from '../ui/toasts.tsx';
import { useInboxAddress } from './address.ts';
import css from './inbox.module.css';

/** Orders to many from the list: what can be undone is done at once, what cannot waits for a second thought. */
export function useBulk() {
  const { t } = useTranslation();
  const [told, setTold] = useState<ManyDone>();

  /** Says what came of it, with the way back where there is one and the reasons where something was refused. */
  const report = (result: ManyDone, undo?: () => void) => {
    const { action, done, accepted, refused, stillUnread, awaiting } = result;
    const words = [
      done.length > 0 && t(`bulk.done.${action}`, { count: done.length - stillUnread.length - awaiting.length }),
      awaiting.length > 0 && t('bulk.awaiting', { count: awaiting.length }),
      stillUnread.length > 0 && t('bulk.stillUnread', { count: stillUnread.length }),
      accepted.length > 0 && t('bulk.accepted', { count: accepted.length }),
      refused.length > 0 && t('bulk.refused', { count: refused.length }),
    ].filter((each) => each !== false);
    const text = words.join(' · ');
    if (refused.length > 0) toast({ state: 'late', text, action: { label: t('bulk.why'), run: () => setTold(result) } });
    else toast({ text, ...(undo === undefined ? {} : { action: { label: t('common.undo'), run: undo } }) });
  };

  const run = (action: BulkAction, numbers: readonly number[]) => {
    if (numbers.length === 0) return;
    if (action === 'read' || action === 'unread') {
      const back = action === 'read' ? 'unread' : 'read';
      void orderMany(action, numbers).then((result) =>
        report(result, () => void orderMany(back, result.done).then((undone) => report(undone))),
      );
      return;
    }
    const takeBack = afterSecondThought(action, numbers, (result) => report(result));
    toast({ text: t(`bulk.will.${action}`, { count: numbers.length }), action: { label: t('common.undo'), run: takeBack } });
  };
  const assign = (numbers: readonly number[], userId: number) => void assignMany(numbers, userId).then((result) => report(result));
  const reasons = told === undefined ? null : <Reasons result={told} onClose={() => setTold(undefined)} />;
  return { run, assign, reasons, most: BULK_MOST };
}

/** Which conversations were refused, and why. */
function Reasons({ result, onClose }: { result: ManyDone; onClose: () => void }) {
  const { t } = useTranslation();
  const { linkTo } = useInboxAddress();
  return (
    <Dialog reading onClose={onClose} title={t('bulk.refused', { count: result.refused.length })} size={460}>
      <ul className={css.reasons}>
        {result.refused.map(({ number, words }) => (
          <li key={number}>
            <Link to={linkTo(number)} onClick={onClose}>
              #{number}
            </Link>
            <span>{words}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
