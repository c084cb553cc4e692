import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ConversationView } from '../../domain/conversation/views.ts';
import { useCounts, useSettings } from '../data/queries.ts';
import { useInboxAddress, views } from './address.ts';
import css from './inbox.module.css';

/** The views in their order; ratings are awaited only where somebody asks for them. */
export function useShownViews(): readonly ConversationView[] {
  const { filter } = useInboxAddress();
  const awaiting = useCounts().data?.awaiting ?? 0;
  const asks = useSettings().data?.nps.enabled === true;
  return views.filter((view) => view !== 'awaiting' || asks || awaiting > 0 || filter.view === 'awaiting');
}

/** On a narrow page the row of tabs is wider than the page: the chosen one is brought into sight, without moving anything else. */
const intoSight = (chosen: HTMLElement | null) => chosen?.parentElement?.scrollTo({ left: chosen.offsetLeft - 60 });

/** The views with their counts: a column on a desk, a row of tabs where there is less room. */
export function Views({ tabs = false }: { tabs?: boolean }) {
  const { t } = useTranslation();
  const { filter, viewLink } = useInboxAddress();
  const counts = useCounts();
  return (
    // Counts make the tabs wider: with them the row is drawn anew, and the chosen tab sought again.
    <nav key={counts.data === undefined ? 'bare' : 'counted'} className={tabs ? css.tabs : css.views} aria-label={t('inbox.views')}>
      {useShownViews().map((view) => {
        const count = view === 'closed' ? undefined : counts.data?.[view];
        return (
          <Link
            key={view}
            ref={tabs && filter.view === view ? intoSight : undefined}
            to={viewLink(view)}
            className={css.view}
            aria-current={filter.view === view}
          >
            {t(`inbox.view.${view}`)}
            {count !== undefined && <small>{count >= 1000 ? '1000+' : count}</small>}
          </Link>
        );
      })}
    </nav>
  );
}
