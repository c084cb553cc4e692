import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { Bot, Published } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { order } from '../data/orders.ts';
import { problemWords } from '../data/words.ts';
import { Badge, Empty, Notice, Skeleton, Time } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import pageCss from '../ui/page.module.css';
import { Scroller } from '../ui/scroller.tsx';
import { toast } from '../ui/toasts.tsx';
import { refetchBot } from './bot-page.tsx';

/** A published version's text. The step that the address names is scrolled to. */
function VersionSource({ bot, version, step }: { bot: Bot; version: number; step: string | null }) {
  const { data, error } = useQuery({
    queryKey: ['versionSource', bot.id, version],
    queryFn: () => call<unknown>('GET', `/api/bots/${bot.id}/versions/${version}/source`),
  });
  if (error !== null) return <Notice state="late">{problemWords(error)}</Notice>;
  if (data === undefined) return <Skeleton height={320} />;
  const text = JSON.stringify(
    typeof data === 'object' && data !== null && 'source' in data && typeof data.source === 'string' ? JSON.parse(data.source) : data,
    null,
    2,
  );
  const at = step === null ? -1 : text.search(new RegExp(`"${step}": ?\\{`));
  return (
    <Scroller className={pageCss.code} label={`${bot.name} v${version}`} style={{ maxHeight: '64vh', overflowY: 'auto' }}>
      <code style={{ font: 'inherit' }}>
        {at < 0 ? (
          text
        ) : (
          <>
            {text.slice(0, at)}
            <mark
              ref={(element) => {
                element?.scrollIntoView({ block: 'center' });
              }}
            >
              {text.slice(at, text.indexOf('\n', at))}
            </mark>
            {text.slice(text.indexOf('\n', at))}
          </>
        )}
      </code>
    </Scroller>
  );
}

/** Every version ever published: who runs on it, its text, and the way back to it. */
export function Versions({ bot, disabled }: { bot: Bot; disabled: boolean }) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const shown = Number(search.get('v') ?? Number.NaN);
  const rollback = async (version: number) => {
    try {
      const published = await order<Published>(`/api/bots/${bot.id}/rollback`, { version });
      toast({ text: t('bot.rolledBack', { version, now: published.version }) });
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
    await refetchBot(bot.id);
  };
  if (bot.versions.length === 0) return <Empty title={t('bot.noVersions')}>{t('bot.noVersionsHint')}</Empty>;
  return (
    <div className={pageCss.body}>
      <table className={pageCss.table} style={{ maxWidth: 760 }}>
        <thead>
          <tr>
            <th>{t('bots.version')}</th>
            <th>{t('bot.publishedAt')}</th>
            <th data-number>{t('bots.running')}</th>
            <th aria-label={t('spotlight.actions')} />
          </tr>
        </thead>
        <tbody>
          {bot.versions
            .toSorted((a, b) => b.version - a.version)
            .map((version) => (
              <tr key={version.version}>
                <td>
                  v{version.version} {version.isLive && <Badge state="ok">{t('bot.live')}</Badge>}
                </td>
                <td>
                  <Time at={version.publishedAt} /> <span className={pageCss.muted}>{version.publishedBy?.name}</span>
                </td>
                <td data-number>{version.running}</td>
                <td>
                  <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
                    <Button small kind="quiet" onClick={() => setSearch({ v: String(version.version) })}>
                      {t('bot.show')}
                    </Button>
                    {!version.isLive && (
                      <Button small disabled={disabled} onClick={() => void rollback(version.version)}>
                        {t('bot.rollback')}
                      </Button>
                    )}
                  </div>
                </td>
              </tr>
            ))}
        </tbody>
      </table>
      {bot.versions.some(({ version }) => version === shown) && (
        <Dialog reading onClose={() => setSearch({})} title={`${bot.name} v${shown}`} size={820}>
          <VersionSource bot={bot} version={shown} step={search.get('step')} />
        </Dialog>
      )}
    </div>
  );
}
