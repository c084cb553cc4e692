import { IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '../../api/contract/index.ts';
import { fieldWords } from '../data/words.ts';
import { Notice } from '../ui/bits.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';

/** An integration that speaks the chats API: where it takes our hooks; the keys it has, where it is used elsewhere already. */
export function CustomFields({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <>
      <p className={pageCss.muted}>{t('custom.about')}</p>
      <TextField
        name="webhookUrl"
        type="url"
        label={t('custom.webhookUrl')}
        hint={t('custom.webhookUrlHint')}
        placeholder="https://example.com/hooks/:scope_id"
        required
        data-autofocus
        error={fieldWords(error, 'webhookUrl')}
      />
      <details open={['secret', 'channelId'].some((field) => fieldWords(error, field) !== undefined)}>
        <summary>{t('custom.keep')}</summary>
        <TextField
          name="channelId"
          label={t('custom.channelId')}
          autoComplete="off"
          spellCheck={false}
          error={fieldWords(error, 'channelId')}
        />
        <TextField name="secret" label={t('custom.secret')} autoComplete="off" spellCheck={false} error={fieldWords(error, 'secret')} />
      </details>
    </>
  );
}

/** What the integration must be told; the secret is shown here only. */
export function CustomKeys({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const { t } = useTranslation();
  const values = [
    { label: t('custom.channelId'), value: channel.channelId ?? '' },
    { label: t('custom.secret'), value: channel.secret ?? '' },
    ...(channel.facts.scopeId === undefined ? [] : [{ label: 'scope_id', value: channel.facts.scopeId }]),
  ];
  const copy = (value: string) => void navigator.clipboard.writeText(value).then(() => toast({ text: t('custom.copied') }));
  return (
    <div className={pageCss.stack}>
      <Notice state="wait">{t('custom.once')}</Notice>
      {values.map(({ label, value }, index) => (
        <div key={label} style={{ display: 'flex', alignItems: 'flex-end', gap: 4 }}>
          <div style={{ flex: 1 }}>
            <TextField label={label} value={value} readOnly spellCheck={false} {...(index === 0 ? { 'data-autofocus': true } : {})} />
          </div>
          <IconButton label={t('custom.copy', { name: label })} onClick={() => copy(value)}>
            <IconCopy size={18} stroke={1.6} aria-hidden />
          </IconButton>
        </div>
      ))}
      {channel.facts.scopeId === undefined && <p className={pageCss.muted}>{t('custom.scope')}</p>}
      <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
        <Button kind="primary" onClick={onClose}>
          {t('common.close')}
        </Button>
      </div>
    </div>
  );
}
