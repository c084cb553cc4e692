import { IconUsers } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type CustomerFilter, useCustomerStages, useCustomers } from '../data/cards.ts';
import { useUsers } from '../data/queries.ts';
import { CardsHead } from '../leads/head.tsx';
import css from '../leads/leads.module.css';
import { RowSkeletons } from '../leads/list.tsx';
import { SearchWords } from '../leads/search-words.tsx';
import { useQueryWords } from '../lib/use-query-words.ts';
import { Empty, Time } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import pageCss from '../ui/page.module.css';
import { Pick } from '../ui/pick.tsx';

/** Customers by their latest change; the filters stand in the address. */
export default function CustomersPage() {
  const { t } = useTranslation();
  const [search, set, setSearch] = useQueryWords();
  const filter: CustomerFilter = {
    search: search.get('search') ?? undefined,
    stage: search.get('stage') ?? undefined,
    responsible: search.get('responsible') ?? undefined,
  };
  const stages = useCustomerStages().data ?? [];
  const users = useUsers().data ?? [];
  useEffect(() => {
    document.title = `${t('leads.kind.customers')} · Beseda`;
  }, [t]);
  const query = useCustomers(filter);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = Object.values(filter).some((value) => value !== undefined);
  return (
    <main className={pageCss.page}>
      <CardsHead what="customer" />
      <div className={css.filters}>
        <SearchWords label={t('customers.search')} value={filter.search ?? ''} onSearch={(words) => set({ search: words })} />
        <Pick
          className={css.select}
          label={t('lead.stage')}
          nothing={t('lead.stage')}
          value={filter.stage}
          options={stages}
          onPick={(stage) => set({ stage })}
        />
        <Pick
          className={css.select}
          label={t('lead.responsible')}
          nothing={t('lead.responsible')}
          value={filter.responsible}
          options={users}
          onPick={(responsible) => set({ responsible })}
        >
          <option value="0">{t('lead.nobody')}</option>
        </Pick>
      </div>
      <div className={css.scroll} aria-busy={query.isPending}>
        {query.isPending ? (
          <RowSkeletons />
        ) : items.length === 0 ? (
          <Empty
            icon={<IconUsers size={36} stroke={1.4} />}
            title={t(filtered ? 'customers.nothing' : 'customers.empty')}
            action={filtered ? <Button onClick={() => setSearch({}, { replace: true })}>{t('leads.clear')}</Button> : undefined}
          >
            {filtered ? undefined : t('customers.emptyHint')}
          </Empty>
        ) : (
          <ul className={css.plainRows}>
            {items.map((customer) => (
              <li key={customer.id} className={`${css.row} ${css.plainRow}`} data-customer={customer.id}>
                <div className={css.cell}>
                  <div>
                    <Link className={css.cover} to={`/customers/${customer.id}`}>
                      {customer.name}
                    </Link>
                  </div>
                  <div>
                    <small>{customer.contact?.name ?? t('lead.noContactShort')}</small>
                  </div>
                </div>
                <div className={`${css.cell} ${css.middle}`}>
                  <div>{customer.stage?.name ?? <small>{t('customer.noStage')}</small>}</div>
                  <div>
                    <small>{customer.tags.map(({ name }) => name).join(', ')}</small>
                  </div>
                </div>
                <div className={`${css.cell} ${css.wide}`}>
                  <div>{customer.responsible?.name ?? <small>{t('lead.nobody')}</small>}</div>
                </div>
                <small className={pageCss.muted}>
                  <Time at={customer.updatedAt} />
                </small>
              </li>
            ))}
          </ul>
        )}
        {query.hasNextPage && (
          <Button className={css.moreRows} disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('lead.showAll')}
          </Button>
        )}
      </div>
    </main>
  );
}
