import '@mantine/charts/styles.css';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useParams } from 'react-router';
import { useMe } from '../data/queries.ts';
import { useQueryWords } from '../lib/use-query-words.ts';
import { Empty } from '../ui/bits.tsx';
import pageCss from '../ui/page.module.css';
import { type ReportAddress, readAddress, reportNames } from './address.ts';
import css from './analytics.module.css';
import { BotsPage } from './bots.tsx';
import { ConversationsPage } from './conversations.tsx';
import { ManagersPage } from './managers.tsx';
import { NpsPage } from './nps.tsx';
import { SpeedPage } from './speed.tsx';
import { AnalyticsTabs } from './tabs.tsx';

const pages = { conversations: ConversationsPage, speed: SpeedPage, nps: NpsPage, managers: ManagersPage, bots: BotsPage };

export interface ReportProps {
  address: ReportAddress;
  set: (changes: Record<string, string | undefined>) => void;
}

/** Reports, one a page. The charts are loaded with this page and with no other. */
export default function AnalyticsPage() {
  const { t } = useTranslation();
  const params = useParams();
  const [search, set] = useQueryWords();
  const name = reportNames.find((one) => one === params.report);
  const allowed = useMe().rights.analytics;
  useEffect(() => {
    document.title = `${t('nav.analytics')} · Beseda`;
  }, [t]);
  if (name === undefined) return <Navigate to="/analytics/conversations" replace />;
  const Report = pages[name];
  return (
    <main className={pageCss.page}>
      <header className={pageCss.head}>
        <h1>{t('nav.analytics')}</h1>
      </header>
      <AnalyticsTabs keeps />
      <div className={`${pageCss.body} ${css.body}`}>
        {allowed ? (
          <Report key={name} address={readAddress(search)} set={set} />
        ) : (
          <Empty title={t('analytics.noRight')}>{t('analytics.noRightHint')}</Empty>
        )}
      </div>
    </main>
  );
}
