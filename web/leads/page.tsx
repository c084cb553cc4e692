import { useDebouncedCallback } from '@mantine/hooks';
import { IconAddressBook, IconRobot } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { LeadItem } from '../../api/contract/index.ts';
import { type LeadFilter, prefetchLead, useLeads } from '../data/queries.ts';
import { Waiting } from '../inbox/waiting.tsx';
import { number } from '../lib/time.ts';
import { Empty, Skeleton, Time } from '../ui/bits.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { FilterChips } from './filters.tsx';
import css from './leads.module.css';

const ROW_PX = 56;

function Row({ lead, top }: { lead: LeadItem; top: number }) {
  const { t } = useTranslation();
  return (
    <Link
      className={css.row}
      to={`/leads/${lead.id}`}
      style={{ top }}
      onPointerEnter={() => prefetchLead(lead.id)}
      onFocus={() => prefetchLead(lead.id)}
    >
      <div className={css.cell}>
        <div className={css.strong}>{lead.name}</div>
        <div>
          <small>{lead.contact?.name ?? t('lead.noContactShort')}</small>
        </div>
      </div>
      <div className={`${css.cell} ${css.middle}`}>
        <div>{lead.stage.name}</div>
        <div>
          <small>{lead.tags.map(({ name }) => name).join(', ')}</small>
        </div>
      </div>
      <div className={`${css.cell} ${css.wide}`}>
        <div>
          <small>{lead.lastMessage?.text ?? ''}</small>
        </div>
      </div>
      <div className={`${css.cell} ${css.wide}`}>
        <div>{lead.responsible?.name ?? <small>{t('lead.nobody')}</small>}</div>
      </div>
      <div className={`${css.cell} ${css.right} ${css.wide}`}>{lead.price > 0 ? number(lead.price) : ''}</div>
      <div className={css.marks}>
        {lead.bots > 0 && (
          <span className={css.bot} title={t('leads.bots', { count: lead.bots })}>
            <IconRobot size={16} stroke={1.6} role="img" aria-label={t('leads.bots', { count: lead.bots })} />
          </span>
        )}
        {lead.waitingSince === null ? (
          <small className={pageCss.muted}>
            <Time at={lead.lastMessage?.at ?? lead.updatedAt} />
          </small>
        ) : (
          <Waiting waitingSince={lead.waitingSince} />
        )}
        {lead.unread && <span className={css.new} title={t('talk.unread')} role="img" aria-label={t('talk.unread')} />}
      </div>
    </Link>
  );
}

/** Leads by their latest change; filters are words that can be taken away, and stand in the address. */
export default function LeadsPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const filter: LeadFilter = Object.fromEntries(
    ['search', 'stage', 'responsible', 'tag', 'pipeline', 'open'].map((name) => [name, search.get(name) ?? undefined]),
  );
  const set = (name: string, value: string | undefined) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === undefined || value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const [words, setWords] = useState(filter.search ?? '');
  const look = useDebouncedCallback((value: string) => set('search', value.trim()), 250);
  useEffect(() => {
    document.title = `${t('nav.leads')} · Beseda`;
  }, [t]);

  const query = useLeads(filter);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: items.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: 10 });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= items.length - 12) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, items.length]);
  const filtered = [...search.keys()].length > 0;

  return (
    <main className={pageCss.page}>
      <header className={pageCss.head}>
        <h1>{t('nav.leads')}</h1>
      </header>
      <div className={css.filters}>
        <div className={css.search}>
          <TextField
            type="search"
            aria-label={t('leads.search')}
            placeholder={t('leads.search')}
            value={words}
            onChange={(event) => {
              setWords(event.target.value);
              look(event.target.value);
            }}
          />
        </div>
        <FilterChips filter={filter} set={set} />
      </div>
      <div className={css.scroll} ref={scroller} aria-busy={query.isPending}>
        <div className={css.headRow} aria-hidden>
          <span>{t('leads.lead')}</span>
          <span className={css.middle}>{t('lead.stage')}</span>
          <span className={css.wide}>{t('leads.lastMessage')}</span>
          <span className={css.wide}>{t('lead.responsible')}</span>
          <span className={`${css.right} ${css.wide}`}>{t('lead.price')}</span>
          <span className={css.right}>{t('leads.state')}</span>
        </div>
        {query.isPending ? (
          Array.from({ length: 10 }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: stand-ins have no other name
            <div key={index} style={{ height: ROW_PX, padding: '12px 24px', borderBottom: '1px solid var(--line)' }}>
              <Skeleton width="32%" />
              <Skeleton width="20%" height={10} style={{ marginTop: 8 }} />
            </div>
          ))
        ) : items.length === 0 ? (
          <Empty
            icon={<IconAddressBook size={36} stroke={1.4} />}
            title={filtered ? t('leads.nothing') : t('leads.empty')}
            action={
              filtered ? (
                <ButtonLink to="/leads" onClick={() => setWords('')}>
                  {t('leads.clear')}
                </ButtonLink>
              ) : (
                <ButtonLink kind="primary" to="/settings/channels">
                  {t('inbox.connect')}
                </ButtonLink>
              )
            }
          >
            {filtered ? undefined : t('leads.emptyHint')}
          </Empty>
        ) : (
          <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
            {visible.map((row) => {
              const lead = items[row.index];
              return lead === undefined ? null : <Row key={lead.id} lead={lead} top={row.start} />;
            })}
          </div>
        )}
      </div>
    </main>
  );
}
