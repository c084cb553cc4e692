import { IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Event } from '../../api/contract/index.ts';
import { eventTitle } from '../../domain/analytics/event-types.ts';
import { type CardOf, useCardEvents, useCustomerStages } from '../data/cards.ts';
import { useFields, usePipelines, useUsers } from '../data/queries.ts';
import { currentLanguage } from '../i18n/index.ts';
import { number } from '../lib/time.ts';
import { Empty, Skeleton, Time } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import css from './tabs.module.css';

type Value = Record<string, Record<string, unknown> | undefined>;
const first = (values: unknown[]): Value => (values[0] ?? {}) as Value;

/** One side of a change in words, by what the event says it changed. */
function useValueWords(): (values: unknown[]) => string {
  const pipelines = usePipelines().data ?? [];
  const users = useUsers().data ?? [];
  const fields = useFields().data ?? [];
  const stages = useCustomerStages().data ?? [];
  return (values) => {
    const value = first(values);
    if (value.lead_status !== undefined) {
      const { id, pipeline_id: pipelineId } = value.lead_status;
      return pipelines.find((one) => one.id === pipelineId)?.stages.find((one) => one.id === id)?.name ?? '';
    }
    if (value.customer_status !== undefined) return stages.find(({ id }) => id === value.customer_status?.id)?.name ?? '';
    if (value.responsible_user !== undefined) return users.find(({ id }) => id === value.responsible_user?.id)?.name ?? '—';
    if (value.sale_field_value !== undefined) return number(Number(value.sale_field_value.sale));
    if (value.name_field_value !== undefined) return String(value.name_field_value.name);
    if (value.tag !== undefined) return values.map((one) => String(first([one]).tag?.name ?? '')).join(', ');
    if (value.custom_field_value !== undefined) {
      const { field_id: id, values: now } = value.custom_field_value;
      const text = (Array.isArray(now) ? now : []).map((one: { value?: unknown }) => String(one.value)).join(', ');
      return `${fields.find((field) => field.id === id)?.name ?? ''}: ${text || '—'}`;
    }
    if (typeof value.task?.text === 'string') return value.task.text;
    if (typeof value.entity?.name === 'string') return value.entity.name;
    if (typeof value.bot?.name === 'string') return value.bot.name;
    return '';
  };
}

function EventLine({ event, words }: { event: Event; words: (values: unknown[]) => string }) {
  const { t } = useTranslation();
  const [before, after] = [words(event.before), words(event.after)];
  const change = before !== '' && after !== '' && before !== after ? `${before} → ${after}` : after || before;
  return (
    <li className={css.event}>
      <span className={css.meta}>
        <Time at={event.at} />
      </span>
      <span className={css.words}>
        {eventTitle(event.type, currentLanguage())}
        {event.conversationNumber !== null && ` #${event.conversationNumber}`}
        {change !== '' && <span className={css.change}>{change}</span>}
      </span>
      <span className={css.meta}>{event.author.name ?? t(`author.${event.author.kind}`)}</span>
    </li>
  );
}

/** What happened with the card, newest first; on a customer's card, with its client. */
export function CardEvents({ card }: { card: CardOf }) {
  const { t } = useTranslation();
  const query = useCardEvents(card);
  const words = useValueWords();
  const events = query.data?.pages.flatMap((page) => page.items);
  return (
    <div className={css.tab}>
      {events === undefined ? (
        <Skeleton height={44} />
      ) : events.length === 0 ? (
        <Empty icon={<IconHistory size={36} stroke={1.4} />} title={t('event.empty')}>
          {t('event.emptyHint')}
        </Empty>
      ) : (
        <ul className={css.items}>
          {events.map((event) => (
            <EventLine key={event.id} event={event} words={words} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('lead.showAll')}
        </Button>
      )}
    </div>
  );
}
