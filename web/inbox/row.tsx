import { IconCheck, IconPaperclip, IconRobot, IconStar, IconUsers } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ConversationItem } from '../../api/contract/index.ts';
import { prefetchLead, useMe } from '../data/queries.ts';
import { prefetchThread } from '../data/thread.ts';
import { TypingLine } from '../thread/typing.tsx';
import { Avatar, Count, Time } from '../ui/bits.tsx';
import { useSummary } from '../ui/summary.ts';
import css from './inbox.module.css';
import { Waiting } from './waiting.tsx';

/** What opening it will need, asked for while the pointer or the focus is already on its way. */
function prefetch(item: ConversationItem): void {
  const leadId = item.entity?.type === 'lead' ? item.entity.id : undefined;
  prefetchThread({ contactId: item.contact.id, leadId });
  if (leadId !== undefined) prefetchLead(leadId);
}

interface RowProps {
  item: ConversationItem;
  to: string;
  top: number;
  open: boolean;
  /** Marked for an order to many. */
  chosen: boolean;
  /** Whether rows are being marked: then every row shows its mark, else only the one under the pointer. */
  choosing: boolean;
  onChoose: ((number: number, range: boolean) => void) | undefined;
}

export const Row = memo(function Row({ item, to, top, open, chosen, choosing, onChoose }: RowProps) {
  const { t } = useTranslation();
  const summary = useSummary();
  const last = item.lastMessage;
  const me = useMe().user.id;
  return (
    <div className={css.rowBox} style={{ top }} data-row={item.number} data-chosen={chosen} data-choosing={choosing}>
      {onChoose !== undefined && (
        <input
          type="checkbox"
          className={css.mark}
          checked={chosen}
          aria-label={t('bulk.mark', { number: item.number })}
          tabIndex={choosing ? 0 : -1}
          // The click and not the change: only it knows of Shift.
          onChange={() => undefined}
          onClick={(event) => onChoose(item.number, event.shiftKey)}
        />
      )}
      <Link
        to={to}
        className={css.row}
        data-number={item.number}
        data-unread={!item.isRead}
        aria-current={open}
        onPointerEnter={() => prefetch(item)}
        onFocus={() => prefetch(item)}
        onClick={(event) => {
          if (onChoose === undefined || !(event.shiftKey || (choosing && !event.metaKey && !event.ctrlKey))) return;
          event.preventDefault();
          onChoose(item.number, event.shiftKey);
        }}
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
              {summary(last?.text ?? '') || (last?.hasAttachments === true ? t('inbox.file') : '')}
            </span>
            <Count value={item.unread} />
          </div>
          <div className={`${css.rowLine} ${css.rowFoot}`}>
            <span>{[item.entity?.name, item.responsible?.name].filter(Boolean).join(' · ')}</span>
            <TypingLine chatId={item.chatId} inList />
            {item.participantIds.length > 0 && (
              <span className={css.part} data-mine={item.participantIds.includes(me)}>
                <IconUsers
                  size={13}
                  stroke={1.8}
                  role="img"
                  aria-label={
                    item.participantIds.includes(me) ? t('inbox.youTakePart') : t('inbox.takePart', { count: item.participantIds.length })
                  }
                />
              </span>
            )}
            {item.rate !== null && (
              <span className={css.rate} title={t('inbox.rated')}>
                <IconStar size={13} stroke={1.8} aria-label={t('inbox.rated')} /> {item.rate}
              </span>
            )}
            {item.bot !== null && (
              <span className={`${css.rowEnd} ${css.botMark}`} title={t('inbox.botListens', { name: item.bot.name })}>
                <IconRobot size={13} stroke={1.8} aria-hidden />
                {item.bot.name}
              </span>
            )}
          </div>
        </div>
      </Link>
    </div>
  );
});
