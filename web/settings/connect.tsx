import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { useChannels } from '../data/queries.ts';
import { fieldWords, problemWords } from '../data/words.ts';
import { ChannelIcon, Notice } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { refetchChannels } from './channels.tsx';
import { ConnectFields } from './connect-fields.tsx';
import { type ConnectType, connectForm, connectTypes, fieldNames, newChannel, type Told } from './connect-forms.ts';
import { ConnectTold } from './connect-told.tsx';
import css from './settings.module.css';

/** Connects a messenger, step by step. What is wrong is said beside its field. */
export function Connect({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [type, setType] = useState<ConnectType>();
  const [told, setTold] = useState<Told>();
  const done = (channel: Channel, next: Told | undefined) => {
    toast({ text: t('channel.connected', { name: channel.name }) });
    if (next === undefined) onClose();
    else setTold(next);
  };
  return (
    <Dialog onClose={onClose} title={type === undefined ? t('connect.title') : t(`channel.type.${type}`)} size={520}>
      {told !== undefined ? (
        <ConnectTold told={told} onClose={onClose} />
      ) : type === undefined ? (
        <Types onChoose={setType} />
      ) : (
        <Form type={type} onBack={() => setType(undefined)} onDone={done} />
      )}
    </Dialog>
  );
}

function Types({ onChoose }: { onChoose: (type: ConnectType) => void }) {
  const { t } = useTranslation();
  const available = useChannels().data?.types.map(({ type }) => type) ?? [];
  return (
    <div className={css.types}>
      {connectTypes.map((type) => (
        <button key={type} type="button" className={css.type} disabled={!available.includes(type)} onClick={() => onChoose(type)}>
          <ChannelIcon type={type} size={28} />
          <span>
            <strong>{t(`channel.type.${type}`)}</strong>
            <small>{t(connectForm(type).short)}</small>
          </span>
        </button>
      ))}
    </div>
  );
}

interface FormProps {
  type: ConnectType;
  onBack: () => void;
  onDone: (channel: Channel, told: Told | undefined) => void;
}

function Form({ type, onBack, onDone }: FormProps) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>();
  const [working, setWorking] = useState(false);
  const form = connectForm(type);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { body, values } = newChannel(type, new FormData(event.currentTarget));
    setWorking(true);
    setError(undefined);
    try {
      const channel = await call<Channel>('POST', '/api/channels', { body, idempotencyKey: crypto.randomUUID() });
      await refetchChannels();
      onDone(channel, form.told?.(channel, values));
    } catch (failure) {
      setError(failure);
      setWorking(false);
    }
  };
  const hasItsField = [...fieldNames(form), 'name'].some((name) => fieldWords(error, name) !== undefined);
  return (
    <form className={pageCss.stack} onSubmit={(event) => void submit(event)}>
      <ConnectFields form={form} error={error} />
      <TextField name="name" label={t('connect.name')} hint={t('connect.nameHint')} maxLength={200} error={fieldWords(error, 'name')} />
      {error !== undefined && !hasItsField && <Notice state="late">{fieldWords(error, 'receive') ?? problemWords(error)}</Notice>}
      <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
        <Button onClick={onBack}>{t('common.back')}</Button>
        <Button kind="primary" type="submit" disabled={working}>
          {working ? t('connect.connecting') : t('connect.connect')}
        </Button>
      </div>
    </form>
  );
}
