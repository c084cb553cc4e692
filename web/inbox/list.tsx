import { IconArrowsSort, IconChecks, IconFilterOff, IconInbox, IconPlugConnected } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { ConversationItem } from '../../api/contract/index.ts';
import { keepFirstPages, useChannels, useConversations, useMe } from '../data/queries.ts';
import { problemWords } from '../data/words.ts';
import { useHotkeys } from '../lib/hotkeys.ts';
import { Empty, Skeleton } from '../ui/bits.tsx';
import { Button, ButtonLink, IconButton } from '../ui/button.tsx';
import { Repeat } from '../ui/repeat.tsx';
import { useFurther } from '../ui/use-further.ts';
import { useKeptPlace } from '../ui/use-kept-place.ts';
import { filterNames, useInboxAddress } from './address.ts';
import { BulkBar, BulkProgress } from './bulk-bar.tsx';
import { AddFilter, FilterChips } from './filters.tsx';
import css from './inbox.module.css';
import { Row } from './row.tsx';
import { SearchBox } from './search-box.tsx';
import { SearchResults } from './search-results.tsx';
import { useBulk } from './use-bulk.tsx';
import { useRowKeys } from './use-row-keys.ts';
import { useSelection } from './use-selection.ts';
import { Views } from './views.tsx';

const ROW_PX = 76;

function Nothing() {
  const { t } = useTranslation();
  const { filter, filters, viewLink, set } = useInboxAddress();
  const channels = useChannels();
  const view = filter.view ?? 'all';
  if (Object.keys(filters).length > 0)
    return (
      <Empty
        icon={<IconFilterOff size={36} stroke={1.4} />}
        title={t('inbox.emptyFiltered')}
        action={
          <Button onClick={() => set(Object.fromEntries(filterNames.map((name) => [name, undefined])))}>{t('inbox.dropFilters')}</Button>
        }
      >
        {t('inbox.emptyFilteredHint')}
      </Empty>
    );
  if (channels.data !== undefined && channels.data.items.length === 0)
    return (
      <Empty
        icon={<IconPlugConnected size={36} stroke={1.4} />}
        title={t('inbox.noChannels')}
        action={
          <ButtonLink kind="primary" to="/settings/channels">
            {t('inbox.connect')}
          </ButtonLink>
        }
      >
        {t('inbox.noChannelsHint')}
      </Empty>
    );
  const ownPages = channels.data?.types.filter(({ ownPage }) => ownPage).map(({ type }) => type);
  const webchat = channels.data?.items.find(({ type }) => ownPages?.includes(type));
  return (
    <Empty
      icon={<IconInbox size={36} stroke={1.4} />}
      title={t(`inbox.empty.${view}`)}
      action={
        view === 'all' ? (
          webchat === undefined ? undefined : (
            <Button kind="primary" onClick={() => window.open('/shop', '_blank', 'noopener')}>
              {t('inbox.openShop')}
            </Button>
          )
        ) : (
          <ButtonLink to={viewLink('all')}>{t('inbox.showAll')}</ButtonLink>
        )
      }
    >
      {view === 'all' ? t('inbox.emptyHint') : undefined}
    </Empty>
  );
}

/** Conversations of the chosen view. Only the visible rows exist; further ones are fetched as the reader comes near. */
export function ConversationList({ onKey }: { onKey: (key: 'close' | 'noReply', item: ConversationItem) => void }) {
  const { t } = useTranslation();
  const { number, filter, q, linkTo, set } = useInboxAddress();
  const [params] = useSearchParams();
  const query = useConversations(filter);
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: items.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: 8 });
  const visible = rows.getVirtualItems();
  const lastIndex = visible.at(-1)?.index ?? 0;
  useFurther(query, lastIndex, items.length, 12);
  // Whoever is back at the top needs no longer what lay far below: the next change would fetch all of it again.
  const atTop = (visible[0]?.index ?? 0) === 0;
  useEffect(() => {
    if (atTop) keepFirstPages(filter);
  }, [atTop, filter]);
  const numbers = useMemo(() => items.map((item) => item.number), [items]);
  const name = JSON.stringify(filter);
  useKeptPlace(scroller, name, numbers, ROW_PX);
  const selection = useSelection(numbers, name);
  const { clear } = selection;
  const mayChange = useMe().rights.edit !== 'none';
  const { run, assign, reasons } = useBulk();

  const { current, move } = useRowKeys(numbers, number, rows);
  const act = (key: 'close' | 'noReply') => () => {
    if (selection.picked.length > 0) {
      run(key === 'close' ? 'close' : 'noReplyNeeded', selection.picked);
      return clear();
    }
    const item = items[current()];
    if (item !== undefined) onKey(key, item);
  };
  useHotkeys({
    j: () => move(1),
    k: () => move(-1),
    e: act('close'),
    n: act('noReply'),
    '/': () => document.querySelector<HTMLElement>('[data-inbox-search]')?.focus(),
    ...(mayChange
      ? {
          x: () => {
            const item = items[current()] ?? items[0];
            if (item !== undefined) selection.toggle(item.number);
          },
        }
      : {}),
  });
  // Esc leaves the marking before it leaves the conversation.
  useEffect(() => {
    if (!selection.active) return;
    const leave = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || document.querySelector('[role="dialog"],[role="menu"]') !== null) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      clear();
    };
    window.addEventListener('keydown', leave, { capture: true });
    return () => window.removeEventListener('keydown', leave, { capture: true });
  }, [selection.active, clear]);

  return (
    <section className={css.list} aria-label={t('inbox.list')}>
      <header className={css.listHead}>
        <h1>{t(`inbox.view.${filter.view ?? 'all'}`)}</h1>
        {mayChange && (
          <IconButton
            small
            label={t('bulk.start')}
            hotkey="X"
            aria-pressed={selection.active}
            onClick={selection.active ? clear : selection.start}
          >
            <IconChecks size={18} stroke={1.6} aria-hidden />
          </IconButton>
        )}
        {filter.view !== 'closed' && (
          <IconButton
            small
            label={filter.order === 'waiting' ? t('inbox.byWaiting') : t('inbox.byTime')}
            aria-pressed={filter.order === 'time'}
            onClick={() => set({ order: filter.order === 'time' ? undefined : 'time' })}
          >
            <IconArrowsSort size={18} stroke={1.6} aria-hidden />
          </IconButton>
        )}
        <AddFilter />
      </header>
      <SearchBox q={q} onChange={(next) => set({ q: next, ...(next === undefined ? { message: undefined } : {}) })} />
      {q === '' ? (
        <>
          <Views tabs />
          <FilterChips />
          {selection.active && <BulkBar selection={selection} loaded={items.length} run={run} assign={assign} />}
          <BulkProgress />
          {query.isError && items.length === 0 ? (
            <Empty
              icon={<IconInbox size={36} stroke={1.4} />}
              title={problemWords(query.error)}
              action={<Button onClick={() => void query.refetch()}>{t('common.tryAgain')}</Button>}
            />
          ) : query.isPending ? (
            <Waiting />
          ) : items.length === 0 ? (
            <Nothing />
          ) : (
            <div className={css.rows} ref={scroller}>
              <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
                {visible.map((row) => {
                  const item = items[row.index];
                  if (item === undefined) return null;
                  return (
                    <Row
                      key={item.number}
                      item={item}
                      to={linkTo(item.number)}
                      top={row.start}
                      open={item.number === number}
                      chosen={selection.chosen.has(item.number)}
                      choosing={selection.active}
                      onChoose={mayChange ? selection.toggle : undefined}
                    />
                  );
                })}
              </div>
            </div>
          )}
        </>
      ) : (
        <SearchResults q={q} message={params.get('message')} />
      )}
      {reasons}
    </section>
  );
}

/** Grey rows of exactly the height of those that will come. */
function Waiting() {
  return (
    <div aria-busy>
      <Repeat times={8}>
        <div className={css.skeletonRow}>
          <Skeleton width={36} height={36} style={{ borderRadius: 18 }} />
          <div>
            <Skeleton width="55%" />
            <Skeleton width="85%" style={{ marginTop: 8 }} />
            <Skeleton width="40%" height={10} style={{ marginTop: 8 }} />
          </div>
        </div>
      </Repeat>
    </div>
  );
}
