import { startTransition, useOptimistic } from 'react';
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

type Change = NonNullable<SettingsChange['duplicates']>;

let saving: Promise<void> = Promise.resolve();

/** Stores changes one after another, so that the last one wins; what the server then has is what is shown. */
function save(duplicates: Change): Promise<void> {
  saving = saving.then(async () => {
    try {
      await call('PUT', '/api/settings', { body: { duplicates } });
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
    await queryClient.invalidateQueries({ queryKey: ['settings'] });
    void queryClient.invalidateQueries({ queryKey: ['duplicates'] });
  });
  return saving;
}

const changed = (before: Rules, change: Change): Rules => ({
  enabled: change.enabled ?? before.enabled,
  by: { ...before.by, ...change.by } as Rules['by'],
  automatic: { ...before.automatic, ...change.automatic } as Rules['automatic'],
});

/** Whether duplicates are looked for, by what, and which are merged by themselves. */
export function Rules({ settings, disabled }: { settings: Settings; disabled: boolean }) {
  const { t } = useTranslation();
  const [rules, show] = useOptimistic(settings.duplicates, changed);
  const { enabled, by, automatic } = rules;
  const fields = useFields().data?.filter(({ entity, code }) => entity === 'contact' && code !== 'PHONE' && code !== 'EMAIL') ?? [];
  const set = (change: Change) =>
    startTransition(async () => {
      show(change);
      await save(change);
    });
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
