import { IconBolt, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot, Trigger } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { problemWords } from '../data/words.ts';
import { Empty } from '../ui/bits.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { DurationField } from '../ui/duration-field.tsx';
import { Checkbox, Select } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { refetchBot } from './bot-page.tsx';
import css from './bots.module.css';
import { TriggerPlaces } from './trigger-places.tsx';

/** Triggers have no name of their own while they are edited: each gets one for the list. */
type Edited = Trigger & { key: string };
const edited = (trigger: Trigger): Edited => ({ ...trigger, key: crypto.randomUUID() });

function TriggerCard({
  trigger,
  disabled,
  onChange,
  onRemove,
}: {
  trigger: Edited;
  disabled: boolean;
  onChange: (next: Edited) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  const filter = (change: Trigger['filter']) => onChange({ ...trigger, filter: { ...trigger.filter, ...change } });
  return (
    <fieldset className={css.trigger} disabled={disabled}>
      <div className={css.triggerHead}>
        <Select
          label={t('trigger.when')}
          value={trigger.type}
          onChange={(event) => onChange({ ...trigger, type: event.target.value as Trigger['type'] })}
        >
          <option value="conversation_started">{t('trigger.conversation_started')}</option>
          <option value="message_received">{t('trigger.message_received')}</option>
          <option value="link_followed">{t('trigger.link_followed')}</option>
          <option value="site_visited">{t('trigger.site_visited')}</option>
        </Select>
        <IconButton label={t('trigger.remove')} onClick={onRemove}>
          <IconTrash size={18} stroke={1.6} aria-hidden />
        </IconButton>
      </div>
      <TriggerPlaces filter={trigger.filter} disabled={disabled} onChange={filter} />
      {trigger.type === 'conversation_started' && (
        <Checkbox
          label={t('trigger.firstOnly')}
          hint={t('trigger.firstOnlyHint')}
          checked={trigger.filter.firstOnly === true}
          onChange={(event) => filter({ firstOnly: event.target.checked || undefined })}
        />
      )}
      {trigger.type === 'message_received' && (
        <Checkbox
          label={t('trigger.alsoWhileBotWaits')}
          hint={t('trigger.alsoWhileBotWaitsHint')}
          checked={trigger.filter.alsoWhileBotWaits === true}
          onChange={(event) => filter({ alsoWhileBotWaits: event.target.checked || undefined })}
        />
      )}
      <div className={pageCss.two}>
        <DurationField
          label={t('trigger.delay')}
          hint={t('trigger.delayHint')}
          seconds={trigger.delaySeconds}
          onChange={(delaySeconds) => onChange({ ...trigger, delaySeconds })}
        />
        <DurationField
          label={t('trigger.cooldown')}
          hint={t('trigger.cooldownHint')}
          seconds={trigger.cooldownSeconds}
          onChange={(cooldownSeconds) => onChange({ ...trigger, cooldownSeconds })}
        />
      </div>
    </fieldset>
  );
}

/** When the bot starts by itself. */
export function Triggers({ bot, disabled }: { bot: Bot; disabled: boolean }) {
  const { t } = useTranslation();
  const [triggers, setTriggers] = useState(() => bot.triggers.map(({ id: _, ...trigger }) => edited(trigger)));
  const [dirty, setDirty] = useState(false);
  const [saving, setSaving] = useState(false);
  const change = (next: Edited[]) => {
    setTriggers(next);
    setDirty(true);
  };
  const add = () => change([...triggers, edited({ type: 'conversation_started', filter: {}, delaySeconds: 0, cooldownSeconds: 0 })]);
  const save = async () => {
    setSaving(true);
    try {
      await call('PUT', `/api/bots/${bot.id}/triggers`, { body: triggers.map(({ key: _, ...trigger }) => trigger) });
      setDirty(false);
      toast({ text: t('trigger.saved') });
      await refetchBot(bot.id);
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    } finally {
      setSaving(false);
    }
  };
  const addButton = (kind: 'primary' | 'plain') => (
    <Button kind={kind} disabled={disabled} icon={<IconPlus size={18} stroke={1.6} aria-hidden />} onClick={add}>
      {t('bot.addTrigger')}
    </Button>
  );
  return (
    <div className={pageCss.body}>
      {triggers.length === 0 && !dirty ? (
        <Empty icon={<IconBolt size={36} stroke={1.4} />} title={t('trigger.none')} action={addButton('primary')}>
          {t('trigger.noneHint')}
        </Empty>
      ) : (
        <div className={pageCss.column}>
          {triggers.map((trigger) => (
            <TriggerCard
              key={trigger.key}
              trigger={trigger}
              disabled={disabled}
              onChange={(next) => change(triggers.map((each) => (each.key === next.key ? next : each)))}
              onRemove={() => change(triggers.filter(({ key }) => key !== trigger.key))}
            />
          ))}
          <div className={pageCss.actions}>
            {addButton('plain')}
            <Button kind="primary" disabled={disabled || !dirty || saving} onClick={() => void save()}>
              {t('common.save')}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}
