import { IconAddressBook, IconUsersGroup } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { InternalChat } from '../../api/contract/index.ts';
import { useMe } from '../data/queries.ts';
import { Avatar, Count, Time } from '../ui/bits.tsx';
import css from './internal.module.css';

function lastLine(
  chat: InternalChat,
  meId: number,
  t: (key: 'internal.you' | 'internal.deleted' | 'internal.files' | 'internal.noWords') => string,
): string {
  if (chat.last === null) return t('internal.noWords');
  const { text, author, isDeleted, files } = chat.last;
  const words = isDeleted ? t('internal.deleted') : text !== '' ? text : files > 0 ? t('internal.files') : '';
  const who = author.id === meId ? t('internal.you') : chat.kind === 'direct' ? '' : author.name;
  return who === '' ? words : `${who}: ${words}`;
}

/** A chat in the list. */
export function ChatRow({ chat, isOpen }: { chat: InternalChat; isOpen: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Link to={`/team/${chat.id}`} className={css.row} aria-current={isOpen} data-unread={chat.unread > 0} data-chat={chat.id}>
      {chat.kind === 'direct' ? (
        <Avatar name={chat.title} />
      ) : (
        <span className={css.kind} title={t(chat.kind === 'lead' ? 'internal.kind.lead' : 'internal.kind.group')}>
          {chat.kind === 'lead' ? (
            <IconAddressBook size={20} stroke={1.6} aria-hidden />
          ) : (
            <IconUsersGroup size={20} stroke={1.6} aria-hidden />
          )}
        </span>
      )}
      <span className={css.rowWords}>
        <span className={css.rowLine}>
          <strong>{chat.title}</strong>
          {chat.last !== null && <Time at={chat.last.at} className={css.rowTime} />}
        </span>
        <span className={css.rowLine}>
          <small>{lastLine(chat, me.user.id, t)}</small>
          {chat.isMentioned && (
            <span className={css.at} title={t('internal.mentioned')}>
              @
            </span>
          )}
          <Count value={chat.unread} />
        </span>
      </span>
    </Link>
  );
}
