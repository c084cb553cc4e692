import { useDraggable } from '@dnd-kit/core';
import { Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { LeadItem, Stage } from '../../api/contract/index.ts';
import { prefetchLead } from '../data/queries.ts';
import { number } from '../lib/time.ts';
import css from './board.module.css';
import { IncomingActions } from './incoming.tsx';
import { LastLine, Marks } from './marks.tsx';

/** What a card says: name, contact, worth, last line, and the state of its conversations. */
export function CardFace({ lead }: { lead: LeadItem }) {
  const { t } = useTranslation();
  return (
    <>
      <span className={css.name}>{lead.name}</span>
      <span className={css.who}>
        <span>{lead.contact?.name ?? t('lead.noContactShort')}</span>
        {lead.price > 0 && <span>{number(lead.price)}</span>}
      </span>
      <span className={css.line}>
        <LastLine lead={lead} />
      </span>
      <Marks lead={lead} />
    </>
  );
}

interface CardProps {
  lead: LeadItem;
  top: number;
  stages: Stage[];
  onMove: (lead: LeadItem, to: Stage) => void;
}

/** A card of the board. The whole face is a link that can be carried; what else can be done stands beside it. */
export function Card({ lead, top, stages, onMove }: CardProps) {
  const { t } = useTranslation();
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, isDragging } = useDraggable({
    id: lead.id,
    data: { lead },
    disabled: !lead.mayEdit,
  });
  return (
    <li className={css.card} ref={setNodeRef} style={{ top }} data-lead={lead.id} data-dragging={isDragging}>
      <Link
        ref={setActivatorNodeRef}
        to={`/leads/${lead.id}`}
        className={css.face}
        draggable={false}
        {...listeners}
        aria-describedby={attributes['aria-describedby']}
        onPointerEnter={() => prefetchLead(lead.id)}
      >
        <CardFace lead={lead} />
      </Link>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <button type="button" className={css.more} disabled={!lead.mayEdit} aria-label={t('board.move', { name: lead.name })}>
            <IconDots size={16} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('board.moveTitle')}</Menu.Label>
          {stages
            .filter(({ id, kind }) => id !== lead.stage.id && kind !== 'incoming')
            .map((stage) => (
              <Menu.Item key={stage.id} onClick={() => onMove(lead, stage)}>
                {stage.name}
              </Menu.Item>
            ))}
        </Menu.Dropdown>
      </Menu>
      {lead.stage.kind === 'incoming' && <IncomingActions lead={lead} />}
    </li>
  );
}
