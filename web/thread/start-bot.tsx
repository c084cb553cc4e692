import { Menu } from '@mantine/core';
import { IconChevronDown, IconPlus, IconRobot } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { BotItem, Run } from '../../api/contract/index.ts';
import { useRefusal } from '../data/may.ts';
import { order } from '../data/orders.ts';
import { useBots } from '../data/queries.ts';
import { queryClient } from '../data/query-client.ts';
import { problemWords } from '../data/words.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { toast } from '../ui/toasts.tsx';
import css from './run-strip.module.css';
import type { RunCard } from './run-strip.tsx';

interface StartProps {
  card: RunCard;
  running: Run[];
  conversationNumber: number | undefined;
  /** Beside a running bot there is room for a plus only. */
  compact: boolean;
}

/** Starts a bot by hand. When it already runs on the card, the page asks first. */
export function StartBot({ card, running, conversationNumber, compact }: StartProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [search, setSearch] = useState('');
  const refused = useRefusal()('runBots', card);
  const [asking, setAsking] = useState<BotItem>();
  const bots = useBots().data?.filter(({ state, liveVersion }) => state === 'on' && liveVersion !== null) ?? [];
  const found = bots.filter(({ name }) => name.toLowerCase().includes(search.trim().toLowerCase()));

  const start = async (bot: BotItem, ifRunning?: 'restart' | 'return') => {
    setAsking(undefined);
    const on = card.type === 'lead' ? { leadId: card.id } : { customerId: card.id };
    const where = conversationNumber === undefined ? on : { ...on, conversation: conversationNumber };
    try {
      await order<Run>(`/api/bots/${bot.id}/start`, { ...where, ...(ifRunning === undefined ? {} : { ifRunning }) });
      await Promise.all([card.type, 'runs'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
  };
  const choose = (bot: BotItem) => {
    if (running.some((run) => run.bot.id === bot.id)) setAsking(bot);
    else void start(bot);
  };

  return (
    <>
      <Menu position="top-end" width={280} onClose={() => setSearch('')}>
        <Menu.Target>
          {compact ? (
            <IconButton small label={refused ?? t('run.start')} title={refused} disabled={refused !== undefined}>
              <IconPlus size={18} stroke={1.6} aria-hidden />
            </IconButton>
          ) : (
            <Button small kind="quiet" title={refused} disabled={refused !== undefined}>
              {t('run.start')}
              <IconChevronDown size={16} aria-hidden />
            </Button>
          )}
        </Menu.Target>
        <Menu.Dropdown>
          {bots.length > 0 && (
            <input
              className={css.search}
              data-autofocus
              placeholder={t('run.search')}
              aria-label={t('run.search')}
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
          )}
          <div className={css.bots}>
            {found.map((bot) => (
              <Menu.Item
                key={bot.id}
                leftSection={<IconRobot size={16} aria-hidden />}
                rightSection={<small>v{bot.liveVersion}</small>}
                onClick={() => choose(bot)}
              >
                {bot.name}
              </Menu.Item>
            ))}
            {bots.length === 0 ? (
              <Menu.Item onClick={() => void navigate('/bots')}>{t('run.noBots')}</Menu.Item>
            ) : (
              found.length === 0 && <Menu.Label>{t('spotlight.none')}</Menu.Label>
            )}
          </div>
        </Menu.Dropdown>
      </Menu>
      {asking !== undefined && (
        <Dialog onClose={() => setAsking(undefined)} title={t('run.alreadyRuns', { name: asking.name })} size={440}>
          <p>{t('run.alreadyRunsHint')}</p>
          <div style={{ display: 'flex', justifyContent: 'flex-end', gap: 8, marginTop: 16 }}>
            <Button onClick={() => setAsking(undefined)}>{t('run.keep')}</Button>
            <Button kind="primary" data-autofocus onClick={() => void start(asking, 'restart')}>
              {t('run.restart')}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
