import { useSearchParams } from 'react-router';
import { useMe, useSettings } from '../data/queries.ts';
import { Skeleton } from '../ui/bits.tsx';
import pageCss from '../ui/page.module.css';
import { Compare } from './compare.tsx';
import { PairList } from './list.tsx';
import { Rules } from './rules.tsx';

/** Duplicate control: its rules with the pairs it has found, or one pair side by side (`?pair=1-2`). */
export function DuplicatesSection() {
  const [search] = useSearchParams();
  const me = useMe();
  const settings = useSettings().data;
  const pair = /^(\d+)-(\d+)$/.exec(search.get('pair') ?? '');
  if (pair !== null) return <Compare key={pair[0]} first={Number(pair[1])} second={Number(pair[2])} />;
  if (settings === undefined)
    return (
      <section className={pageCss.card} aria-busy>
        <Skeleton height={280} />
      </section>
    );
  return (
    <>
      <Rules settings={settings} disabled={!me.rights.settings} />
      {settings.duplicates.enabled && <PairList />}
    </>
  );
}
