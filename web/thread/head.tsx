import { Menu } from '@mantine/core';
import { IconArrowLeft, IconBan, IconChevronDown, IconLayoutSidebarRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Contact, Conversation, ConversationItem, Run } from '../../api/contract/index.ts';
import { Waiting } from '../inbox/waiting.tsx';
import { Badge, ChannelIcon, Skeleton, Time } from '../ui/bits.tsx';
import { IconButton } from '../ui/button.tsx';
import { NumberMenu } from './number-menu.tsx';
import { People } from './people.tsx';
import { PollState } from './poll-state.tsx';
import css from './thread.module.css';

interface HeadProps {
  /** The conversation whose state is shown; the card may have several, the inbox the open one. */
  talk: Conversation | ConversationItem | undefined;
  others: ConversationItem[];
  onChoose?: (number: number) => void;
  /** Any conversation of the client, whose people are shown even where the chosen chat has none yet. */
  ofTeam: number | undefined;
  /** Bots on the card. */
  runs: readonly Run[];
  contact: Contact | undefined;
  name: string | undefined;
  backTo?: string | undefined;
  card?: { open: boolean; toggle: () => void } | undefined;
}

/** Number with its menu, what state the conversation is in, and the way to the card. */
export function Head({ talk, others, onChoose, ofTeam, runs, contact, name, backTo, card }: HeadProps) {
  const { t } = useTranslation();
  return (
    <header className={css.head}>
      {backTo !== undefined && (
        <Link to={backTo} className="phone-only" aria-label={t('common.back')}>
          <IconButton label={t('common.back')} tabIndex={-1}>
            <IconArrowLeft size={20} aria-hidden />
          </IconButton>
        </Link>
      )}
      {talk !== undefined && <NumberMenu talk={talk} runs={runs} contact={contact} listHasKeys={backTo !== undefined} />}
      {name === undefined ? <Skeleton width={140} /> : <span className={css.headName}>{name}</span>}
      {contact?.blocked != null && (
        <Badge state="late" title={t('composer.blocked')}>
          <IconBan size={13} aria-hidden /> {t('block.badge')}
        </Badge>
      )}
      {talk !== undefined && (
        <span className={css.headState}>
          <span className={css.headChannel} title={talk.channel.name}>
            <ChannelIcon type={talk.channel.type} size={15} />
          </span>
          {talk.status === 'closed' ? (
            <Badge>
              {t('talk.status.closed')}
              {talk.closedAt !== null && <Time at={talk.closedAt} ago />}
            </Badge>
          ) : talk.waitingSince !== null ? (
            <>
              <span className={css.headWords}>{t('talk.waits')}</span> <Waiting {...talk} />
            </>
          ) : talk.status === 'nps_scheduled' || talk.status === 'nps_in_progress' ? (
            <PollState talk={talk} />
          ) : (
            <span>{t(`talk.status.${talk.status}`)}</span>
          )}
          {talk.status !== 'closed' && !talk.isRead && <span className={css.headWords}>· {t('talk.unread')}</span>}
        </span>
      )}
      <span className={css.headEnd}>
        {ofTeam !== undefined && contact !== undefined && <People number={ofTeam} contact={contact} />}
        {others.length > 1 && onChoose !== undefined && (
          <Menu position="bottom-end" width={280}>
            <Menu.Target>
              <button type="button" className={css.headNumber} style={{ fontWeight: 400 }}>
                {t('talk.count', { count: others.length })}
                <IconChevronDown size={16} aria-hidden />
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              {others.map((item) => (
                <Menu.Item
                  key={item.number}
                  leftSection={<ChannelIcon type={item.channel.type} />}
                  rightSection={<Badge>{t(`talk.status.${item.status}`)}</Badge>}
                  onClick={() => onChoose(item.number)}
                >
                  #{item.number} · {item.channel.name}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
        {card !== undefined && (
          <IconButton label={card.open ? t('card.hide') : t('card.show')} aria-pressed={card.open} onClick={card.toggle}>
            <IconLayoutSidebarRight size={20} stroke={1.6} aria-hidden />
          </IconButton>
        )}
      </span>
    </header>
  );
}
