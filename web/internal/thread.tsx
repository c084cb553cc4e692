import { IconArrowDown, IconUsers } from '@tabler/icons-react';
import { Fragment, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { InternalChat, InternalMessage } from '../../api/contract/index.ts';
import { useMe } from '../data/queries.ts';
import { problemWords } from '../data/words.ts';
import { dayName, sameDay } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';
import { useSticky } from '../thread/use-sticky.ts';
import { Empty, Notice, Skeleton } from '../ui/bits.tsx';
import { Scroller } from '../ui/scroller.tsx';
import { InternalComposer } from './composer.tsx';
import { readUpTo, useInternalThread } from './data.ts';
import css from './internal.module.css';
import { Message, Outgoing } from './message.tsx';
import { useInternalOutbox } from './outbox.ts';

/** Lines of one writer within this time stand under one name. */
const TOGETHER_MS = 5 * 60_000;
/** Unread messages that fit on the newest page; more of them begin at the first. */
const FIRST_LOOK = 30;
const none: InternalMessage[] = [];

/** Reads what stands on the screen: the page is looked at and the reader is at the end. */
function useReading(chat: InternalChat, last: number, atEnd: boolean): void {
  const told = useRef(0);
  useEffect(() => {
    if (!atEnd || chat.readPosition === null || last <= Math.max(chat.readPosition, told.current)) return;
    const read = () => {
      if (document.visibilityState !== 'visible' || told.current >= last) return;
      told.current = last;
      readUpTo(chat.id, last).catch(() => {
        told.current = 0;
      });
    };
    read();
    document.addEventListener('visibilitychange', read);
    return () => document.removeEventListener('visibilitychange', read);
  }, [chat.id, chat.readPosition, last, atEnd]);
}

/** Messages of a chat with the field below them. `found`: the position a search or link leads to. */
export function InternalThread({ chat, found }: { chat: InternalChat; found: number | undefined }) {
  const { t } = useTranslation();
  const me = useMe();
  const now = useNow(60_000);
  // As it was when the chat was opened: the line stays where reading began.
  const [unreadAfter] = useState(() => (chat.unread > 0 ? chat.readPosition : null));
  const start = found ?? (chat.unread > FIRST_LOOK && chat.readPosition !== null ? chat.readPosition + 1 : undefined);
  const { query, older, newer, jump } = useInternalThread(chat.id, start);
  const [editing, setEditing] = useState<InternalMessage>();
  const scroller = useRef<HTMLElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const { atEnd, toEnd } = useSticky(scroller, inner, older);
  const items = query.data?.items ?? none;
  const hasNewer = query.data?.hasNewer ?? false;
  const keys = new Set(items.map(({ key }) => key));
  const outgoing = useInternalOutbox().filter((draft) => draft.chatId === chat.id && !keys.has(draft.key));
  useReading(chat, items.at(-1)?.position ?? 0, atEnd && !hasNewer);
  useEffect(() => {
    if (atEnd && hasNewer) newer();
  }, [atEnd, hasNewer, newer]);

  const shownFor = useRef<number>(undefined);
  useEffect(() => {
    if (found === undefined || shownFor.current === found || query.data === undefined) return;
    if (query.data.items.some(({ position }) => position === found)) {
      shownFor.current = found;
      document.getElementById(`internal-${chat.id}-${found}`)?.scrollIntoView({ block: 'center' });
    } else void jump(found);
  }, [found, query.data, chat.id, jump]);
  const newest = outgoing.at(-1)?.key;
  // Whoever writes wants to see what was written: once per message.
  const followed = useRef<string>(undefined);
  useEffect(() => {
    if (newest === followed.current) return;
    followed.current = newest;
    if (newest === undefined) return;
    if (hasNewer) void jump(undefined).then(toEnd);
    else toEnd();
  }, [newest, hasNewer, jump, toEnd]);

  const firstUnread =
    unreadAfter === null ? undefined : items.find(({ position, author }) => position > unreadAfter && author.id !== me.user.id);
  const lastOwn = items.findLast(({ author, deletedAt }) => author.id === me.user.id && deletedAt === null);
  return (
    <>
      <div className={css.scroll}>
        <Scroller ref={scroller} className={css.scroller} role="log" label={t('internal.thread')} style={{ overflowAnchor: 'none' }}>
          <div className={css.lines} ref={inner}>
            {query.isPending && <Skeleton height={36} width="60%" />}
            {query.isError && query.data === undefined && <Notice state="late">{problemWords(query.error)}</Notice>}
            {query.isSuccess && items.length === 0 && outgoing.length === 0 && (
              <Empty icon={<IconUsers size={36} stroke={1.4} />} title={t('internal.empty')}>
                {t(chat.kind === 'lead' ? 'internal.emptyLead' : 'internal.emptyHint')}
              </Empty>
            )}
            {items.map((message, index) => {
              const before = items[index - 1];
              const isNewDay = before === undefined || !sameDay(before.writtenAt, message.writtenAt);
              const isUnread = message.position === firstUnread?.position;
              const isFirst =
                isNewDay || isUnread || before.author.id !== message.author.id || message.writtenAt - before.writtenAt > TOGETHER_MS;
              const isOwn = message.author.id === me.user.id;
              return (
                <Fragment key={message.position}>
                  {isNewDay && <div className={css.day}>{dayName(message.writtenAt, now)}</div>}
                  {isUnread && (
                    <div className={css.unread} data-unread-line>
                      {t('internal.unreadLine')}
                    </div>
                  )}
                  <Message
                    message={message}
                    isOwn={isOwn}
                    isFirst={isFirst}
                    isFound={message.position === found}
                    onEdit={me.role === 'readonly' ? undefined : () => setEditing(message)}
                  />
                </Fragment>
              );
            })}
            {outgoing.map((draft) => (
              <Outgoing key={draft.key} draft={draft} />
            ))}
          </div>
        </Scroller>
        {(!atEnd || hasNewer) && (
          <button type="button" className={css.pill} onClick={() => (hasNewer ? void jump(undefined).then(toEnd) : toEnd())}>
            <IconArrowDown size={16} aria-hidden /> {chat.unread > 0 ? t('thread.newMessages', { count: chat.unread }) : t('thread.toEnd')}
          </button>
        )}
      </div>
      <InternalComposer chat={chat} editing={editing} onEdit={setEditing} lastOwn={lastOwn} />
    </>
  );
}
