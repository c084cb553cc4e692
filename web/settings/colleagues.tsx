import { IconX } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { useUsers } from '../data/queries.ts';
import { fieldWords, problemWords } from '../data/words.ts';
import { Button } from '../ui/button.tsx';
import { Select, TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { refetchChannels } from './channels.tsx';
import css from './settings.module.css';

type Colleague = NonNullable<Channel['settings']['colleagues']>[number];

/** Whose replies in the messenger's own app are whose: without it they are a person's, but nobody's by name. */
export function Colleagues({ channel, disabled, example }: { channel: Channel; disabled: boolean; example: string }) {
  const { t } = useTranslation();
  const users = useUsers().data ?? [];
  const colleagues = channel.settings.colleagues ?? [];
  const [error, setError] = useState<unknown>();
  const [working, setWorking] = useState(false);
  const save = async (next: Colleague[]): Promise<boolean> => {
    setWorking(true);
    setError(undefined);
    try {
      const body = { settings: { ...channel.settings, colleagues: next } };
      await call<Channel>('PATCH', `/api/channels/${channel.id}`, { body, idempotencyKey: crypto.randomUUID() });
      return true;
    } catch (failure) {
      setError(failure);
      return false;
    } finally {
      await refetchChannels();
      setWorking(false);
    }
  };
  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const added = { externalId: String(given.get('externalId')).trim(), userId: Number(given.get('userId')) };
    if (await save([...colleagues, added])) form.reset();
  };
  const wrong = fieldWords(error, 'externalId');
  return (
    <details className={css.colleagues} open={colleagues.length > 0 || undefined}>
      <summary>{t('channel.colleagues')}</summary>
      <p className={pageCss.muted}>{t('channel.colleaguesHint')}</p>
      {colleagues.length > 0 && (
        <ul>
          {colleagues.map((colleague) => (
            <li key={colleague.externalId}>
              <span>{colleague.name ?? colleague.externalId}</span>
              <span aria-hidden>→</span>
              <strong>{users.find(({ id }) => id === colleague.userId)?.name ?? '—'}</strong>
              <Button
                kind="quiet"
                icon={<IconX size={16} aria-hidden />}
                aria-label={t('common.remove', { name: colleague.name ?? colleague.externalId })}
                disabled={disabled || working}
                onClick={() => void save(colleagues.filter(({ externalId }) => externalId !== colleague.externalId))}
              />
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={(event) => void add(event)}>
        <TextField
          name="externalId"
          label={t('channel.colleaguesPage')}
          placeholder={example}
          autoComplete="off"
          spellCheck={false}
          required
          maxLength={200}
          disabled={disabled}
          error={wrong}
        />
        <Select name="userId" label={t('channel.colleaguesUser')} required disabled={disabled}>
          {users
            .filter(({ isActive }) => isActive)
            .map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
        </Select>
        <Button type="submit" disabled={disabled || working || users.length === 0}>
          {t('channel.colleaguesAdd')}
        </Button>
      </form>
      {error !== undefined && wrong === undefined && <p role="alert">{problemWords(error)}</p>}
    </details>
  );
}
