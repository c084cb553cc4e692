import { IconArrowDown, IconMessage2 } from '@tabler/icons-react';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact, ThreadItem } from '../../api/contract/index.ts';
import { confirm, useOutbox } from '../data/outbox.ts';
import { itemId, useThread } from '../data/thread.ts';
import { dayName } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';
import { Empty, Skeleton } from '../ui/bits.tsx';
import { Scroller } from '../ui/scroller.tsx';
import { blocksOf, inOrder } from './blocks.ts';
import { Group } from './group.tsx';
import { NoteCard } from './note.tsx';
import { OutgoingBubble } from './outgoing.tsx';
import { SystemLines } from './system-lines.tsx';
import css from './thread.module.css';
import { useJump } from './use-jump.ts';
import { useSticky } from './use-sticky.ts';

function Day({ at }: { at: number }) {
  const now = useNow(60_000);
  return <div className={css.day}>{dayName(at, now)}</div>;
}

const noItems: ThreadItem[] = [];

/** How many messages came since the reader was last at the end. */
function useUnseen(items: readonly ThreadItem[], atEnd: boolean): number {
  const seen = useRef<string>(undefined);
  const newest = items.at(-1);
  useEffect(() => {
    if (atEnd) seen.current = newest === undefined ? undefined : itemId(newest);
  }, [atEnd, newest]);
  if (atEnd || seen.current === undefined) return 0;
  const index = items.findLastIndex((item) => itemId(item) === seen.current);
  return items.slice(index + 1).filter((item) => item.kind === 'message').length;
}

/** All chats of a contact as one thread, oldest above. */
export function Thread({ contact, leadId }: { contact: Contact | undefined; leadId: number | undefined }) {
  const { t } = useTranslation();
  const query = useThread({ contactId: contact?.id ?? 0, leadId });
  const scroller = useRef<HTMLElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const { atEnd, toEnd } = useSticky(scroller, inner, () => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  });
  const items = useMemo(() => (query.data === undefined ? noItems : inOrder(query.data.pages.flatMap((page) => page.items))), [query.data]);
  const blocks = useMemo(() => blocksOf(items), [items]);
  const channels = useMemo(() => new Map(contact?.chats.map(({ channel }) => [channel.id, channel])), [contact?.chats]);
  const several = channels.size > 1;

  const keys = useMemo(
    () => new Set(items.flatMap((item) => (item.kind === 'message' && item.message.key !== null ? [item.message.key] : []))),
    [items],
  );
  useEffect(() => confirm(keys), [keys]);
  const ids = useMemo(() => new Set(items.flatMap((item) => (item.kind === 'message' ? [item.message.id] : []))), [items]);
  useJump(scroller, ids, query);
  const outgoing = useOutbox().filter((message) => message.contactId === contact?.id && !keys.has(message.key));
  const newest = outgoing.at(-1)?.key;
  // Whoever sends wants to see what was sent.
  useEffect(() => {
    if (newest !== undefined) toEnd();
  }, [newest, toEnd]);
  const unseen = useUnseen(items, atEnd);

  return (
    <div className={css.scroll}>
      <Scroller ref={scroller} className={css.scroller} role="log" label={t('thread.label')} style={{ overflowAnchor: 'none' }}>
        <div className={css.lines} ref={inner}>
          {query.isPending && contact !== undefined && <Waiting />}
          {query.isSuccess && items.length === 0 && outgoing.length === 0 && (
            <Empty icon={<IconMessage2 size={36} stroke={1.4} />} title={t('thread.empty')}>
              {t('thread.emptyHint')}
            </Empty>
          )}
          {blocks.map((block) =>
            block.type === 'day' ? (
              <Day key={block.id} at={block.at} />
            ) : block.type === 'lines' ? (
              <SystemLines key={block.id} lines={block.lines} />
            ) : block.type === 'note' ? (
              <NoteCard key={block.id} note={block.note} />
            ) : (
              <Group
                key={block.id}
                messages={block.messages}
                messenger={channels.get(block.messages[0]?.channelId ?? 0)?.type}
                channel={several ? channels.get(block.messages[0]?.channelId ?? 0) : undefined}
              />
            ),
          )}
          {outgoing.map((message) => (
            <OutgoingBubble key={message.key} message={message} />
          ))}
        </div>
      </Scroller>
      {!atEnd && (
        <button type="button" className={css.pill} onClick={toEnd}>
          <IconArrowDown size={16} aria-hidden />
          {unseen > 0 ? t('thread.newMessages', { count: unseen }) : t('thread.toEnd')}
        </button>
      )}
    </div>
  );
}

function Waiting() {
  return (
    <div className={css.skeletons} aria-hidden>
      {[220, 320, 180, 260, 300].map((width, index) => (
        <Skeleton
          key={width}
          width={width}
          height={36}
          style={{ borderRadius: 12, alignSelf: index % 2 === 0 ? 'flex-start' : 'flex-end' }}
        />
      ))}
    </div>
  );
}
