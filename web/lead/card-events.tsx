import { IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Event } from '../../api/contract/index.ts';
import { eventTitle } from '../../domain/analytics/event-types.ts';
import { type ValueNames, valueWords } from '../../domain/analytics/event-words.ts';
import { type CardOf, useCardEvents } from '../data/cards.ts';
import { changeWords, useValueNames } from '../data/value-names.ts';
import { currentLanguage } from '../i18n/index.ts';
import { Empty, Skeleton, Time } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import css from './tabs.module.css';

function EventLine({ event, names }: { event: Event; names: ValueNames }) {
  const { t } = useTranslation();
  const language = currentLanguage();
  const named = { ...names, channel: event.channelName };
  const change = changeWords(valueWords(event.before, named, language), valueWords(event.after, named, language));
  return (
    <li className={css.event}>
      <span className={css.meta}>
        <Time at={event.at} />
      </span>
      <span className={css.words}>
        {eventTitle(event.type, language)}
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
  const names = useValueNames();
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
            <EventLine key={event.id} event={event} names={names} />
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
