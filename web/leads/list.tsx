import { IconAddressBook } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { LeadItem } from '../../api/contract/index.ts';
import { type LeadFilter, useLeadList } from '../data/leads.ts';
import { prefetchLead } from '../data/queries.ts';
import { number } from '../lib/time.ts';
import { Empty, Skeleton } from '../ui/bits.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Repeat } from '../ui/repeat.tsx';
import { useFurther } from '../ui/use-further.ts';
import { useKeptPlace } from '../ui/use-kept-place.ts';
import { IncomingActions } from './incoming.tsx';
import css from './leads.module.css';
import { LastLine, Marks } from './marks.tsx';

const ROW_PX = 56;

function Row({ lead, top }: { lead: LeadItem; top: number }) {
  const { t } = useTranslation();
  return (
    <li className={css.row} style={{ top }} data-lead={lead.id} onPointerEnter={() => prefetchLead(lead.id)}>
      <div className={css.cell}>
        <div>
          <Link className={css.cover} to={`/leads/${lead.id}`} onFocus={() => prefetchLead(lead.id)}>
            {lead.name}
          </Link>
        </div>
        <div>
          <small>{lead.contact?.name ?? t('lead.noContactShort')}</small>
        </div>
      </div>
      <div className={`${css.cell} ${css.middle}`}>
        {lead.stage.kind === 'incoming' ? (
          <IncomingActions lead={lead} />
        ) : (
          <>
            <div>{lead.stage.name}</div>
            <div>
              <small>{lead.tags.map(({ name }) => name).join(', ')}</small>
            </div>
          </>
        )}
      </div>
      <div className={`${css.cell} ${css.wide}`}>
        <div>
          <small>
            <LastLine lead={lead} />
          </small>
        </div>
      </div>
      <div className={`${css.cell} ${css.wide}`}>
        <div>{lead.responsible?.name ?? <small>{t('lead.nobody')}</small>}</div>
      </div>
      <div className={`${css.cell} ${css.right} ${css.wide}`}>{lead.price > 0 ? number(lead.price) : ''}</div>
      <Marks lead={lead} />
    </li>
  );
}

interface ListProps {
  filter: LeadFilter;
  pipeline: string | undefined;
  filtered: boolean;
  onClear: () => void;
}

/** Leads by their latest change, as far as somebody looks. */
export function LeadList({ filter, pipeline, filtered, onClear }: ListProps) {
  const { t } = useTranslation();
  const query = useLeadList(filter, pipeline);
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: items.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: 10 });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useFurther(query, last, items.length, 12);
  const ids = useMemo(() => items.map(({ id }) => id), [items]);
  useKeptPlace(scroller, JSON.stringify([filter, pipeline]), ids, ROW_PX);
  return (
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
        <RowSkeletons />
      ) : items.length === 0 ? (
        <Empty
          icon={<IconAddressBook size={36} stroke={1.4} />}
          title={filtered ? t('leads.nothing') : t('leads.empty')}
          action={
            filtered ? (
              <Button onClick={onClear}>{t('leads.clear')}</Button>
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
        <ul className={css.rows} style={{ height: rows.getTotalSize() }}>
          {visible.map((row) => {
            const lead = items[row.index];
            return lead === undefined ? null : <Row key={lead.id} lead={lead} top={row.start} />;
          })}
        </ul>
      )}
    </div>
  );
}

export function RowSkeletons() {
  return (
    <Repeat times={10}>
      <div className={css.rowSkeleton}>
        <Skeleton width="32%" />
        <Skeleton width="20%" height={10} style={{ marginTop: 8 }} />
      </div>
    </Repeat>
  );
}
