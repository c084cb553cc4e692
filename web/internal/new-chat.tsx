import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { InternalChat } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { problemWords } from '../data/words.ts';
import { Notice } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { refreshInternal } from './data.ts';
import css from './internal.module.css';
import { People } from './people.tsx';

/** One colleague chosen: a chat of two. Several, or a title: a group. */
export function NewChat({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<number[]>([]);
  const [title, setTitle] = useState('');
  const [problem, setProblem] = useState<string>();
  const isGroup = chosen.length > 1 || title.trim() !== '';
  const make = async () => {
    try {
      const chat = isGroup
        ? await call<InternalChat>('POST', '/api/internal-chats', { body: { title: title.trim(), userIds: chosen } })
        : await call<InternalChat>('POST', '/api/internal-chats/direct', { body: { userId: chosen[0] } });
      onClose();
      await navigate(`/team/${chat.id}`);
      await refreshInternal();
    } catch (error) {
      setProblem(problemWords(error));
    }
  };
  return (
    <Dialog title={t('internal.new')} onClose={onClose}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        {problem !== undefined && <Notice state="late">{problem}</Notice>}
        <People chosen={chosen} onChange={setChosen} />
        <TextField
          label={t('internal.groupTitle')}
          hint={chosen.length > 1 ? t('internal.groupNeeds') : t('internal.groupHint')}
          value={title}
          maxLength={200}
          onChange={(event) => setTitle(event.target.value)}
        />
        <div className={css.formEnd}>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={chosen.length === 0 || (chosen.length > 1 && title.trim() === '')}>
            {isGroup ? t('internal.makeGroup') : t('internal.startChat')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
