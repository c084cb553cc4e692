import { startTransition, useOptimistic } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings, SettingsChange } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { useSettings } from '../data/queries.ts';
import { queryClient } from '../data/query-client.ts';
import { problemWords } from '../data/words.ts';
import { duration } from '../lib/time.ts';
import { Skeleton } from '../ui/bits.tsx';
import { DurationField } from '../ui/duration-field.tsx';
import { Radio, Switch, TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { Links } from './links.tsx';
import { Nps } from './nps.tsx';
import { ResponseTime } from './response.tsx';
import css from './settings.module.css';

let saving: Promise<void> = Promise.resolve();

/** Stores changes one after another, so that the last one wins; what the server then has is what is shown. */
function save(change: SettingsChange): Promise<void> {
  saving = saving.then(async () => {
    try {
      await call('PUT', '/api/settings', { body: change });
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
    await queryClient.invalidateQueries({ queryKey: ['settings'] });
  });
  return saving;
}

interface SectionProps {
  settings: Settings;
  set: (change: Partial<Settings>) => void;
  disabled: boolean;
}

/** The rule with an example that changes with the choice: what happens to the number when Anna writes again. */
function NewConversation({ settings, set, disabled }: SectionProps) {
  const { t } = useTranslation();
  const rule = settings.newConversation;
  const hours = rule.rule === 'newAfter' ? rule.hours : 24;
  return (
    <section className={pageCss.card}>
      <h2>{t('settings.new.title')}</h2>
      <fieldset className={pageCss.stack} disabled={disabled} style={{ border: 0, margin: 0, padding: 0 }}>
        <Radio
          name="rule"
          label={t('settings.new.reopen')}
          checked={rule.rule === 'reopen'}
          onChange={() => set({ newConversation: { rule: 'reopen' } })}
        />
        <Radio
          name="rule"
          label={t('settings.new.newAfter')}
          checked={rule.rule === 'newAfter'}
          onChange={() => set({ newConversation: { rule: 'newAfter', hours } })}
        />
        {rule.rule === 'newAfter' && (
          <div style={{ paddingLeft: 24, maxWidth: 280 }}>
            <DurationField
              label={t('settings.new.after')}
              least={1}
              seconds={Math.round(hours * 3600)}
              onChange={(seconds) => set({ newConversation: { rule: 'newAfter', hours: Math.min(seconds / 3600, 24 * 365) } })}
            />
          </div>
        )}
        <Radio
          name="rule"
          label={t('settings.new.alwaysNew')}
          checked={rule.rule === 'alwaysNew'}
          onChange={() => set({ newConversation: { rule: 'alwaysNew' } })}
        />
      </fieldset>
      <div className={css.example} role="status">
        {t(`settings.new.example.${rule.rule}`, { time: duration(hours * 3_600_000) })}
      </div>
      <Switch
        label={t('settings.thanks')}
        hint={t('settings.thanksHint')}
        checked={settings.thanksDoNotReopen}
        disabled={disabled}
        onChange={(event) => set({ thanksDoNotReopen: event.target.checked })}
      />
    </section>
  );
}

function BotRules({ settings, set, disabled }: SectionProps) {
  const { t } = useTranslation();
  return (
    <section className={pageCss.card}>
      <h2>{t('settings.bots.title')}</h2>
      <Switch
        label={t('settings.bots.person')}
        hint={t('settings.bots.personHint')}
        checked={settings.personReplyEndsBot}
        disabled={disabled}
        onChange={(event) => set({ personReplyEndsBot: event.target.checked })}
      />
      <Switch
        label={t('settings.bots.notify')}
        hint={t('settings.bots.notifyHint')}
        checked={settings.notifyWhileBotListens}
        disabled={disabled}
        onChange={(event) => set({ notifyWhileBotListens: event.target.checked })}
      />
      <Switch
        label={t('settings.bots.unknown')}
        hint={t('settings.bots.unknownHint')}
        checked={settings.unknownOutcome === 'sendAgain'}
        disabled={disabled}
        onChange={(event) => set({ unknownOutcome: event.target.checked ? 'sendAgain' : 'markAndAsk' })}
      />
      <div style={{ maxWidth: 360 }}>
        <TextField
          key={settings.joinSeconds}
          label={t('settings.bots.join')}
          hint={t('settings.bots.joinHint')}
          type="number"
          min={0}
          max={30}
          defaultValue={settings.joinSeconds}
          disabled={disabled}
          onBlur={(event) => {
            const joinSeconds = Math.min(30, Math.max(0, Math.round(Number(event.target.value) || 0)));
            if (joinSeconds !== settings.joinSeconds) set({ joinSeconds });
          }}
        />
      </div>
    </section>
  );
}

function Sections({ stored, disabled }: { stored: Settings; disabled: boolean }) {
  const { t } = useTranslation();
  const [settings, show] = useOptimistic(stored, (current, change: Partial<Settings>) => ({ ...current, ...change }));
  const set = (change: Partial<Settings>) =>
    startTransition(async () => {
      show(change);
      await save(change);
    });
  return (
    <>
      <h2>{t('settings.chats.title')}</h2>
      <NewConversation settings={settings} set={set} disabled={disabled} />
      <ResponseTime settings={settings} set={set} disabled={disabled} />
      <Nps settings={settings} set={set} disabled={disabled} />
      <BotRules settings={settings} set={set} disabled={disabled} />
    </>
  );
}

/** Chats and messengers: when a conversation is new, how soon it must be answered, how bots and people share it. */
export function Chats({ disabled }: { disabled: boolean }) {
  const { data } = useSettings();
  if (data === undefined) return <Skeleton height={320} style={{ borderRadius: 10 }} />;
  return (
    <>
      <Sections stored={data} disabled={disabled} />
      <Links settings={data} disabled={disabled} />
    </>
  );
}
