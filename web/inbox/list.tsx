import { IconArrowsSort, IconInbox, IconPlugConnected } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ConversationItem } from '../../api/contract/index.ts';
import { useChannels, useConversations, useCounts } from '../data/queries.ts';
import { useHotkeys } from '../lib/hotkeys.ts';
import { Chip, Empty, Skeleton } from '../ui/bits.tsx';
import { Button, ButtonLink, IconButton } from '../ui/button.tsx';
import { useInboxAddress, views } from './address.ts';
import css from './inbox.module.css';
import { Row } from './row.tsx';

const ROW_PX = 76;

/** The views with their counts: a column on a desk, a row of tabs where there is less room. */
export function Views({ tabs = false }: { tabs?: boolean }) {
  const { t } = useTranslation();
  const { filter, viewLink } = useInboxAddress();
  const counts = useCounts();
  return (
    <nav className={tabs ? css.tabs : css.views} aria-label={t('inbox.views')}>
      {views.map((view) => {
        const count = view === 'closed' ? undefined : counts.data?.[view];
        return (
          <Link key={view} to={viewLink(view)} className={css.view} aria-current={filter.view === view}>
            {t(`inbox.view.${view}`)}
            {count !== undefined && <small>{count >= 1000 ? '1000+' : count}</small>}
          </Link>
        );
      })}
    </nav>
  );
}

function Nothing() {
  const { t } = useTranslation();
  const { filter, viewLink } = useInboxAddress();
  const channels = useChannels();
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
  const webchat = channels.data?.items.find(({ type }) => type === 'webchat');
  return (
    <Empty
      icon={<IconInbox size={36} stroke={1.4} />}
      title={t(`inbox.empty.${filter.view}`)}
      action={
        filter.view === 'all' ? (
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
      {filter.view === 'all' ? t('inbox.emptyHint') : undefined}
    </Empty>
  );
}

/** Conversations of the chosen view. Only the visible rows exist; further ones are fetched as the reader comes near. */
export function ConversationList({ onKey }: { onKey: (key: 'close' | 'noReply', item: ConversationItem) => void }) {
  const { t } = useTranslation();
  const { number, filter, linkTo, set } = useInboxAddress();
  const query = useConversations(filter);
  const channels = useChannels();
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: items.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: 8 });
  const visible = rows.getVirtualItems();
  const lastIndex = visible.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && lastIndex >= items.length - 12) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, lastIndex, items.length]);

  const cursor = () => {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.number : undefined;
    return items.findIndex((item) => item.number === (focused === undefined ? number : Number(focused)));
  };
  const move = (step: number) => {
    const index = Math.max(0, Math.min(items.length - 1, cursor() + step));
    const item = items[index];
    if (item === undefined) return;
    rows.scrollToIndex(index);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-number="${item.number}"]`)?.focus());
  };
  const act = (key: 'close' | 'noReply') => () => {
    const item = items[cursor()];
    if (item !== undefined) onKey(key, item);
  };
  useHotkeys({ j: () => move(1), k: () => move(-1), e: act('close'), n: act('noReply') });

  const channelName = channels.data?.items.find(({ id }) => String(id) === filter.channel)?.name;
  return (
    <section className={css.list} aria-label={t('inbox.list')}>
      <header className={css.listHead}>
        <h1>{t(`inbox.view.${filter.view}`)}</h1>
        {filter.view !== 'closed' && (
          <IconButton
            small
            label={filter.order === 'waiting' ? t('inbox.byWaiting') : t('inbox.byTime')}
            aria-pressed={filter.order === 'time'}
            onClick={() => set('order', filter.order === 'time' ? undefined : 'time')}
          >
            <IconArrowsSort size={18} stroke={1.6} aria-hidden />
          </IconButton>
        )}
      </header>
      <Views tabs />
      {channelName !== undefined && (
        <div className={css.filters}>
          <Chip onRemove={() => set('channel', undefined)}>{t('inbox.channelFilter', { name: channelName })}</Chip>
        </div>
      )}
      {query.isPending ? (
        <div aria-busy>
          {Array.from({ length: 8 }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: stand-ins have no other name
            <div key={index} className={css.skeletonRow}>
              <Skeleton width={36} height={36} style={{ borderRadius: 18 }} />
              <div>
                <Skeleton width="55%" />
                <Skeleton width="85%" style={{ marginTop: 8 }} />
                <Skeleton width="40%" height={10} style={{ marginTop: 8 }} />
              </div>
            </div>
          ))}
        </div>
      ) : items.length === 0 ? (
        <Nothing />
      ) : (
        <div className={css.rows} ref={scroller}>
          <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
            {visible.map((row) => {
              const item = items[row.index];
              if (item === undefined) return null;
              return <Row key={item.number} item={item} to={linkTo(item.number)} top={row.start} open={item.number === number} />;
            })}
          </div>
        </div>
      )}
    </section>
  );
}
