import { Menu } from '@mantine/core';
import { IconArrowLeft, IconDotsVertical, IconDownload } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, useParams } from 'react-router';
import type { Bot } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { useRefusal } from '../data/may.ts';
import { order } from '../data/orders.ts';
import { useBot } from '../data/queries.ts';
import { queryClient } from '../data/query-client.ts';
import { problemWords } from '../data/words.ts';
import { Badge, Dot, Empty, Notice, Skeleton } from '../ui/bits.tsx';
import { Button, ButtonLink, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Radio } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { Overview } from './overview.tsx';
import { Publish } from './publish.tsx';
import { Source } from './source.tsx';
import { Triggers } from './triggers.tsx';
import { Versions } from './versions.tsx';

const Simulator = lazy(() => import('./simulator.tsx'));
const tabs = ['overview', 'triggers', 'test', 'source', 'versions'] as const;

export const refetchBot = (id: number) =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: ['bot', id] }),
    queryClient.invalidateQueries({ queryKey: ['bots'] }),
    queryClient.invalidateQueries({ queryKey: ['lead'] }),
  ]);

/** On and off. Off asks about the runs that are under way. */
function Power({ bot, refused }: { bot: Bot; refused: string | undefined }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [endRuns, setEndRuns] = useState(false);
  const turn = async (path: 'on' | 'off', body: unknown) => {
    setAsking(false);
    try {
      await order(`/api/bots/${bot.id}/${path}`, body);
      toast({ text: t(path === 'on' ? 'bot.isOn' : 'bot.isOff', { name: bot.name }) });
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
    await refetchBot(bot.id);
  };
  if (bot.state !== 'on')
    return (
      <Button disabled={refused !== undefined} title={refused} onClick={() => void turn('on', {})}>
        {t('bot.turnOn')}
      </Button>
    );
  return (
    <>
      <Button
        disabled={refused !== undefined}
        title={refused}
        onClick={() => (bot.running === 0 ? void turn('off', { endRuns: false }) : setAsking(true))}
      >
        {t('bot.turnOff')}
      </Button>
      {asking && (
        <Dialog onClose={() => setAsking(false)} title={t('bot.turnOffTitle', { name: bot.name })} size={460}>
          <div className={pageCss.stack}>
            <p>{t('bot.turnOffRunning', { count: bot.running })}</p>
            <Radio
              name="runs"
              label={t('bot.letFinish')}
              hint={t('bot.letFinishHint')}
              checked={!endRuns}
              onChange={() => setEndRuns(false)}
            />
            <Radio name="runs" label={t('bot.endRuns')} hint={t('bot.endRunsHint')} checked={endRuns} onChange={() => setEndRuns(true)} />
            <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
              <Button onClick={() => setAsking(false)}>{t('common.cancel')}</Button>
              <Button kind="primary" onClick={() => void turn('off', { endRuns })}>
                {t('bot.turnOff')}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** A bot: what it is, when it starts, a try-out, its source and its versions. */
export default function BotPage() {
  const { t } = useTranslation();
  const params = useParams();
  const id = Number(params.id);
  const tab = tabs.find((each) => each === params.tab) ?? 'overview';
  const { data: bot, error } = useBot(id);
  const refused = useRefusal()('editBots');
  const disabled = refused !== undefined;
  useEffect(() => {
    document.title = `${bot?.name ?? t('nav.bots')} · Beseda`;
  }, [bot?.name, t]);
  if (error !== null && bot === undefined)
    return <Empty title={problemWords(error)} action={<ButtonLink to="/bots">{t('bots.toList')}</ButtonLink>} />;
  const download = async () => {
    const source = await call<unknown>('GET', `/api/bots/${id}/export`);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify(source, null, 2)], { type: 'application/json' }));
    link.download = `${bot?.name ?? 'bot'}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <main className={pageCss.page}>
      <header className={pageCss.head}>
        <Link to="/bots" aria-label={t('bots.toList')}>
          <IconButton label={t('bots.toList')} tabIndex={-1}>
            <IconArrowLeft size={20} stroke={1.6} aria-hidden />
          </IconButton>
        </Link>
        {bot === undefined ? (
          <Skeleton width={200} height={20} />
        ) : (
          <>
            <h1>{bot.name}</h1>
            <Badge>
              <Dot state={bot.state === 'on' && bot.liveVersion !== null ? 'ok' : undefined} />
              {bot.liveVersion === null ? t('bot.draft') : `${t(`bot.state.${bot.state}`)} · v${bot.liveVersion}`}
            </Badge>
            {bot.liveVersion !== null && <Power bot={bot} refused={refused} />}
            <Publish bot={bot} refused={refused} />
            <Menu position="bottom-end" width={200}>
              <Menu.Target>
                <IconButton label={t('common.more')}>
                  <IconDotsVertical size={20} stroke={1.6} aria-hidden />
                </IconButton>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconDownload size={16} aria-hidden />} onClick={() => void download()}>
                  {t('bot.export')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        )}
      </header>
      <nav className={pageCss.tabs} aria-label={t('bot.tabs')}>
        {tabs.map((each) => (
          <NavLink key={each} end to={`/bots/${id}/${each}`} aria-current={each === tab ? 'page' : undefined}>
            {t(`bot.tab.${each}`)}
          </NavLink>
        ))}
      </nav>
      {refused !== undefined && (
        <div style={{ padding: '12px 24px 0' }}>
          <Notice>{refused}</Notice>
        </div>
      )}
      {bot !== undefined && (
        <Suspense>
          {tab === 'overview' && <Overview bot={bot} disabled={disabled} />}
          {tab === 'triggers' && <Triggers key={JSON.stringify(bot.triggers)} bot={bot} disabled={disabled} />}
          {tab === 'test' && <Simulator bot={bot} />}
          {tab === 'source' && <Source bot={bot} disabled={disabled} />}
          {tab === 'versions' && <Versions bot={bot} disabled={disabled} />}
        </Suspense>
      )}
    </main>
  );
}
