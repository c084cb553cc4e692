import { IconArrowLeft } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { ApiProblem } from '../data/client.ts';
import { useLead } from '../data/queries.ts';
import { problemWords } from '../data/words.ts';
import { useHotkeys } from '../lib/hotkeys.ts';
import { Workspace } from '../thread/workspace.tsx';
import { Empty } from '../ui/bits.tsx';
import { ButtonLink } from '../ui/button.tsx';
import css from './page.module.css';
import { LeadPanel } from './panel.tsx';

/** The card of a lead: what is known left, all that was said right. */
export default function LeadPage() {
  const { t } = useTranslation();
  const id = Number(useParams().id);
  const [search, setSearch] = useSearchParams();
  const { data: lead, error } = useLead(Number.isInteger(id) ? id : undefined);
  const pane = search.get('pane') === 'fields' ? 'fields' : 'thread';
  useEffect(() => {
    document.title = `${lead?.name ?? t('nav.leads')} · Beseda`;
  }, [lead?.name, t]);
  useHotkeys({ r: () => document.querySelector<HTMLElement>('[data-composer]')?.focus() });
  if (error !== null && lead === undefined)
    return (
      <Empty
        title={error instanceof ApiProblem && error.status === 404 ? t('lead.none') : problemWords(error)}
        action={<ButtonLink to="/leads">{t('lead.toList')}</ButtonLink>}
      />
    );
  const choose = (next: 'thread' | 'fields') => setSearch(next === 'fields' ? { pane: next } : {}, { replace: true });
  return (
    <div className={css.page} data-pane={pane}>
      <div className={css.panes} role="tablist">
        <Link to="/leads" aria-label={t('lead.toList')}>
          <IconArrowLeft size={20} aria-hidden />
        </Link>
        {(['thread', 'fields'] as const).map((each) => (
          <button key={each} type="button" role="tab" aria-selected={pane === each} onClick={() => choose(each)}>
            {t(`lead.pane.${each}`)}
          </button>
        ))}
      </div>
      <aside className={css.fields} aria-label={t('lead.pane.fields')}>
        <nav className={css.crumbs}>
          <Link to="/leads">
            <IconArrowLeft size={16} aria-hidden /> {t('nav.leads')}
          </Link>
          {lead !== undefined && <span>№ {lead.id}</span>}
        </nav>
        <LeadPanel lead={lead} />
      </aside>
      <section className={css.thread} aria-label={t('lead.pane.thread')}>
        {lead !== undefined && lead.contact === null ? (
          <Empty title={t('lead.noContact')}>{t('lead.noContactHint')}</Empty>
        ) : (
          <Workspace key={id} contact={lead?.contact ?? undefined} lead={lead} />
        )}
      </section>
    </div>
  );
}
