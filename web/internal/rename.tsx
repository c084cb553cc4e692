import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { InternalChat } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { problemWords } from '../data/words.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { refreshInternal } from './data.ts';
import css from './internal.module.css';

/** Another title for a group. */
export function Rename({ chat, onClose }: { chat: InternalChat; onClose: () => void }) {
  const { t } = useTranslation();
  const [title, setTitle] = useState(chat.title);
  const [problem, setProblem] = useState<string>();
  const save = async () => {
    try {
      await call('PATCH', `/api/internal-chats/${chat.id}`, { body: { title: title.trim() } });
      onClose();
      await refreshInternal();
    } catch (error) {
      setProblem(problemWords(error));
    }
  };
  return (
    <Dialog title={t('internal.rename')} onClose={onClose}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          data-autofocus
          label={t('internal.groupTitle')}
          value={title}
          maxLength={200}
          error={problem}
          onChange={(event) => setTitle(event.target.value)}
        />
        <div className={css.formEnd}>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={title.trim() === ''}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
