import { useTranslation } from 'react-i18next';
import type { ConversationItem } from '../../api/contract/index.ts';
import { clock, dayName, fullTime, sameDay } from '../lib/time.ts';
import { serverNow } from '../lib/use-now.ts';

/** Where the poll after a close stands: planned for an instant, or sent and awaited. */
export function PollState({ talk }: { talk: Pick<ConversationItem, 'status' | 'pollDueAt'> }) {
  const { t } = useTranslation();
  const at = talk.pollDueAt;
  const time = at === null ? '' : sameDay(at, serverNow()) ? clock(at) : `${dayName(at, serverNow())} ${clock(at)}`;
  if (talk.status === 'nps_scheduled')
    return (
      <span title={at === null ? undefined : fullTime(at)}>
        {t('nps.planned')} {time}
      </span>
    );
  return <span title={at === null ? undefined : t('nps.until', { time: fullTime(at) })}>{t('nps.asked')}</span>;
}
