import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { Contact, User } from '../../api/contract/index.ts';
import { teamOrders } from '../data/team.ts';
import { problemWords } from '../data/words.ts';
import { Notice } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextArea } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { Colleagues } from './colleagues.tsx';

/** Hands a conversation over to a colleague, with a word about it. */
export function Transfer({ number, contact, onClose }: { number: number; contact: Contact | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [user, setUser] = useState<User>();
  const [error, setError] = useState<unknown>();
  const [working, setWorking] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (user === undefined) return;
    setWorking(true);
    const comment = String(new FormData(event.currentTarget).get('comment') ?? '').trim();
    try {
      const done = await teamOrders.transfer(number, { userId: user.id, ...(comment === '' ? {} : { comment }) });
      onClose();
      toast({ text: done.seen ? t('transfer.done', { number, name: user.name }) : t('transfer.doneUnseen', { number, name: user.name }) });
      if (!done.seen) void navigate('/inbox');
    } catch (failure) {
      setError(failure);
      setWorking(false);
    }
  };
  return (
    <Dialog onClose={onClose} title={t('transfer.title', { number })} size={460}>
      <form className={pageCss.stack} onSubmit={(event) => void submit(event)}>
        <p className={pageCss.muted}>{t('transfer.about')}</p>
        <Colleagues
          except={({ id, role }) => id === contact?.responsible?.id || role === 'readonly'}
          chosen={user?.id}
          onChoose={setUser}
        />
        <TextArea name="comment" label={t('transfer.comment')} hint={t('transfer.commentHint')} rows={2} maxLength={5000} />
        {error !== undefined && <Notice state="late">{problemWords(error)}</Notice>}
        <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={user === undefined || working}>
            {t('transfer.do')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
