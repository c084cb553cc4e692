import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../api/contract/index.ts';
import { usePixel } from '../composer/link-toggle.tsx';
import { call } from '../data/client.ts';
import { useChannels, useMe } from '../data/queries.ts';
import { queryClient } from '../data/query-client.ts';
import { problemWords } from '../data/words.ts';
import { ChannelIcon, Notice } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Switch, TextArea, TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { changeChannel } from './channels.tsx';

/** Short links by channel with what stops when they are off, the account's own address for them, and the pixel with its sites. */
export function Links({ settings, disabled }: { settings: Settings; disabled: boolean }) {
  const { t } = useTranslation();
  const channels = useChannels().data?.items.filter(({ state }) => state === 'connected') ?? [];
  const pixel = usePixel().data;
  const administers = useMe().rights.administer;
  const [error, setError] = useState<string>();
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const domain = String(form.get('domain') ?? '')
      .trim()
      .replace(/\/+$/, '');
    const sites = String(form.get('sites') ?? '')
      .split(/\s+/)
      .filter((site) => site !== '');
    try {
      await call('PUT', '/api/settings', {
        body: { linkDomain: domain === '' ? null : domain, pixelSites: sites.map((site) => site.replace(/\/+$/, '')) },
      });
      setError(undefined);
      toast({ text: t('links.saved') });
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: ['settings'] }),
        queryClient.invalidateQueries({ queryKey: ['pixel'] }),
      ]);
    } catch (problem) {
      setError(problemWords(problem));
    }
  };
  const tag = pixel === undefined ? '' : `<script src="${pixel.scriptUrl}" data-key="${pixel.key}" async></script>`;
  return (
    <section className={pageCss.card} data-links>
      <h2>{t('links.title')}</h2>
      <p className={pageCss.muted}>{t('links.what')}</p>
      {pixel !== undefined && pixel.linkBase === null && <Notice state="wait">{t('links.noAddress')}</Notice>}
      {channels.map((channel) => (
        <Switch
          key={channel.id}
          label={
            <>
              <ChannelIcon type={channel.type} size={16} /> {channel.name}
            </>
          }
          hint={t(channel.shortLinks ? 'links.on' : 'links.off')}
          checked={channel.shortLinks}
          disabled={!administers}
          onChange={(event) => void changeChannel(channel, { shortLinks: event.target.checked })}
        />
      ))}
      <form className={pageCss.stack} onSubmit={(event) => void save(event)} key={`${settings.linkDomain}/${settings.pixelSites.join()}`}>
        <TextField
          name="domain"
          label={t('links.domain')}
          hint={t('links.domainHint')}
          placeholder="https://go.example.com"
          defaultValue={settings.linkDomain ?? ''}
          disabled={disabled}
        />
        <TextArea
          name="sites"
          rows={2}
          label={t('links.sites')}
          hint={t('links.sitesHint')}
          placeholder="https://shop.example.com"
          defaultValue={settings.pixelSites.join('\n')}
          disabled={disabled}
        />
        {error !== undefined && <Notice state="late">{error}</Notice>}
        <div className={pageCss.actions}>
          <Button type="submit" disabled={disabled}>
            {t('links.save')}
          </Button>
        </div>
      </form>
      <h2>{t('links.pixel')}</h2>
      <p className={pageCss.muted}>{t('links.pixelHint')}</p>
      <code className={pageCss.code}>{tag}</code>
      <div className={pageCss.actions}>
        <Button disabled={tag === ''} onClick={() => void navigator.clipboard.writeText(tag)}>
          {t('webchat.copy')}
        </Button>
      </div>
    </section>
  );
}
