import { Menu } from '@mantine/core';
import { IconArrowLeft, IconDots, IconEyeOff, IconSearch, IconUsers } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { InternalChat } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { useMe } from '../data/queries.ts';
import { problemWords } from '../data/words.ts';
import { IconButton } from '../ui/button.tsx';
import { toast } from '../ui/toasts.tsx';
import { refreshInternal } from './data.ts';
import css from './internal.module.css';
import { Members } from './members.tsx';
import { Rename } from './rename.tsx';
import { InternalThread } from './thread.tsx';

/** Who is in a chat, in a few words. */
function people(chat: InternalChat, t: (key: 'internal.membersCount', options: { count: number }) => string): string {
  const names = chat.members.map(({ name }) => name);
  return names.length <= 3 ? names.join(', ') : t('internal.membersCount', { count: names.length });
}

interface ChatProps {
  chat: InternalChat;
  found: number | undefined;
  backTo?: string | undefined;
  onSearch?: (() => void) | undefined;
  /** What stands at the head's end, as a button that closes a panel. */
  end?: ReactNode;
  /** In the lead's own card the lead needs no link to itself. */
  inCard?: boolean;
}

/** One chat: its head, the messages, the field. The whole of it stands on the ground of internal chats. */
export function Chat({ chat, found, backTo, onSearch, end, inCard = false }: ChatProps) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'members' | 'rename'>();
  const leave = async () => {
    try {
      await call('DELETE', `/api/internal-chats/${chat.id}/members/${me.user.id}`);
      if (!inCard) await navigate('/team');
      await refreshInternal();
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
  };
  const mayChange = me.role !== 'readonly';
  return (
    <section className={css.surface} aria-label={t('internal.chatLabel', { name: chat.title })} data-internal-chat={chat.id}>
      <header className={css.head}>
        {backTo !== undefined && (
          <Link to={backTo} className={css.back} aria-label={t('common.back')}>
            <IconArrowLeft size={20} aria-hidden />
          </Link>
        )}
        <span className={css.headWords}>
          <strong>{inCard ? t('internal.panel') : chat.title}</strong>
          <small>
            <IconEyeOff size={13} stroke={1.8} aria-hidden /> {t('internal.notForClient')}
          </small>
        </span>
        <span className={css.headEnd}>
          {chat.lead !== null && !inCard && (
            <Link className={css.toLead} to={`/leads/${chat.lead.id}`}>
              {t('internal.toLead')}
            </Link>
          )}
          <IconButton small label={people(chat, t) || t('internal.nobody')} onClick={() => setOpen('members')}>
            <IconUsers size={18} stroke={1.6} aria-hidden />
          </IconButton>
          {onSearch !== undefined && (
            <IconButton small label={t('internal.search')} onClick={onSearch}>
              <IconSearch size={18} stroke={1.6} aria-hidden />
            </IconButton>
          )}
          {chat.kind !== 'direct' && mayChange && (chat.isMember || chat.kind === 'group') && (
            <Menu position="bottom-end" width={220}>
              <Menu.Target>
                <IconButton small label={t('internal.menu')}>
                  <IconDots size={18} aria-hidden />
                </IconButton>
              </Menu.Target>
              <Menu.Dropdown>
                {chat.kind === 'group' && <Menu.Item onClick={() => setOpen('rename')}>{t('internal.rename')}</Menu.Item>}
                <Menu.Item onClick={() => void leave()}>{t('internal.leave')}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
          {end}
        </span>
      </header>
      <InternalThread key={chat.id} chat={chat} found={found} />
      {open === 'members' && <Members chat={chat} onClose={() => setOpen(undefined)} />}
      {open === 'rename' && <Rename chat={chat} onClose={() => setOpen(undefined)} />}
    </section>
  );
}
