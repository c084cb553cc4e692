import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../api/contract/index.ts';
import { Button } from '../ui/button.tsx';
import { toast } from '../ui/toasts.tsx';
import css from './bots.module.css';
import { changeBot } from './change-bot.ts';

/** One line of JSON is unreadable: it is laid out for the eye. Whatever is no JSON stays as it is. */
export function readable(source: string): string {
  try {
    return JSON.stringify(JSON.parse(source.replace(/^\uFEFF/, '')), null, 2);
  } catch {
    return source;
  }
}

/** The draft as text. Saving checks it; nothing runs it until it is published. */
export function Source({ bot, disabled }: { bot: Bot; disabled: boolean }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<string>();
  const [saving, setSaving] = useState(false);
  const shown = readable(bot.source);
  const dirty = draft !== undefined && draft !== shown;
  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [dirty]);
  const save = async () => {
    if (draft === undefined) return;
    setSaving(true);
    if (await changeBot(bot, { source: draft })) {
      setDraft(undefined);
      toast({ text: t('bot.draftSaved') });
    }
    setSaving(false);
  };
  return (
    <>
      <textarea
        className={css.source}
        aria-label={t('bot.tab.source')}
        spellCheck={false}
        readOnly={disabled}
        value={draft ?? shown}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if ((event.ctrlKey || event.metaKey) && event.code === 'KeyS') {
            event.preventDefault();
            void save();
          }
        }}
      />
      <div className={css.sourceBar}>
        <span>{dirty ? t('bot.unsaved') : t('bot.sourceHint')}</span>
        <Button disabled={!dirty || saving} onClick={() => setDraft(undefined)}>
          {t('bot.revert')}
        </Button>
        <Button kind="primary" disabled={!dirty || saving} onClick={() => void save()}>
          {t('bot.saveDraft')}
        </Button>
      </div>
    </>
  );
}
