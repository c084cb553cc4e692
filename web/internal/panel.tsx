import { IconEyeOff, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { Count, Skeleton } from '../ui/bits.tsx';
import { IconButton } from '../ui/button.tsx';
import { Chat } from './chat.tsx';
import { useLeadChat } from './data.ts';
import css from './internal.module.css';

/**
 * The chat of colleagues about a lead, beside the client's thread: a handle at the card's edge, and the panel it opens. The last child of the
 * card's grid; open as long as the address says so.
 */
export function InternalPanel({ leadId }: { leadId: number }) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const isOpen = search.get('internal') === '1';
  const { data: chat } = useLeadChat(leadId, Number.isInteger(leadId));
  const toggle = () =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (isOpen) next.delete('internal');
        else next.set('internal', '1');
        return next;
      },
      { replace: true },
    );
  if (!isOpen)
    return (
      <button type="button" className={css.handle} onClick={toggle} aria-expanded={false} data-internal-handle>
        <IconEyeOff size={16} stroke={1.8} aria-hidden />
        <span>{t('internal.panel')}</span>
        <Count value={chat?.unread ?? 0} />
      </button>
    );
  return (
    <div className={css.panel}>
      {chat === undefined ? (
        <Skeleton height={48} />
      ) : (
        <Chat
          chat={chat}
          found={undefined}
          inCard
          end={
            <IconButton small label={t('common.close')} onClick={toggle}>
              <IconX size={18} aria-hidden />
            </IconButton>
          }
        />
      )}
    </div>
  );
}
