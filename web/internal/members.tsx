import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { InternalChat } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { useMe } from '../data/queries.ts';
import { problemWords } from '../data/words.ts';
import { Avatar, Badge, Notice } from '../ui/bits.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { refreshInternal } from './data.ts';
import css from './internal.module.css';
import { People } from './people.tsx';

/** Who is in a chat; colleagues are taken in and out here. */
export function Members({ chat, onClose }: { chat: InternalChat; onClose: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const [adding, setAdding] = useState(false);
  const [chosen, setChosen] = useState<number[]>([]);
  const [problem, setProblem] = useState<string>();
  const mayChange = me.role !== 'readonly' && chat.kind !== 'direct';
  const mayRemove = mayChange && (chat.createdBy === me.user.id || me.role === 'administrator');
  const act = async (method: string, path: string, body?: unknown) => {
    try {
      await call(method, `/api/internal-chats/${chat.id}/members${path}`, { body });
      setAdding(false);
      setChosen([]);
      setProblem(undefined);
      await refreshInternal();
    } catch (error) {
      setProblem(problemWords(error));
    }
  };
  return (
    <Dialog title={t('internal.members')} onClose={onClose} reading>
      <div className={css.form}>
        {problem !== undefined && <Notice state="late">{problem}</Notice>}
        {chat.kind === 'lead' && <p className={css.quiet}>{t('internal.leadReaders')}</p>}
        <ul className={css.memberList}>
          {chat.members.map(({ id, name, isActive }) => (
            <li key={id}>
              <Avatar name={name} size={28} />
              <span>{id === me.user.id ? `${name} (${t('internal.you')})` : name}</span>
              {!isActive && <Badge>{t('internal.inactive')}</Badge>}
              {mayRemove && id !== me.user.id && (
                <IconButton small label={t('internal.removeMember', { name })} onClick={() => void act('DELETE', `/${id}`)}>
                  <IconX size={16} aria-hidden />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
        {adding && <People chosen={chosen} onChange={setChosen} without={chat.members.map(({ id }) => id)} />}
        {mayChange && (
          <div className={css.formEnd}>
            {adding ? (
              <Button kind="primary" disabled={chosen.length === 0} onClick={() => void act('POST', '', { userIds: chosen })}>
                {t('internal.addChosen', { count: chosen.length })}
              </Button>
            ) : (
              <Button onClick={() => setAdding(true)}>{t('internal.addMembers')}</Button>
            )}
          </div>
        )}
      </div>
    </Dialog>
  );
}
