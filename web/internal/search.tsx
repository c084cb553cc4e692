import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Empty, Skeleton, Time } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Marked } from '../ui/marked.tsx';
import { useInternalSearch } from './data.ts';
import css from './internal.module.css';

/** The last words somebody stopped typing at. */
function useSettled(words: string): string {
  const [settled, setSettled] = useState(words);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(words), 200);
    return () => clearTimeout(timer);
  }, [words]);
  return settled;
}

/** Found messages; each leads to its place in its chat. */
export function Found({ words, chatId }: { words: string; chatId: number | undefined }) {
  const { t } = useTranslation();
  const query = useInternalSearch(useSettled(words.trim()), chatId);
  const hits = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending) return <Skeleton height={48} style={{ margin: 12, width: 'auto' }} />;
  if (hits.length === 0) return <Empty title={t('internal.nothingFound')}>{t('internal.nothingFoundHint')}</Empty>;
  return (
    <>
      {hits.map((hit) => (
        <Link
          key={hit.id}
          className={css.hit}
          data-hit
          to={`/team/${hit.chat.id}?${new URLSearchParams({ q: words, ...(chatId === undefined ? {} : { in: String(chatId) }), at: String(hit.position) })}`}
        >
          <span className={css.rowLine}>
            <strong>{hit.chat.title}</strong>
            <Time at={hit.writtenAt} className={css.rowTime} />
          </span>
          <span className={css.hitText}>
            {hit.author.name}: <Marked text={hit.segments} />
          </span>
        </Link>
      ))}
      {query.hasNextPage && (
        <Button kind="quiet" onClick={() => void query.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
    </>
  );
}
