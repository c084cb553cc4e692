import {
  type Announcements,
  DndContext,
  type DragEndEvent,
  DragOverlay,
  type DragStartEvent,
  KeyboardCode,
  type KeyboardCoordinateGetter,
  KeyboardSensor,
  MouseSensor,
  pointerWithin,
  rectIntersection,
  TouchSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { useMediaQuery } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LeadItem, Pipeline, Stage } from '../../api/contract/index.ts';
import { type ColumnOf, type LeadFilter, moveLead, settleIncoming, useTotals } from '../data/leads.ts';
import css from './board.module.css';
import { CardFace } from './card.tsx';
import { Column } from './column.tsx';

interface BoardProps {
  pipeline: Pipeline;
  filter: LeadFilter;
  /** Stage that a phone shows: one column at a time. */
  column: string | undefined;
  onColumn: (stageId: number) => void;
}

/** The browser follows a link after a drag that ends over it; nobody meant that. */
function swallowClick(): void {
  const stop = (event: MouseEvent) => {
    event.preventDefault();
    event.stopPropagation();
  };
  window.addEventListener('click', stop, { capture: true, once: true });
  setTimeout(() => window.removeEventListener('click', stop, { capture: true }), 0);
}

/** Arrows go from column to column; the order within one is that of changes and is nobody's to choose. */
const columnByArrow: KeyboardCoordinateGetter = (event, { currentCoordinates, context }) => {
  const step = event.code === KeyboardCode.Right ? 1 : event.code === KeyboardCode.Left ? -1 : 0;
  if (step === 0) return undefined;
  event.preventDefault();
  const columns = context.droppableContainers
    .getEnabled()
    .flatMap(({ id }) => {
      const rect = context.droppableRects.get(id);
      return rect === undefined ? [] : [{ id, rect }];
    })
    .sort((a, b) => a.rect.left - b.rect.left);
  const now = columns.findIndex(({ id }) => id === (context.over?.id ?? context.active?.data.current?.lead.stage.id));
  const next = columns[now + step];
  if (next === undefined) return undefined;
  return { x: next.rect.left + 12, y: Math.max(currentCoordinates.y, next.rect.top) };
};

/** Leads of a pipeline by stage. Cards are dragged, carried by keys, or sent by their menu; all of it shows at once and can be taken back. */
export function Board({ pipeline, filter, column, onColumn }: BoardProps) {
  const { t } = useTranslation();
  const phone = useMediaQuery('(max-width: 719px)', undefined, { getInitialValueInEffect: false });
  const of: ColumnOf = useMemo(() => ({ pipelineId: pipeline.id, filter }), [pipeline.id, filter]);
  const totals = useTotals(of).data;
  const [dragged, setDragged] = useState<LeadItem>();
  const wanted = filter.stage?.split(',');
  const stages = pipeline.stages
    .toSorted((a, b) => a.sort - b.sort)
    .filter(({ id }) => wanted === undefined || wanted.includes(String(id)))
    .filter(({ kind }) => filter.open === undefined || (filter.open === 'true') === (kind === 'open' || kind === 'incoming'))
    .filter(({ kind }) => filter.incoming === undefined || (filter.incoming === 'true') === (kind === 'incoming'));
  const shown = phone ? stages.filter(({ id }) => String(id) === (column ?? String(stages[0]?.id))) : stages;
  const totalOf = (stage: Stage) => {
    const found = totals?.items.find(({ stageId }) => stageId === stage.id);
    return totals === undefined ? undefined : { count: found?.count ?? 0, sum: found?.sum ?? 0 };
  };

  const move = (lead: LeadItem, to: Stage) => {
    if (to.id === lead.stage.id) return;
    const words = { done: t('board.moved', { name: lead.name, stage: to.name }), undo: t('common.undo') };
    // An incoming lead that is put among the lost ones is declined: its conversations end with it.
    if (lead.stage.kind === 'incoming' && to.kind === 'lost') {
      void settleIncoming('decline', lead, { done: t('incoming.declined', { name: lead.name }), undo: t('incoming.return') });
    } else void moveLead(of, lead, to, words);
  };

  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 250, tolerance: 8 } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: columnByArrow,
      // At once: the next arrow counts from where the card is seen.
      scrollBehavior: 'auto',
      keyboardCodes: { start: ['Space'], cancel: ['Escape'], end: ['Space', 'Enter', 'Tab'] },
    }),
  );
  const stageNamed = (id: number | string | undefined) => stages.find((stage) => stage.id === id)?.name ?? '';
  const leadOf = (active: { data: { current?: Record<string, unknown> | undefined } }) => active.data.current?.lead as LeadItem;
  const announcements: Announcements = {
    onDragStart: ({ active }) => t('board.picked', { name: leadOf(active).name, stage: leadOf(active).stage.name }),
    onDragOver: ({ over }) => (over === null ? undefined : t('board.over', { stage: stageNamed(over.id) })),
    onDragEnd: ({ active, over }) =>
      over === null ? t('board.cancelled') : t('board.dropped', { name: leadOf(active).name, stage: stageNamed(over.id) }),
    onDragCancel: () => t('board.cancelled'),
  };
  const start = ({ active }: DragStartEvent) => setDragged(leadOf(active));
  const end = ({ active, over }: DragEndEvent) => {
    setDragged(undefined);
    swallowClick();
    const to = stages.find(({ id }) => id === over?.id);
    if (to !== undefined) move(leadOf(active), to);
  };

  return (
    <DndContext
      sensors={sensors}
      collisionDetection={(args) => (args.pointerCoordinates === null ? rectIntersection(args) : pointerWithin(args))}
      accessibility={{ announcements, screenReaderInstructions: { draggable: t('board.keys') } }}
      onDragStart={start}
      onDragEnd={end}
      onDragCancel={() => setDragged(undefined)}
    >
      {phone && (
        <select
          className={css.phoneStage}
          aria-label={t('lead.stage')}
          value={shown[0]?.id}
          onChange={(event) => onColumn(Number(event.target.value))}
        >
          {stages.map((stage) => (
            <option key={stage.id} value={stage.id}>
              {t('board.column', { stage: stage.name, count: totalOf(stage)?.count ?? 0 })}
            </option>
          ))}
        </select>
      )}
      <section className={css.board} aria-label={t('board.label')}>
        {shown.map((stage) => (
          <Column
            key={stage.id}
            of={of}
            stage={stage}
            total={totalOf(stage)}
            stages={stages}
            // Nothing but an undo puts an accepted lead back among the incoming ones.
            closed={stage.kind === 'incoming' && dragged !== undefined && dragged.stage.kind !== 'incoming'}
            onMove={move}
          />
        ))}
      </section>
      <DragOverlay dropAnimation={null}>
        {dragged !== undefined && (
          <div className={css.card} data-lifted>
            <CardFace lead={dragged} />
          </div>
        )}
      </DragOverlay>
    </DndContext>
  );
}
