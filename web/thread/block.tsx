import i18next from 'i18next';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact, ConversationItem } from '../../api/contract/index.ts';
import { conversationOrders } from '../data/orders.ts';
import { useMe } from '../data/queries.ts';
import { teamOrders } from '../data/team.ts';
import { problemWords } from '../data/words.ts';
import { Notice } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';

/** Lets a blocked contact in again, and says so. */
export async function unblock(contactId: number): Promise<void> {
  try {
    await teamOrders.block(contactId, false);
    toast({ text: i18next.t('block.undone') });
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
  }
}

/** Asks before a client is blocked: what will happen to their messages, and what becomes of the conversation. */
export function BlockDialog({ talk, contact, onClose }: { talk: ConversationItem; contact: Contact; onClose: () => void }) {
  const { t } = useTranslation();
  const { rights } = useMe();
  const [error, setError] = useState<unknown>();
  const [working, setWorking] = useState(false);
  const canClose = talk.status !== 'closed' && rights.closeConversations;
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setWorking(true);
    const closes = new FormData(event.currentTarget).get('close') !== null;
    try {
      await teamOrders.block(contact.id, true);
      if (closes) await conversationOrders.close(talk.number, { force: true });
      onClose();
      toast({ text: t('block.done'), action: { label: t('common.undo'), run: () => void unblock(contact.id) } });
    } catch (failure) {
      setError(failure);
      setWorking(false);
    }
  };
  return (
    <Dialog onClose={onClose} title={t('block.title', { name: contact.name })} size={460}>
      <form className={pageCss.stack} onSubmit={(event) => void submit(event)}>
        <p className={pageCss.muted}>{t('block.about')}</p>
        {canClose && <Checkbox name="close" label={t('block.alsoClose')} defaultChecked />}
        {error !== undefined && <Notice state="late">{problemWords(error)}</Notice>}
        <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="danger" type="submit" data-autofocus disabled={working}>
            {t('block.do')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
