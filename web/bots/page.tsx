import { IconFileImport, IconRobot } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { BotImported, BotItem } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { useRefusal } from '../data/may.ts';
import { useBots } from '../data/queries.ts';
import { queryClient } from '../data/query-client.ts';
import { problemWords } from '../data/words.ts';
import { number } from '../lib/time.ts';
import { Badge, Dot, Empty, Skeleton } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import pageCss from '../ui/page.module.css';
import { Repeat } from '../ui/repeat.tsx';
import { toast } from '../ui/toasts.tsx';
import { useFileDrop } from '../ui/use-file-drop.ts';
import css from './bots.module.css';

function BotRow({ bot }: { bot: BotItem }) {
  const { t } = useTranslation();
  return (
    <tr>
      <td>
        <Link className={pageCss.cover} to={`/bots/${bot.id}`}>
          {bot.name}
        </Link>{' '}
        {bot.kind !== 'regular' && <Badge>{t(`bot.kind.${bot.kind}`)}</Badge>}
      </td>
      <td>
        <Dot state={bot.state === 'on' && bot.liveVersion !== null ? 'ok' : undefined} />{' '}
        {bot.liveVersion === null ? t('bot.draft') : t(`bot.state.${bot.state}`)}
      </td>
      <td className={pageCss.wide}>
        {bot.liveVersion === null ? '—' : `v${bot.liveVersion}`}{' '}
        {bot.changed && bot.liveVersion !== null && <Badge>{t('bot.changed')}</Badge>}
      </td>
      <td data-number>{number(bot.running)}</td>
      <td data-number className={pageCss.wide}>
        {number(bot.startedIn7Days)}
      </td>
      <td data-number className={pageCss.wide}>
        {number(bot.completedIn7Days)}
      </td>
      <td className={pageCss.wide}>
        {bot.errors > 0 && <Badge state="late">{t('bot.errors', { count: bot.errors })}</Badge>}{' '}
        {bot.warnings > 0 && <Badge state="wait">{t('bot.warnings', { count: bot.warnings })}</Badge>}
      </td>
    </tr>
  );
}

/** Bots with what they do at the moment. A file dropped anywhere on the page is imported. */
export default function BotsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const refused = useRefusal()('editBots');
  const bots = useBots();
  const picker = useRef<HTMLInputElement>(null);
  const page = useRef<HTMLElement>(null);
  const [working, setWorking] = useState(false);
  useEffect(() => {
    document.title = `${t('nav.bots')} · Beseda`;
  }, [t]);

  const importFile = async (file: File | undefined) => {
    if (file === undefined) return;
    setWorking(true);
    try {
      const imported = await call<BotImported>('POST', '/api/bots/import', {
        body: new Blob([file], { type: 'application/json' }),
        idempotencyKey: crypto.randomUUID(),
      });
      await queryClient.invalidateQueries({ queryKey: ['bots'] });
      await navigate(`/bots/${imported.id}`);
    } catch (error) {
      toast({ state: 'late', text: `${file.name}: ${problemWords(error)}` });
    } finally {
      setWorking(false);
    }
  };
  const over = useFileDrop(page, ([file]) => {
    if (refused !== undefined) toast({ state: 'late', text: refused });
    else void importFile(file);
  });
  const button = (kind: 'primary' | 'plain') => (
    <Button
      kind={kind}
      disabled={working || refused !== undefined}
      title={refused}
      icon={<IconFileImport size={18} stroke={1.6} aria-hidden />}
      onClick={() => picker.current?.click()}
    >
      {t('bots.import')}
    </Button>
  );

  return (
    <main ref={page} className={pageCss.page}>
      <header className={pageCss.head}>
        <h1>{t('nav.bots')}</h1>
        <input
          ref={picker}
          type="file"
          accept=".json,application/json,text/plain"
          hidden
          onChange={(event) => {
            void importFile(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        {button('plain')}
      </header>
      <div className={css.drop}>
        {over && <div className={css.over}>{t('bots.drop')}</div>}
        <div className={pageCss.body}>
          {bots.isPending ? (
            <Repeat times={5}>
              <Skeleton height={36} style={{ marginBottom: 8 }} />
            </Repeat>
          ) : bots.data === undefined || bots.data.length === 0 ? (
            <Empty icon={<IconRobot size={36} stroke={1.4} />} title={t('bots.empty')} action={button('primary')}>
              {t('bots.emptyHint')}
            </Empty>
          ) : (
            <table className={pageCss.table}>
              <thead>
                <tr>
                  <th>{t('bots.name')}</th>
                  <th>{t('bots.state')}</th>
                  <th className={pageCss.wide}>{t('bots.version')}</th>
                  <th data-number>{t('bots.running')}</th>
                  <th data-number className={pageCss.wide}>
                    {t('bots.started')}
                  </th>
                  <th data-number className={pageCss.wide}>
                    {t('bots.completed')}
                  </th>
                  <th className={pageCss.wide}>{t('bots.problems')}</th>
                </tr>
              </thead>
              <tbody>
                {bots.data
                  .filter(({ state }) => state !== 'archived')
                  .map((bot) => (
                    <BotRow key={bot.id} bot={bot} />
                  ))}
              </tbody>
            </table>
          )}
        </div>
      </div>
    </main>
  );
}
