import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Duplicate } from '../../api/contract/index.ts';
import { useRefusal } from '../data/may.ts';
import { Avatar, ChannelIcon, Empty, Skeleton, Time } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import pageCss from '../ui/page.module.css';
import { comparePath, sayDifferent, useDuplicates } from './data.ts';
import css from './duplicates.module.css';

/** What two contacts share, in words; ids of visitors say nothing to people. */
export function Reasons({ reasons }: { reasons: Duplicate['reasons'] }) {
  const { t } = useTranslation();
  const words = reasons.map(({ signal, value }) => {
    if (signal === 'visitor') return t('duplicates.reason.visitor');
    return `${t(`duplicates.reason.${signal}`)} ${signal === 'messenger' ? value.replace(/^\w+[#]/, '').replace(/^\w+@/, '@') : value}`;
  });
  return <small className={css.reasons}>{[...new Set(words)].join(' · ')}</small>;
}

function Person({ side }: { side: Duplicate['first'] }) {
  const { t } = useTranslation();
  return (
    <span className={css.person}>
      <Avatar name={side.name} size={28} />
      <span className={css.names}>
        <span>{side.name}</span>
        <small>
          {side.channels.map((channel) => (
            <ChannelIcon key={channel.id} type={channel.type} size={12} />
          ))}{' '}
          {t('duplicates.since')} <Time at={side.createdAt} ago />
        </small>
      </span>
    </span>
  );
}

/** Pairs, the latest found first: each with why, and what can be done. */
export function PairList() {
  const { t } = useTranslation();
  const query = useDuplicates();
  const refusal = useRefusal();
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending)
    return (
      <div className={pageCss.card} aria-busy>
        {[1, 2, 3].map((row) => (
          <div key={row} className={css.pair}>
            <Skeleton height={28} width="40%" />
            <Skeleton height={28} width="40%" />
          </div>
        ))}
      </div>
    );
  if (items.length === 0) {
    return (
      <section className={pageCss.card}>
        <Empty title={t('duplicates.none')}>{t('duplicates.noneHint')}</Empty>
      </section>
    );
  }
  return (
    <section className={pageCss.card} aria-labelledby="pairs">
      <h2 id="pairs">{t('duplicates.pairs')}</h2>
      <ul className={css.pairs}>
        {items.map((pair) => {
          const why = refusal('merge') ?? refusal(undefined, pair.first) ?? refusal(undefined, pair.second);
          return (
            <li key={`${pair.first.id}-${pair.second.id}`} className={css.pair} data-pair={`${pair.first.id}-${pair.second.id}`}>
              <Person side={pair.first} />
              <Person side={pair.second} />
              <Reasons reasons={pair.reasons} />
              <span className={css.actions}>
                <Link to={comparePath(pair.first.id, pair.second.id)}>{t('duplicates.compare')}</Link>
                <Button
                  small
                  kind="quiet"
                  disabled={why !== undefined}
                  title={why}
                  onClick={() => void sayDifferent(pair.first.id, pair.second.id)}
                >
                  {t('duplicates.different')}
                </Button>
              </span>
            </li>
          );
        })}
      </ul>
      {query.hasNextPage && (
        <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('duplicates.more')}
        </Button>
      )}
    </section>
  );
}
