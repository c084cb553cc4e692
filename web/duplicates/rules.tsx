import { useTranslation } from 'react-i18next';
import type { Settings, SettingsChange } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { useFields } from '../data/queries.ts';
import { queryClient } from '../data/query-client.ts';
import { problemWords } from '../data/words.ts';
import { Checkbox, Select, Switch } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import css from './duplicates.module.css';

type Rules = Settings['duplicates'];
const simple = ['phone', 'email', 'messenger', 'visitor'] as const;

/** Shown at once; what the server has is asked for again behind it. */
async function save(settings: Settings, duplicates: NonNullable<SettingsChange['duplicates']>): Promise<void> {
  const before = settings.duplicates;
  const guess: Rules = {
    enabled: duplicates.enabled ?? before.enabled,
    by: { ...before.by, ...duplicates.by } as Rules['by'],
    automatic: { ...before.automatic, ...duplicates.automatic } as Rules['automatic'],
  };
  queryClient.setQueryData<Settings>(['settings'], { ...settings, duplicates: guess });
  try {
    await call('PUT', '/api/settings', { body: { duplicates } });
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
  }
  await queryClient.invalidateQueries({ queryKey: ['settings'] });
  await queryClient.invalidateQueries({ queryKey: ['duplicates'] });
}

/** Whether duplicates are looked for, by what, and which are merged by themselves. */
export function Rules({ settings, disabled }: { settings: Settings; disabled: boolean }) {
  const { t } = useTranslation();
  const { enabled, by, automatic } = settings.duplicates;
  const fields = useFields().data?.filter(({ entity, code }) => entity === 'contact' && code !== 'PHONE' && code !== 'EMAIL') ?? [];
  const set = (change: NonNullable<SettingsChange['duplicates']>) => void save(settings, change);
  return (
    <section className={pageCss.card}>
      <h2>{t('settings.duplicates.title')}</h2>
      <Switch
        label={t('duplicates.enabled')}
        hint={t('duplicates.enabledHint')}
        checked={enabled}
        disabled={disabled}
        onChange={(event) => set({ enabled: event.target.checked })}
      />
      {enabled && (
        <table className={css.rules}>
          <thead>
            <tr>
              <th>{t('duplicates.by')}</th>
              <th>{t('duplicates.automatic')}</th>
            </tr>
          </thead>
          <tbody>
            {simple.map((signal) => (
              <tr key={signal}>
                <td>
                  <Checkbox
                    label={t(`duplicates.by.${signal}`)}
                    checked={by[signal]}
                    disabled={disabled}
                    onChange={(event) => set({ by: { [signal]: event.target.checked } })}
                  />
                </td>
                <td>
                  <input
                    type="checkbox"
                    aria-label={t('duplicates.automaticBy', { what: t(`duplicates.by.${signal}`) })}
                    checked={by[signal] && automatic[signal]}
                    disabled={disabled || !by[signal]}
                    onChange={(event) => set({ automatic: { [signal]: event.target.checked } })}
                  />
                </td>
              </tr>
            ))}
            <tr>
              <td>
                <Select
                  label={t('duplicates.by.field')}
                  value={by.fieldId ?? 0}
                  disabled={disabled}
                  onChange={(event) => set({ by: { fieldId: Number(event.target.value) || null } })}
                >
                  <option value={0}>{t('duplicates.noField')}</option>
                  {fields.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </Select>
              </td>
              <td>
                <input
                  type="checkbox"
                  aria-label={t('duplicates.automaticBy', { what: t('duplicates.by.field') })}
                  checked={by.fieldId !== null && automatic.field}
                  disabled={disabled || by.fieldId === null}
                  onChange={(event) => set({ automatic: { field: event.target.checked } })}
                />
              </td>
            </tr>
          </tbody>
        </table>
      )}
      {enabled && <p className={pageCss.muted}>{t('duplicates.automaticHint')}</p>}
    </section>
  );
}
