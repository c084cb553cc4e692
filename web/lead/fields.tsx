import { useTranslation } from 'react-i18next';
import type { FieldDefinition, FieldValuesView } from '../../api/contract/index.ts';
import { useKeptKeys } from '../ui/keyed.ts';
import { Editable } from './editable.tsx';
import css from './panel.module.css';

type Value = FieldValuesView[string][number];
interface FieldProps {
  definition: FieldDefinition;
  values: Value[];
  disabled: boolean;
  /** Replaces all values of the field; an empty list empties it. */
  onSave: (values: Value[]) => Promise<boolean>;
}

const inputTypes = { numeric: 'number', date: 'date', url: 'url' } as const;
const plain = (value: Value | undefined): string => (value === undefined ? '' : String(value.value));

/** A date is stored in seconds (as in the vendor's accounts) or as an ISO text; the field wants `2026-11-22`. */
function dateText(value: Value | undefined): string {
  if (value === undefined) return '';
  if (typeof value.value === 'number') return new Date(value.value * 1000).toISOString().slice(0, 10);
  return String(value.value).slice(0, 10);
}

function Choice({ definition, values, disabled, onSave }: FieldProps) {
  const many = definition.type === 'multiselect';
  const chosen = values.map(({ enumId, value }) => enumId ?? definition.enums.find((each) => each.value === value)?.id ?? 0);
  const pick = (ids: number[]) =>
    void onSave(definition.enums.filter(({ id }) => ids.includes(id)).map(({ id, value }) => ({ value, enumId: id })));
  if (!many)
    return (
      <select
        className={css.value}
        aria-label={definition.name}
        disabled={disabled}
        value={chosen[0] ?? 0}
        onChange={(event) => pick([Number(event.target.value)])}
      >
        <option value={0}>—</option>
        {definition.enums.map(({ id, value }) => (
          <option key={id} value={id}>
            {value}
          </option>
        ))}
      </select>
    );
  return (
    <div>
      {definition.enums.map(({ id, value }) => (
        <label key={id} style={{ display: 'flex', gap: 6, padding: '3px 6px' }}>
          <input
            type="checkbox"
            disabled={disabled}
            checked={chosen.includes(id)}
            onChange={(event) => pick(event.target.checked ? [...chosen, id] : chosen.filter((each) => each !== id))}
          />
          {value}
        </label>
      ))}
    </div>
  );
}

const isSameValue = (now: Value | undefined, before: Value | undefined) => now !== undefined && now.value === before?.value;

/** All values of a field one below another, with room for one more. */
function Several({ definition, values, disabled, onSave }: FieldProps) {
  const { t } = useTranslation();
  const fields = useKeptKeys([...values, undefined], isSameValue);
  return (
    <div>
      {fields.map(({ key, item: value }, index) => (
        <Editable
          key={key}
          label={definition.name}
          value={plain(value)}
          disabled={disabled}
          type={definition.code === 'EMAIL' ? 'email' : definition.code === 'PHONE' ? 'tel' : 'text'}
          placeholder={index === 0 ? '—' : t('field.another')}
          onSave={(next) => {
            const rest = values.filter((_, other) => other !== index);
            return onSave(next === '' ? rest : [...values.slice(0, index), { ...value, value: next }, ...values.slice(index + 1)]);
          }}
        />
      ))}
    </div>
  );
}

/** One custom field, edited where it stands, in the way its type asks for. */
export function Field({ definition, values, disabled, onSave }: FieldProps) {
  const { name, type } = definition;
  if (type === 'select' || type === 'multiselect')
    return <Choice definition={definition} values={values} disabled={disabled} onSave={onSave} />;
  if (type === 'checkbox')
    return (
      <input
        type="checkbox"
        aria-label={name}
        disabled={disabled}
        checked={values[0]?.value === true}
        onChange={(event) => void onSave([{ value: event.target.checked }])}
        style={{ margin: '7px 6px' }}
      />
    );
  if (type === 'multitext') return <Several definition={definition} values={values} disabled={disabled} onSave={onSave} />;
  const save = (next: string) => {
    if (next === '') return onSave([]);
    if (type === 'numeric') return onSave([{ value: Number(next) }]);
    if (type === 'date') return onSave([{ value: Math.floor(Date.parse(`${next}T00:00:00Z`) / 1000) }]);
    return onSave([{ value: next }]);
  };
  return (
    <Editable
      label={name}
      value={type === 'date' ? dateText(values[0]) : plain(values[0])}
      disabled={disabled}
      {...(type === 'textarea' ? { lines: 3 } : {})}
      type={inputTypes[type as keyof typeof inputTypes] ?? 'text'}
      onSave={save}
    />
  );
}

/** All fields of one entity, in their order. */
export function Fields({
  definitions,
  values,
  disabled,
  onSave,
}: {
  definitions: FieldDefinition[];
  values: FieldValuesView;
  disabled: boolean;
  onSave: (fields: FieldValuesView) => Promise<boolean>;
}) {
  return definitions
    .toSorted((a, b) => a.sort - b.sort)
    .map((definition) => (
      <div key={definition.id} className={css.row}>
        <span>{definition.name}</span>
        <Field
          definition={definition}
          values={values[definition.id] ?? []}
          disabled={disabled}
          onSave={(next) => onSave({ [definition.id]: next })}
        />
      </div>
    ));
}
