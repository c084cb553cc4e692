import { useTranslation } from 'react-i18next';
import { Chip } from './bits.tsx';
import { Select } from './field.tsx';
import css from './several.module.css';

interface SeveralProps {
  label: string;
  hint?: string;
  error?: string | undefined;
  /** What the list of those that are not chosen yet invites to. */
  add: string;
  options: readonly { id: number; name: string }[];
  ids: readonly number[];
  /** The name of one that is chosen; it need not be among the options. */
  nameOf: (id: number) => string;
  disabled: boolean;
  onChange: (ids: number[]) => void;
}

/** Any number of things that have a name: a list to add from, and what is chosen as removable chips below it. */
export function Several({ label, hint, error, add, options, ids, nameOf, disabled, onChange }: SeveralProps) {
  const { t } = useTranslation();
  const others = options.filter(({ id }) => !ids.includes(id));
  return (
    <div className={css.several}>
      <Select
        label={label}
        hint={hint}
        error={error}
        value=""
        disabled={disabled || others.length === 0}
        onChange={(event) => event.target.value !== '' && onChange([...ids, Number(event.target.value)])}
      >
        <option value="">{add}</option>
        {others.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      {ids.length > 0 && (
        <div className={css.chosen}>
          {ids.map((id) =>
            disabled ? (
              <span key={id}>{nameOf(id)}</span>
            ) : (
              <Chip key={id} removal={t('common.remove', { name: nameOf(id) })} onRemove={() => onChange(ids.filter((one) => one !== id))}>
                {nameOf(id)}
              </Chip>
            ),
          )}
        </div>
      )}
    </div>
  );
}
