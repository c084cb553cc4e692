import { Popover } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Notification } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { useNotifications } from '../data/queries.ts';
import { queryClient } from '../data/query-client.ts';
import { Count, Empty, Time } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import css from './shell.module.css';

/** Where a notification leads. */
function target(note: Notification): string {
  if (note.what === 'channelDisconnected') return '/settings/channels';
  if (note.conversationNumber !== null) return `/inbox/${note.conversationNumber}`;
  return note.leadId === null ? '/inbox' : `/leads/${note.leadId}`;
}

async function markRead(ids?: number[]): Promise<void> {
  await call('POST', '/api/notifications/read', { body: ids === undefined ? {} : { ids } });
  await queryClient.invalidateQueries({ queryKey: ['notifications'] });
}

/** What wants attention, newest first; what was settled disappears by itself. */
export function Bell() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { data } = useNotifications();
  const unread = data?.unread ?? 0;
  return (
    <Popover opened={open} onChange={setOpen} position="right-end" trapFocus width="auto">
      <Popover.Target>
        <button type="button" className={css.item} aria-label={t('bell.label', { count: unread })} onClick={() => setOpen(!open)}>
          <IconBell size={20} stroke={1.6} aria-hidden />
          <span>{t('bell.short')}</span>
          {unread > 0 && (
            <span className={css.itemCount}>
              <Count value={unread} />
            </span>
          )}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <div className={css.notes}>
          <div className={css.notesHead}>
            <h2>{t('bell.title')}</h2>
            <Button kind="quiet" small disabled={unread === 0} onClick={() => void markRead()}>
              {t('bell.readAll')}
            </Button>
          </div>
          {data?.items.length === 0 && <Empty title={t('bell.empty')}>{t('bell.emptyHint')}</Empty>}
          <ul className={css.notesList}>
            {data?.items.map((note) => (
              <li key={note.id}>
                <Link
                  className={css.note}
                  to={target(note)}
                  onClick={() => {
                    setOpen(false);
                    if (note.readAt === null) void markRead([note.id]);
                  }}
                >
                  <span className={css.noteDot} data-new={note.readAt === null} />
                  <span>
                    {t(`bell.what.${note.what}`)} {note.contactName ?? ''}
                    {note.conversationNumber !== null && <small> #{note.conversationNumber}</small>}
                    {typeof note.data.words === 'string' && note.data.words !== '' && (
                      <small style={{ display: 'block' }}>{note.data.words}</small>
                    )}
                  </span>
                  <small>
                    <Time at={note.at} />
                  </small>
                </Link>
              </li>
            ))}
          </ul>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
