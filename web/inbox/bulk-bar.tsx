import { Menu } from '@mantine/core';
import { IconCircleCheck, IconDots, IconMail, IconMailOpened, IconMessageOff, IconUserShare, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { BulkAction } from '../../domain/conversation/views.ts';
import { useProgress } from '../data/bulk.ts';
import { useMe, useUsers } from '../data/queries.ts';
import { Button, IconButton } from '../ui/button.tsx';
import css from './inbox.module.css';
import type { Selection } from './use-selection.ts';

interface BulkBarProps {
  selection: Selection;
  loaded: number;
  run: (action: BulkAction, numbers: readonly number[]) => void;
  assign: (numbers: readonly number[], userId: number) => void;
}

/** What can be done with the marked rows; below it how far an order has come. */
export function BulkBar({ selection, loaded, run, assign }: BulkBarProps) {
  const { t } = useTranslation();
  const { rights } = useMe();
  const users = useUsers().data?.filter(({ isActive }) => isActive) ?? [];
  const { picked, clear, all } = selection;
  const none = picked.length === 0;
  const act = (action: BulkAction) => () => {
    run(action, picked);
    clear();
  };
  const size = { size: 18, stroke: 1.6, 'aria-hidden': true } as const;
  return (
    <div className={css.bulk} role="toolbar" aria-label={t('bulk.label')}>
      <div className={css.bulkLine}>
        <strong aria-live="polite">{t('bulk.selected', { count: picked.length })}</strong>
        {picked.length < loaded && (
          <Button kind="link" small onClick={all}>
            {t('bulk.all', { count: loaded })}
          </Button>
        )}
        <span className={css.rowEnd}>
          <IconButton small label={t('bulk.leave')} hotkey="Esc" onClick={clear}>
            <IconX {...size} />
          </IconButton>
        </span>
      </div>
      <div className={css.bulkLine}>
        {rights.closeConversations && (
          <Button small icon={<IconCircleCheck {...size} />} disabled={none} onClick={act('close')}>
            {t('bulk.close')}
          </Button>
        )}
        <IconButton small label={t('bulk.noReplyNeeded')} hotkey="N" disabled={none} onClick={act('noReplyNeeded')}>
          <IconMessageOff {...size} />
        </IconButton>
        <IconButton small label={t('bulk.read')} disabled={none} onClick={act('read')}>
          <IconMailOpened {...size} />
        </IconButton>
        <IconButton small label={t('bulk.unread')} disabled={none} onClick={act('unread')}>
          <IconMail {...size} />
        </IconButton>
        <Menu width={240} position="bottom-end">
          <Menu.Target>
            <IconButton small label={t('bulk.assign')} disabled={none}>
              <IconUserShare {...size} />
            </IconButton>
          </Menu.Target>
          <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
            <Menu.Label>{t('bulk.assignTo')}</Menu.Label>
            {users.map(({ id, name }) => (
              <Menu.Item
                key={id}
                onClick={() => {
                  assign(picked, id);
                  clear();
                }}
              >
                {name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        {rights.closeConversations && (
          <Menu width={240} position="bottom-end">
            <Menu.Target>
              <IconButton small label={t('common.more')} disabled={none}>
                <IconDots {...size} />
              </IconButton>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={act('closeWithoutRating')}>{t('bulk.closeWithoutRating')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
    </div>
  );
}

/** A thin line that fills while an order is carried out. */
export function BulkProgress() {
  const { t } = useTranslation();
  const progress = useProgress();
  if (progress === undefined) return null;
  const { done, total } = progress;
  return (
    <div
      className={css.progress}
      role="progressbar"
      aria-label={t('bulk.progress', { done, total })}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
    >
      <span style={{ width: `${(done / total) * 100}%` }} />
      <small>{t('bulk.progress', { done, total })}</small>
    </div>
  );
}
