import { IconRobot } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { LeadItem } from '../../api/contract/index.ts';
import { Waiting } from '../inbox/waiting.tsx';
import { Count, Time } from '../ui/bits.tsx';
import pageCss from '../ui/page.module.css';
import { useSummary } from '../ui/summary.ts';
import css from './leads.module.css';

/** The state of a lead's conversations at a glance: bot at work, who waits how long (or when something was last said), what is unread. */
export function Marks({ lead }: { lead: LeadItem }) {
  const { t } = useTranslation();
  const bots = t('leads.bots', { count: lead.bots });
  const unread = t('leads.unread', { count: lead.unreadCount });
  return (
    <div className={css.marks}>
      {lead.bots > 0 && (
        <span className={css.bot} title={bots}>
          <IconRobot size={16} stroke={1.6} role="img" aria-label={bots} />
        </span>
      )}
      {lead.waitingSince === null ? (
        <small className={pageCss.muted}>
          <Time at={lead.lastMessage?.at ?? lead.updatedAt} />
        </small>
      ) : (
        <Waiting {...lead} />
      )}
      {lead.unread && (
        <span title={unread} role="img" aria-label={unread}>
          <Count value={Math.max(1, lead.unreadCount)} />
        </span>
      )}
    </div>
  );
}

/** The last line of the conversation; a message without text is a file. */
export function LastLine({ lead }: { lead: LeadItem }) {
  const { t } = useTranslation();
  const summary = useSummary();
  if (lead.lastMessage === null) return null;
  return <>{summary(lead.lastMessage.text) || t('leads.file')}</>;
}
