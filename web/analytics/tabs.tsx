import { useTranslation } from 'react-i18next';
import { NavLink, useSearchParams } from 'react-router';
import pageCss from '../ui/page.module.css';
import { reportNames } from './address.ts';

/** The pages of analytics. Reports keep their period from one to the next. */
export function AnalyticsTabs({ keeps }: { keeps: boolean }) {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const query = keeps && search.size > 0 ? `?${search}` : '';
  return (
    <nav className={pageCss.tabs} aria-label={t('nav.analytics')}>
      {reportNames.map((name) => (
        <NavLink key={name} to={`/analytics/${name}${query}`}>
          {t(`analytics.tab.${name}`)}
        </NavLink>
      ))}
      <NavLink to="/analytics/events">{t('analytics.tab.events')}</NavLink>
    </nav>
  );
}
