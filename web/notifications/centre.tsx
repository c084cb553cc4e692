import { IconBellOff, IconCheck, IconChecks, IconSettings, IconVolume, IconVolumeOff } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { Notification } from '../../api/contract/index.ts';
import { notificationGroups } from '../../domain/notifications/kinds.ts';
import { placeOf } from '../../domain/notifications/push-words.ts';
import { useMe } from '../data/queries.ts';
import { problemWords, serverWords } from '../data/words.ts';
import { dayName, sameDay } from '../lib/time.ts';
import { serverNow } from '../lib/use-now.ts';
import { Empty, Notice, Skeleton, Time } from '../ui/bits.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { toast } from '../ui/toasts.tsx';
import css from './centre.module.css';
import {
  type CentreFilter,
  type Entry,
  entriesOf,
  markRead,
  saveNotificationSettings,
  useCentre,
  useNotificationSettings,
  useUnread,
} from './data.ts';
import { turnPushOn, usePushState } from './push.ts';

/** What a notification says besides its kind. */
function wordsOf(note: Notification): string | undefined {
  const { words, name, rate } = note.data;
  if (note.what === 'npsAlarm' && rate !== undefined) return String(rate);
  const said = typeof words === 'string' ? serverWords(words) : words;
  return [said, name].find((value): value is string => typeof value === 'string' && value !== '');
}

function EntryRow({ entry, onLeave }: { entry: Entry; onLeave: () => void }) {
  const { t } = useTranslation();
  const { newest, earlier, unreadIds } = entry;
  const isNew = unreadIds.length > 0;
  const words = wordsOf(newest);
  const who = newest.contactName ?? newest.cardName;
  const kinds = [...new Set(earlier.map(({ what }) => what))].filter((what) => what !== newest.what).slice(0, 2);
  return (
    <li className={css.row} data-new={isNew} data-entry={entry.key}>
      <Link
        className={css.note}
        to={placeOf(newest)}
        onClick={() => {
          onLeave();
          if (isNew) void markRead({ ids: unreadIds });
        }}
      >
        <span className={css.dot} data-new={isNew} data-late={newest.what === 'missed' || newest.what === 'npsAlarm'} />
        <span className={css.words}>
          <span>
            {isNew && <span className="visually-hidden">{t('centre.new')} </span>}
            {t(`bell.what.${newest.what}`)} {who !== null && <strong>{who}</strong>}
            {newest.conversationNumber !== null && <small> #{newest.conversationNumber}</small>}
          </span>
          {words !== undefined && <small className={css.more}>{words}</small>}
          {kinds.map((what) => (
            <small key={what} className={css.more}>
              {t(`bell.what.${what}`).replace(/:$/, '')}
            </small>
          ))}
        </span>
        <small className={css.time}>
          <Time at={newest.at} />
        </small>
      </Link>
      {isNew ? (
        <IconButton small label={t('centre.read')} className={css.read} onClick={() => void markRead({ ids: unreadIds })}>
          <IconCheck size={16} aria-hidden />
        </IconButton>
      ) : (
        <span className={css.read} />
      )}
    </li>
  );
}

/** Offered where pushes are possible and off; said once on a device that wants none. */
function PushOffer() {
  const { t } = useTranslation();
  const { user } = useMe();
  const state = usePushState();
  const [busy, setBusy] = useState(false);
  if (state !== 'off') return null;
  const turnOn = async () => {
    setBusy(true);
    try {
      await turnPushOn(user.id);
    } catch (error) {
      toast({ state: 'late', text: error instanceof DOMException ? t('push.failed') : problemWords(error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={css.offer}>
      <span>{t('push.offer')}</span>
      <Button small disabled={busy} onClick={() => void turnOn()}>
        {t('push.turnOn')}
      </Button>
    </div>
  );
}

function SoundSwitch() {
  const { t } = useTranslation();
  const { data } = useNotificationSettings();
  const on = data?.sound !== false;
  return (
    <IconButton
      small
      label={on ? t('centre.soundOff') : t('centre.soundOn')}
      aria-pressed={on}
      disabled={data === undefined}
      onClick={() => void saveNotificationSettings({ sound: !on })}
    >
      {on ? <IconVolume size={18} aria-hidden /> : <IconVolumeOff size={18} aria-hidden />}
    </IconButton>
  );
}

/** The notification centre: what wants attention, newest first, a conversation in one entry; what was settled disappears by itself. */
export function Centre({ onLeave }: { onLeave: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [filter, setFilter] = useState<CentreFilter>({ group: undefined, unread: false });
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useCentre(filter);
  const unread = useUnread().data?.unread ?? 0;
  const list = useRef<HTMLUListElement>(null);
  const entries = entriesOf(data?.pages.flatMap(({ items }) => items) ?? []);
  const now = serverNow();

  const move = (event: KeyboardEvent) => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>('a, [data-older]') ?? [])];
    const at = links.findIndex((link) => link === document.activeElement || link.parentElement?.contains(document.activeElement));
    const next = { ArrowDown: at + 1, ArrowUp: Math.max(0, at - 1), Home: 0, End: links.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    links[Math.min(next, links.length - 1)]?.focus();
  };

  const rows: ReactNode[] = [];
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1];
    if (before === undefined || !sameDay(before.newest.at, entry.newest.at))
      rows.push(
        <li key={`day-${entry.newest.at}`} className={css.day}>
          {dayName(entry.newest.at, now)}
        </li>,
      );
    rows.push(<EntryRow key={entry.key} entry={entry} onLeave={onLeave} />);
  }

  return (
    <section className={css.centre} aria-label={t('bell.title')} onKeyDown={move} tabIndex={-1} data-autofocus>
      <div className={css.head}>
        <h2>{t('bell.title')}</h2>
        <SoundSwitch />
        <IconButton
          small
          label={t('centre.settings')}
          onClick={() => {
            onLeave();
            void navigate('/settings/notifications');
          }}
        >
          <IconSettings size={18} aria-hidden />
        </IconButton>
        <IconButton small label={t('bell.readAll')} disabled={unread === 0} onClick={() => void markRead({ group: filter.group })}>
          <IconChecks size={18} aria-hidden />
        </IconButton>
      </div>
      <div className={css.filters} role="toolbar" aria-label={t('centre.filters')}>
        {[undefined, ...notificationGroups].map((group) => (
          <button key={group ?? 'all'} type="button" aria-pressed={filter.group === group} onClick={() => setFilter({ ...filter, group })}>
            {t(`centre.group.${group ?? 'all'}`)}
          </button>
        ))}
        <button type="button" aria-pressed={filter.unread} onClick={() => setFilter({ ...filter, unread: !filter.unread })}>
          {t('centre.unread')}
        </button>
      </div>
      <PushOffer />
      {data === undefined ? (
        <div className={css.list} aria-busy>
          {[0, 1, 2, 3].map((row) => (
            <Skeleton key={row} height={36} style={{ margin: '8px 12px', width: 'auto' }} />
          ))}
        </div>
      ) : entries.length === 0 ? (
        <Empty
          icon={<IconBellOff size={32} stroke={1.4} aria-hidden />}
          title={t('bell.empty')}
          action={
            filter.group !== undefined || filter.unread ? (
              <Button small onClick={() => setFilter({ group: undefined, unread: false })}>
                {t('centre.showAll')}
              </Button>
            ) : (
              <Button
                small
                onClick={() => {
                  onLeave();
                  void navigate('/settings/notifications');
                }}
              >
                {t('centre.choose')}
              </Button>
            )
          }
        >
          {t('bell.emptyHint')}
        </Empty>
      ) : (
        <ul className={css.list} ref={list}>
          {rows}
          {hasNextPage && (
            <li className={css.older}>
              <Button small kind="quiet" data-older disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {t('centre.older')}
              </Button>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}

/** Said where the browser forbids what the person turned on. */
export function PushDenied() {
  const { t } = useTranslation();
  return <Notice state="wait">{t('push.denied')}</Notice>;
}
