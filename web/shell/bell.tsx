import { Popover } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconBell } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHotkeys } from '../lib/hotkeys.ts';
import { Centre } from '../notifications/centre.tsx';
import { useUnread } from '../notifications/data.ts';
import { useAlerts } from '../notifications/use-alerts.ts';
import { Count } from '../ui/bits.tsx';
import css from './shell.module.css';

/** The bell with its count; behind it the notification centre. */
export function Bell() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const unread = useUnread().data?.unread ?? 0;
  const narrow = useMediaQuery('(max-width: 719px)');
  useAlerts();
  useHotkeys({ b: () => setOpen(true) });
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position={narrow ? 'top-end' : 'right-end'}
      middlewares={{ shift: { padding: 8 }, flip: true }}
      trapFocus
      returnFocus
      width="auto"
    >
      <Popover.Target>
        <button type="button" className={css.item} title={`${t('bell.title')} · B`} onClick={() => setOpen(!open)}>
          <IconBell size={20} stroke={1.6} aria-hidden />
          <span>{t('bell.short')}</span>
          <span className="visually-hidden">{t('bell.label', { count: unread })}</span>
          {unread > 0 && (
            <span className={css.itemCount} aria-hidden>
              <Count value={unread} />
            </span>
          )}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t('bell.title')}>
        {open && <Centre onLeave={() => setOpen(false)} />}
      </Popover.Dropdown>
    </Popover>
  );
}
