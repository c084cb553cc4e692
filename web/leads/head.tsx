import { IconPlus } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';
import { useMe } from '../data/queries.ts';
import { Button } from '../ui/button.tsx';
import pageCss from '../ui/page.module.css';
import css from './leads.module.css';
import { NewCard } from './new-lead.tsx';

/** Head of both lists, of leads and of customers: which of them, what belongs to this one, and a new one. */
export function CardsHead({
  what,
  pipelineId,
  children,
}: {
  what: 'lead' | 'customer';
  pipelineId?: number | undefined;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const { rights } = useMe();
  const [making, setMaking] = useState(false);
  return (
    <header className={pageCss.head}>
      <h1 className={css.title}>{t(what === 'lead' ? 'leads.kind.leads' : 'leads.kind.customers')}</h1>
      <nav className={css.kinds} aria-label={t('leads.kind')}>
        {(['leads', 'customers'] as const).map((kind) => (
          <NavLink key={kind} to={`/${kind}`} end>
            {t(`leads.kind.${kind}`)}
          </NavLink>
        ))}
      </nav>
      <span className={css.space} />
      {children}
      <Button
        kind="primary"
        disabled={!rights.write}
        icon={<IconPlus size={16} stroke={1.8} aria-hidden />}
        onClick={() => setMaking(true)}
      >
        <span className={css.newWords}>{t(what === 'lead' ? 'leads.new' : 'customers.new')}</span>
      </Button>
      {making && <NewCard what={what} pipelineId={pipelineId} onClose={() => setMaking(false)} />}
    </header>
  );
}
