import { useMediaQuery } from '@mantine/hooks';
import { IconListDetails } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Event, EventPage } from '../../api/contract/index.ts';
import { eventTitle } from '../../domain/analytics/event-types.ts';
import { type ValueNames, valueWords } from '../../domain/analytics/event-words.ts';
import { read, useLink } from '../data/live.ts';
import { useMe } from '../data/queries.ts';
import { changeWords, useValueNames } from '../data/value-names.ts';
import { currentLanguage } from '../i18n/index.ts';
import { useQueryWords } from '../lib/use-query-words.ts';
import { Empty, Skeleton, Time } from '../ui/bits.tsx';
import { ButtonLink } from '../ui/button.tsx';
import pageCss from '../ui/page.module.css';
import { Repeat } from '../ui/repeat.tsx';
import css from './analytics.module.css';
import { EventFilterChips, type EventFilters, filterNames } from './event-filters.tsx';
import { ExportButton } from './export-button.tsx';
import { Failed } from './frame.tsx';
import { AnalyticsTabs } from './tabs.tsx';

const ROW_PX = 36;
/** Where the columns of the place and the value stand as a second line. */
const NARROW = '(max-width: 1023px)';
const NARROW_ROW_PX = 56;
const PAGE = 100;
/** More new rows than this, and the list is read anew. */
const MOST_FRESH = 200;

/** The list of events: dense, filtered by words in the address, and growing at its top while it is looked at. */
export default function EventsPage() {
  const narrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false }) === true;
  const rowPx = narrow ? NARROW_ROW_PX : ROW_PX;
  return <Events key={rowPx} rowPx={rowPx} />;
}

function Events({ rowPx }: { rowPx: number }) {
  const { t } = useTranslation();
  const me = useMe();
  const link = useLink();
  const [search, set] = useQueryWords();
  const filters: EventFilters = Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = search.get(name);
      return value === null || value === '' ? [] : [[name, value]];
    }),
  );
  useEffect(() => {
    document.title = `${t('analytics.tab.events')} · Beseda`;
  }, [t]);

  const query = useInfiniteQuery({
    queryKey: ['event-list', filters],
    queryFn: ({ pageParam, signal }) => read<EventPage>('/api/events', { ...filters, cursor: pageParam, limit: PAGE }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // What comes later is asked for by the tail below; pages that are shown do not change.
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { refetch } = query;
  const newest = query.data?.pages[0]?.newestCursor ?? undefined;
  const tail = useQuery({
    queryKey: ['event-tail', filters, newest],
    queryFn: ({ signal }) => read<EventPage>('/api/events', { ...filters, since: newest, limit: MOST_FRESH }, signal),
    enabled: query.data !== undefined,
  });
  const tooMany = tail.data?.nextCursor != null && newest !== undefined;
  useEffect(() => {
    if (tooMany) void refetch();
  }, [tooMany, refetch]);

  const shown = query.data?.pages.flatMap((page) => page.items) ?? [];
  const known = new Set(shown.map(({ id }) => id));
  const fresh = tail.data?.items.filter(({ id }) => !known.has(id)) ?? [];
  const items = [...fresh, ...shown];
  const names = useValueNames();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: items.length, getScrollElement: () => scroller.current, estimateSize: () => rowPx, overscan: 12 });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= items.length - 30) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, items.length]);
  const filtered = Object.keys(filters).length > 0;

  return (
    <main className={pageCss.page}>
      <header className={pageCss.head}>
        <h1>{t('nav.analytics')}</h1>
        {me.rights.export && <ExportButton filters={filters} />}
      </header>
      <AnalyticsTabs keeps={false} />
      <div className={css.filters}>
        <span className={css.live} data-link={link} role="status">
          {link === 'lost' ? t('common.reconnecting') : t('analytics.live')}
        </span>
        <EventFilterChips filters={filters} set={set} />
      </div>
      <div className={css.scroll} ref={scroller} aria-busy={query.isPending}>
        {query.isError && query.data === undefined ? (
          <div style={{ padding: 24 }}>
            <Failed error={query.error} onRetry={() => void query.refetch()} />
          </div>
        ) : query.isPending ? (
          <Repeat times={16}>
            {(place) => (
              <div style={{ height: rowPx, padding: '12px 24px', borderBottom: '1px solid var(--line)' }}>
                <Skeleton width={`${60 - (place % 5) * 6}%`} />
              </div>
            )}
          </Repeat>
        ) : items.length === 0 ? (
          <Empty
            icon={<IconListDetails size={36} stroke={1.4} />}
            title={filtered ? t('analytics.events.nothing') : t('analytics.events.empty')}
            action={
              filtered ? (
                <ButtonLink to="/analytics/events">{t('leads.clear')}</ButtonLink>
              ) : (
                <ButtonLink kind="primary" to="/settings/channels">
                  {t('inbox.connect')}
                </ButtonLink>
              )
            }
          >
            {filtered ? t('analytics.events.nothingHint') : t('analytics.events.emptyHint')}
          </Empty>
        ) : (
          <table className={css.table}>
            <caption className="visually-hidden">{t('analytics.tab.events')}</caption>
            <thead>
              <tr className={css.headRow}>
                <th>{t('analytics.events.time')}</th>
                <th>{t('analytics.events.what')}</th>
                <th>{t('analytics.events.who')}</th>
                <th className={css.wideOnly}>{t('analytics.events.where')}</th>
                <th className={css.wideOnly}>{t('analytics.events.value')}</th>
              </tr>
            </thead>
            <tbody style={{ height: rows.getTotalSize() }}>
              {visible.map((row) => {
                const event = items[row.index];
                return event === undefined ? null : (
                  <Row key={event.id} event={event} top={row.start} isNew={row.index < fresh.length} names={names} />
                );
              })}
            </tbody>
          </table>
        )}
      </div>
    </main>
  );
}

function Row({ event, top, isNew, names }: { event: Event; top: number; isNew: boolean; names: ValueNames }) {
  const { t } = useTranslation();
  const language = currentLanguage();
  const { author } = event;
  const named = { ...names, channel: event.channelName };
  const values = changeWords(valueWords(event.before, named, language), valueWords(event.after, named, language));
  const place = placeOf(event);
  const where = `${t(`analytics.entity.${event.entity.type}`)} ${place.name}`;
  const title = eventTitle(event.type, language);
  return (
    <tr className={css.row} style={{ top }} data-new={isNew} data-event={event.type}>
      <td className={css.when}>
        <Time at={event.at} />
        {isNew && <span className="visually-hidden">{t('analytics.events.new')}</span>}
      </td>
      {/* On a phone the place has no column of its own: the title leads there, and names it below. */}
      <td>
        {place.to === undefined ? title : <Link to={place.to}>{title}</Link>}
        <small className={css.narrowOnly}>{values === '' ? place.name : `${place.name} · ${values}`}</small>
      </td>
      <td className={author.kind === 'bot' ? css.botName : author.kind === 'user' ? undefined : css.kind}>
        {author.name ?? (author.kind === 'client' ? event.contactName : null) ?? t(`analytics.author.${author.kind}`)}
        {author.name !== null && author.kind === 'bot' && <span className="visually-hidden"> ({t('analytics.author.bot')})</span>}
      </td>
      <td className={css.wideOnly}>{place.to === undefined ? where : <Link to={place.to}>{where}</Link>}</td>
      <td className={`${css.values} ${css.wideOnly}`} title={values}>
        {values}
      </td>
    </tr>
  );
}

/** The page of what an event is about, and its name. */
function placeOf(event: Event): { to: string | undefined; name: string } {
  const { entity, contactName, leadName, leadId, customerId, customerName, conversationNumber } = event;
  const id = `#${entity.id}`;
  switch (entity.type) {
    case 'talk':
      return { to: `/inbox/${entity.id}`, name: contactName === null ? id : `${id} · ${contactName}` };
    case 'lead':
      return { to: `/leads/${entity.id}`, name: leadName ?? id };
    case 'customer':
      return { to: `/customers/${entity.id}`, name: customerName ?? id };
    default: {
      const card = leadId !== null ? `/leads/${leadId}` : customerId !== null ? `/customers/${customerId}` : undefined;
      const to = conversationNumber !== null ? `/inbox/${conversationNumber}` : card;
      const whose = leadName ?? customerName ?? contactName;
      if (entity.type === 'task') return { to, name: whose === null ? id : `${id} · ${whose}` };
      return { to, name: entity.type === 'contact' ? (contactName ?? id) : id };
    }
  }
}
