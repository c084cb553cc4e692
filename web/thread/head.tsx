import { Menu } from '@mantine/core';
import {
  IconArrowLeft,
  IconChevronDown,
  IconCircleCheck,
  IconHistory,
  IconLayoutSidebarRight,
  IconLink,
  IconMailOpened,
  IconMessageOff,
  IconPlayerStop,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Conversation, ConversationItem, Lead } from '../../api/contract/index.ts';
import { conversationOrders } from '../data/orders.ts';
import { useConversation } from '../data/queries.ts';
import { problemWords } from '../data/words.ts';
import { Waiting } from '../inbox/waiting.tsx';
import { Badge, ChannelIcon, Skeleton, Time } from '../ui/bits.tsx';
import { IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { toast } from '../ui/toasts.tsx';
import { Openings } from './openings.tsx';
import { stopAll } from './stop-runs.ts';
import css from './thread.module.css';
import { useClose } from './use-close.ts';

function NumberMenu({ talk, lead }: { talk: ConversationItem; lead: Lead | undefined }) {
  const { t } = useTranslation();
  const close = useClose();
  const [history, setHistory] = useState(false);
  const running = lead?.runs.filter(({ status }) => status !== 'ended') ?? [];
  const closed = talk.status === 'closed';
  const doing = (action: Promise<unknown>, done: string) =>
    action.then(
      () => toast({ text: done }),
      (error: unknown) => toast({ state: 'late', text: problemWords(error) }),
    );
  return (
    <>
      <Menu width={288}>
        <Menu.Target>
          <button type="button" className={css.headNumber} aria-label={t('talk.menu', { number: talk.number })}>
            #{talk.number}
            <IconChevronDown size={16} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCircleCheck size={16} aria-hidden />} disabled={closed} onClick={() => void close(talk.number)}>
            {t('talk.close')}
          </Menu.Item>
          {running.length > 0 && (
            <Menu.Item
              leftSection={<IconPlayerStop size={16} aria-hidden />}
              disabled={closed}
              onClick={() => void close(talk.number, { stopBots: true })}
            >
              {t('talk.closeAndStop')}
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconMessageOff size={16} aria-hidden />}
            disabled={closed || (talk.waitingSince === null && talk.isRead)}
            onClick={() => void doing(conversationOrders.noReplyNeeded(talk.number), t('talk.noReplyDone', { number: talk.number }))}
          >
            {t('talk.noReplyNeeded')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconMailOpened size={16} aria-hidden />}
            disabled={!talk.isRead}
            onClick={() => void doing(conversationOrders.unread(talk.number), t('talk.markedUnread'))}
          >
            {t('talk.markUnread')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconLink size={16} aria-hidden />}
            onClick={() => void doing(navigator.clipboard.writeText(`${location.origin}/inbox/${talk.number}`), t('talk.linkCopied'))}
          >
            {t('talk.copyLink')}
          </Menu.Item>
          <Menu.Item leftSection={<IconHistory size={16} aria-hidden />} onClick={() => setHistory(true)}>
            {t('talk.history')}
          </Menu.Item>
          {running.length > 0 && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconPlayerStop size={16} aria-hidden />} color="var(--late)" onClick={() => void stopAll(running)}>
                {t('talk.stopBots', { count: running.length })}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {history && (
        <Dialog reading onClose={() => setHistory(false)} title={t('talk.historyOf', { number: talk.number })} size={520}>
          <History number={talk.number} />
        </Dialog>
      )}
    </>
  );
}

function History({ number }: { number: number }) {
  const { data } = useConversation(number);
  return data === undefined ? <Skeleton height={64} /> : <Openings openings={data.openings} />;
}

interface HeadProps {
  /** The conversation whose state is shown; the card may have several, the inbox the open one. */
  talk: Conversation | ConversationItem | undefined;
  others: ConversationItem[];
  onChoose?: (number: number) => void;
  lead: Lead | undefined;
  name: string | undefined;
  backTo?: string | undefined;
  card?: { open: boolean; toggle: () => void } | undefined;
}

/** Number with its menu, what state the conversation is in, and the way to the card. */
export function Head({ talk, others, onChoose, lead, name, backTo, card }: HeadProps) {
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
      {talk !== undefined && <NumberMenu talk={talk} lead={lead} />}
      {name === undefined ? <Skeleton width={140} /> : <span className={css.headName}>{name}</span>}
      {talk !== undefined && (
        <span className={css.headState}>
          <span title={talk.channel.name}>
            <ChannelIcon type={talk.channel.type} size={15} />
          </span>
          {talk.status === 'closed' ? (
            <Badge>
              {t('talk.status.closed')}
              {talk.closedAt !== null && <Time at={talk.closedAt} />}
            </Badge>
          ) : talk.waitingSince !== null ? (
            <>
              {t('talk.waits')} <Waiting {...talk} />
            </>
          ) : (
            <span>{t(`talk.status.${talk.status}`)}</span>
          )}
          {talk.status !== 'closed' && !talk.isRead && <span>· {t('talk.unread')}</span>}
        </span>
      )}
      <span className={css.headEnd}>
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
