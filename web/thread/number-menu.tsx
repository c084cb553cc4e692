import { Menu } from '@mantine/core';
import {
  IconArrowForwardUp,
  IconBan,
  IconChevronDown,
  IconCircleCheck,
  IconCircleX,
  IconHistory,
  IconLink,
  IconMailOpened,
  IconMessageOff,
  IconPlayerStop,
} from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact, ConversationItem, Run } from '../../api/contract/index.ts';
import { conversationOrders } from '../data/orders.ts';
import { useConversation, useMe, useSettings } from '../data/queries.ts';
import { problemWords } from '../data/words.ts';
import { useHotkeys } from '../lib/hotkeys.ts';
import { Kbd, Skeleton } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { BlockDialog, unblock } from './block.tsx';
import { Openings } from './openings.tsx';
import { stopAll } from './stop-runs.ts';
import css from './thread.module.css';
import { Transfer } from './transfer.tsx';
import { useClose } from './use-close.ts';

interface NumberMenuProps {
  talk: ConversationItem;
  /** Bots on the card that the conversation hangs on. */
  runs: readonly Run[];
  contact: Contact | undefined;
  /** The list beside the thread has keys for closing and "no reply needed" of its own. */
  listHasKeys: boolean;
}

interface Entry {
  key: string;
  icon: ReactNode;
  label: string;
  /** Its single key; the menu shows it. */
  hotkey?: string;
  disabled?: boolean;
  danger?: boolean;
  run: () => void;
}

type Opened = 'history' | 'transfer' | 'block' | 'stop';
const icon = (Icon: typeof IconLink) => <Icon size={16} aria-hidden />;

/** Everything that can be done with a conversation by its number, by mouse, by the menu's arrows and by single keys. */
export function NumberMenu({ talk, runs, contact, listHasKeys }: NumberMenuProps) {
  const { t } = useTranslation();
  const { rights } = useMe();
  const polls = useSettings().data?.nps.enabled === true;
  const close = useClose();
  const [open, setOpen] = useState(false);
  const [dialog, setDialog] = useState<Opened>();
  const { number } = talk;
  const running = runs.filter(({ status }) => status !== 'ended');
  const closed = talk.status === 'closed';
  const { mayEdit } = talk;
  const mayClose = rights.closeConversations && mayEdit && !closed;
  const polling = talk.status === 'nps_scheduled' || talk.status === 'nps_in_progress';
  const doing = (action: Promise<unknown>, done: string) =>
    action.then(
      () => toast({ text: done }),
      (error: unknown) => toast({ state: 'late', text: problemWords(error) }),
    );

  const orders: (Entry | false)[] = [
    {
      key: 'close',
      icon: icon(IconCircleCheck),
      label: t('talk.close'),
      hotkey: 'E',
      disabled: !mayClose || polling,
      run: () => void close(number),
    },
    (polls || polling) && {
      key: 'force',
      icon: icon(IconCircleX),
      label: t('talk.closeForce'),
      hotkey: 'F',
      disabled: !mayClose,
      run: () => void close(number, { force: true }),
    },
    running.length > 0 && {
      key: 'closeAndStop',
      icon: icon(IconPlayerStop),
      label: t('talk.closeAndStop'),
      hotkey: 'Q',
      disabled: !mayClose || !rights.runBots,
      run: () => void close(number, { stopBots: true }),
    },
    {
      key: 'noReply',
      icon: icon(IconMessageOff),
      label: t('talk.noReplyNeeded'),
      hotkey: 'N',
      disabled: !mayEdit || closed || (talk.waitingSince === null && talk.isRead),
      run: () => void doing(conversationOrders.noReplyNeeded(number), t('talk.noReplyDone', { number })),
    },
    {
      key: 'unread',
      icon: icon(IconMailOpened),
      label: t('talk.markUnread'),
      hotkey: 'U',
      disabled: !mayEdit || closed || !talk.isRead,
      run: () => void doing(conversationOrders.unread(number), t('talk.markedUnread')),
    },
    {
      key: 'transfer',
      icon: icon(IconArrowForwardUp),
      label: t('talk.transfer'),
      hotkey: 'T',
      disabled: !mayEdit,
      run: () => setDialog('transfer'),
    },
  ];
  const looks: Entry[] = [
    {
      key: 'link',
      icon: icon(IconLink),
      label: t('talk.copyLink'),
      hotkey: 'L',
      run: () => void doing(navigator.clipboard.writeText(`${location.origin}/inbox/${number}`), t('talk.linkCopied')),
    },
    { key: 'history', icon: icon(IconHistory), label: t('talk.history'), hotkey: 'H', run: () => setDialog('history') },
  ];
  const blocked = contact?.blocked != null;
  const hard: (Entry | false)[] = [
    running.length > 0 && {
      key: 'stop',
      icon: icon(IconPlayerStop),
      label: t('talk.stopBots', { count: running.length }),
      hotkey: 'S',
      disabled: !rights.runBots,
      danger: true,
      run: () => setDialog('stop'),
    },
    contact !== undefined && {
      key: 'block',
      icon: icon(IconBan),
      label: blocked ? t('talk.unblock') : t('talk.block'),
      hotkey: 'D',
      disabled: !mayEdit,
      danger: !blocked,
      run: () => (blocked ? void unblock(contact.id) : setDialog('block')),
    },
  ];
  const entries = (list: readonly (Entry | false)[]) => list.filter((entry) => entry !== false);
  const withKeys = entries([...orders, ...looks, ...hard]).filter(({ hotkey, disabled }) => hotkey !== undefined && disabled !== true);
  const keys = Object.fromEntries(
    withKeys.filter(({ hotkey }) => !(listHasKeys && 'EN'.includes(hotkey!))).map(({ hotkey, run }) => [hotkey!.toLowerCase(), run]),
  );
  /** The page's single keys rest while a menu is open; this one shows them, so they work in it as well. */
  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const entry = withKeys.find(({ hotkey }) => event.code === `Key${hotkey}`);
    if (entry === undefined) return;
    event.preventDefault();
    setOpen(false);
    entry.run();
  };
  useHotkeys({ ...keys, m: () => setOpen(true) });

  const items = (list: readonly (Entry | false)[]) =>
    entries(list).map((entry) => (
      <Menu.Item
        key={entry.key}
        leftSection={entry.icon}
        rightSection={
          entry.hotkey === undefined ? undefined : (
            <span aria-hidden>
              <Kbd>{entry.hotkey}</Kbd>
            </span>
          )
        }
        disabled={entry.disabled === true}
        {...(entry.danger === true ? { color: 'var(--late)' } : {})}
        onClick={entry.run}
      >
        {entry.label}
      </Menu.Item>
    ));
  return (
    <>
      <Menu width={300} opened={open} onChange={setOpen}>
        <Menu.Target>
          <button type="button" className={css.headNumber} aria-label={t('talk.menu', { number })}>
            #{number}
            <IconChevronDown size={16} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown onKeyDown={pressed}>
          {items(orders)}
          <Menu.Divider />
          {items(looks)}
          {entries(hard).length > 0 && <Menu.Divider />}
          {items(hard)}
        </Menu.Dropdown>
      </Menu>
      {dialog === 'history' && (
        <Dialog reading onClose={() => setDialog(undefined)} title={t('talk.historyOf', { number })} size={520}>
          <History number={number} />
        </Dialog>
      )}
      {dialog === 'transfer' && <Transfer number={number} contact={contact} onClose={() => setDialog(undefined)} />}
      {dialog === 'block' && contact !== undefined && <BlockDialog talk={talk} contact={contact} onClose={() => setDialog(undefined)} />}
      {dialog === 'stop' && (
        <Dialog onClose={() => setDialog(undefined)} title={t('talk.stopBotsAsk', { count: running.length })} size={420}>
          <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
            <Button onClick={() => setDialog(undefined)}>{t('common.cancel')}</Button>
            <Button
              kind="danger"
              data-autofocus
              onClick={() => {
                setDialog(undefined);
                void stopAll(running);
              }}
            >
              {t('talk.stopBots', { count: running.length })}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function History({ number }: { number: number }) {
  const { data } = useConversation(number);
  return data === undefined ? <Skeleton height={64} /> : <Openings openings={data.openings} />;
}
