import { IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '../../api/contract/index.ts';
import { Button } from '../ui/button.tsx';
import { TextArea, TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { changeChannel } from './channels.tsx';

/** The line a page needs to carry the widget. */
export const snippetOf = (channel: Channel): string =>
  `<script async src="${location.origin}/widget.js" data-channel="${channel.facts.key ?? channel.externalId}"></script>`;

/** What the visitor sees, which pages may show it, and the tag to put into them. */
export function WebchatSettings({ channel, disabled }: { channel: Channel; disabled: boolean }) {
  const { t } = useTranslation();
  const { settings } = channel;
  const [draft, setDraft] = useState({
    title: settings.title ?? '',
    greeting: settings.greeting ?? '',
    accent: settings.accent ?? '#2a5bd7',
    origins: (settings.origins ?? []).join('\n'),
  });
  const [dirty, setDirty] = useState(false);
  const [saving, setSaving] = useState(false);
  const set = (change: Partial<typeof draft>) => {
    setDraft((now) => ({ ...now, ...change }));
    setDirty(true);
  };
  const save = async () => {
    setSaving(true);
    const next = { ...settings, ...draft, origins: draft.origins.split(/\s+/).filter(Boolean) };
    if (await changeChannel(channel, { settings: next })) {
      setDirty(false);
      toast({ text: t('common.saved') });
    }
    setSaving(false);
  };
  const snippet = snippetOf(channel);
  return (
    <>
      <div className={pageCss.two}>
        <TextField
          label={t('webchat.title')}
          value={draft.title}
          disabled={disabled}
          onChange={(event) => set({ title: event.target.value })}
        />
        <TextField
          label={t('webchat.accent')}
          type="color"
          value={draft.accent}
          disabled={disabled}
          onChange={(event) => set({ accent: event.target.value })}
        />
      </div>
      <TextArea
        label={t('webchat.greeting')}
        rows={2}
        value={draft.greeting}
        disabled={disabled}
        onChange={(event) => set({ greeting: event.target.value })}
      />
      <TextArea
        label={t('webchat.origins')}
        hint={t('webchat.originsHint')}
        rows={2}
        placeholder="https://shop.example.com"
        value={draft.origins}
        disabled={disabled}
        onChange={(event) => set({ origins: event.target.value })}
      />
      {dirty && (
        <div className={pageCss.actions}>
          <Button kind="primary" disabled={saving} onClick={() => void save()}>
            {t('common.save')}
          </Button>
        </div>
      )}
      <div className={pageCss.stack} style={{ gap: 4 }}>
        <div className={pageCss.cardHead}>
          <span className={pageCss.muted} style={{ flex: 1 }}>
            {t('webchat.snippet')}
          </span>
          <Button
            small
            kind="quiet"
            icon={<IconCopy size={16} stroke={1.6} aria-hidden />}
            onClick={() => void navigator.clipboard.writeText(snippet).then(() => toast({ text: t('webchat.copied') }))}
          >
            {t('webchat.copy')}
          </Button>
        </div>
        <code className={pageCss.code}>{snippet}</code>
      </div>
    </>
  );
}
