import { useDroppable } from '@dnd-kit/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { LeadItem, Stage } from '../../api/contract/index.ts';
import { type ColumnOf, useColumn } from '../data/leads.ts';
import { number } from '../lib/time.ts';
import { Skeleton } from '../ui/bits.tsx';
import { Scroller } from '../ui/scroller.tsx';
import { useFurther } from '../ui/use-further.ts';
import css from './board.module.css';
import { Card } from './card.tsx';

/** Heights with the gap below: fixed, so that nothing moves when a card's words arrive. */
const CARD_PX = 116;
const INCOMING_PX = 156;

interface ColumnProps {
  of: ColumnOf;
  stage: Stage;
  total: { count: number; sum: number } | undefined;
  /** Where its cards may be sent. */
  stages: Stage[];
  /** Takes nothing that is carried now. */
  closed: boolean;
  onMove: (lead: LeadItem, to: Stage) => void;
}

/** One stage: how many, what they are worth, and the cards, as far as somebody looks. */
export function Column({ of, stage, total, stages, closed, onMove }: ColumnProps) {
  const { t } = useTranslation();
  const query = useColumn(of, stage.id);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const { setNodeRef, isOver } = useDroppable({ id: stage.id, disabled: closed });
  const scroller = useRef<HTMLElement>(null);
  const cards = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => items[index]?.id ?? index,
    estimateSize: () => (stage.kind === 'incoming' ? INCOMING_PX : CARD_PX),
    overscan: 4,
  });
  const visible = cards.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useFurther(query, last, items.length, 6);
  const heading = `stage-${stage.id}`;
  return (
    <section
      className={css.column}
      ref={setNodeRef}
      data-over={isOver}
      data-closed={closed}
      data-stage={stage.id}
      aria-labelledby={heading}
    >
      <header className={css.columnHead} style={{ borderTopColor: stage.colour }}>
        <h2 id={heading}>{stage.name}</h2>
        <span>{total === undefined ? '' : total.count}</span>
        {total !== undefined && total.sum > 0 && <small>{number(total.sum)}</small>}
      </header>
      <Scroller className={css.cards} ref={scroller} role="group" label={stage.name} aria-busy={query.isPending}>
        {query.isPending ? (
          [0, 1].map((index) => (
            <div key={index} className={css.card}>
              <Skeleton width="70%" />
              <Skeleton width="45%" height={10} style={{ marginTop: 8 }} />
              <Skeleton width="90%" height={10} style={{ marginTop: 12 }} />
            </div>
          ))
        ) : items.length === 0 ? (
          <p className={css.none}>{t('board.none')}</p>
        ) : (
          <ul className={css.list} style={{ height: cards.getTotalSize() }}>
            {visible.map((row) => {
              const lead = items[row.index];
              return lead === undefined ? null : <Card key={lead.id} lead={lead} top={row.start} stages={stages} onMove={onMove} />;
            })}
          </ul>
        )}
      </Scroller>
    </section>
  );
}
