import { useTranslation } from 'react-i18next';
import type { Conversation } from '../../api/contract/index.ts';
import { duration } from '../lib/time.ts';
import { Time } from '../ui/bits.tsx';
import css from './openings.module.css';

/** From birth or reopening to the close: when, how soon the first answer came, who closed it, how it was rated. */
export function Openings({ openings }: { openings: Conversation['openings'] }) {
  const { t } = useTranslation();
  return (
    <ol className={css.list}>
      {openings.map((opening) => (
        <li key={opening.opening}>
          <strong>{t(`opening.${opening.how}`)}</strong> <Time at={opening.openedAt} ago />
          <div>
            {opening.firstReplyAt === null
              ? t('opening.noReply')
              : t('opening.firstReply', { after: duration(opening.firstReplyAt - opening.openedAt) })}
          </div>
          <div>
            {opening.closedAt === null ? (
              t('opening.open')
            ) : (
              <>
                {t('opening.closedBy', { author: opening.closedBy?.name ?? t(`author.${opening.closedBy?.kind ?? 'system'}`) })}{' '}
                <Time at={opening.closedAt} ago />
              </>
            )}
            {opening.rate !== null && ` · ${t('opening.rate', { rate: opening.rate })}`}
          </div>
          {opening.comment !== '' && <q>{opening.comment}</q>}
        </li>
      ))}
    </ol>
  );
}
