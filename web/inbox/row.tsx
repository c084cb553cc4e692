import { IconCheck, IconPaperclip, IconRobot } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ConversationItem } from '../../api/contract/index.ts';
import { prefetchLead } from '../data/queries.ts';
import { prefetchThread } from '../data/thread.ts';
import { Avatar, Count, Time } from '../ui/bits.tsx';
import css from './inbox.module.css';
import { Waiting } from './waiting.tsx';

/** What opening it will need, asked for while the pointer or the focus is already on its way. */
function prefetch(item: ConversationItem): void {
  const leadId = item.entity?.type === 'lead' ? item.entity.id : undefined;
  prefetchThread({ contactId: item.contact.id, leadId });
  if (leadId !== undefined) prefetchLead(leadId);
}

export const Row = memo(function Row({ item, to, top, open }: { item: ConversationItem; to: string; top: number; open: boolean }) {
  const { t } = useTranslation();
  const last = item.lastMessage;
  return (
    <Link
      to={to}
      className={css.row}
      style={{ top }}
      data-number={item.number}
      data-unread={!item.isRead}
      aria-current={open}
      onPointerEnter={() => prefetch(item)}
      onFocus={() => prefetch(item)}
    >
      <Avatar name={item.contact.name} channelType={item.channel.type} channelName={item.channel.name} />
      <div style={{ minWidth: 0 }}>
        <div className={css.rowLine}>
          <span className={css.rowName}>{item.contact.name}</span>
          <span className={css.rowNumber}>#{item.number}</span>
          <span className={css.rowEnd}>
            {item.waitingSince !== null ? (
              <Waiting {...item} />
            ) : (
              <>
                {item.status === 'closed' && <IconCheck size={14} aria-label={t('talk.status.closed')} />}
                <Time at={item.lastMessageAt} />
              </>
            )}
          </span>
        </div>
        <div className={css.rowLine}>
          <span className={css.rowText}>
            {last?.author === 'user' && `${t('inbox.us')}: `}
            {last?.author === 'bot' && (
              <>
                <IconRobot size={14} stroke={1.6} aria-label={t('author.bot')} />{' '}
              </>
            )}
            {last?.hasAttachments === true && (
              <>
                <IconPaperclip size={14} stroke={1.6} aria-label={t('inbox.file')} />{' '}
              </>
            )}
            {last?.text || (last?.hasAttachments === true ? t('inbox.file') : '')}
          </span>
          <Count value={item.unread} />
        </div>
        <div className={`${css.rowLine} ${css.rowFoot}`}>
          <span>{[item.entity?.name, item.responsible?.name].filter(Boolean).join(' · ')}</span>
          {item.bot !== null && (
            <span className={`${css.rowEnd} ${css.botMark}`} title={t('inbox.botListens', { name: item.bot.name })}>
              <IconRobot size={13} stroke={1.8} aria-hidden />
              {item.bot.name}
            </span>
          )}
        </div>
      </div>
    </Link>
  );
});
