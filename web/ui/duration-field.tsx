import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import css from './field.module.css';

const units = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
type Unit = keyof typeof units;

const unitOf = (seconds: number): Unit =>
  (['days', 'hours', 'minutes'] as const).find((unit) => seconds > 0 && seconds % units[unit] === 0) ??
  (seconds === 0 ? 'minutes' : 'seconds');

interface DurationProps {
  label: string;
  hint?: string;
  seconds: number;
  least?: number;
  disabled?: boolean;
  onChange: (seconds: number) => void;
}

/** A length of time as a number and a unit, kept in seconds. */
export function DurationField({ label, hint, seconds, least = 0, disabled = false, onChange }: DurationProps) {
  const { t } = useTranslation();
  const id = useId();
  const [unit, setUnit] = useState<Unit>(() => unitOf(seconds));
  const shown = Number((seconds / units[unit]).toFixed(4));
  const set = (value: number, next: Unit) => onChange(Math.max(least, Math.round(value * units[next])));
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      <div style={{ display: 'grid', gridTemplateColumns: '80px minmax(0, 1fr)', gap: 8 }}>
        <input
          id={id}
          className={css.input}
          type="number"
          min={0}
          step="any"
          disabled={disabled}
          value={shown}
          onChange={(event) => set(Number(event.target.value), unit)}
        />
        <select
          className={css.input}
          aria-label={`${label}: ${t('duration.unit')}`}
          value={unit}
          disabled={disabled}
          onChange={(event) => {
            const next = event.target.value as Unit;
            set(seconds / units[unit], next);
            setUnit(next);
          }}
        >
          {(Object.keys(units) as Unit[]).map((each) => (
            <option key={each} value={each}>
              {t(`duration.${each}`, { count: shown })}
            </option>
          ))}
        </select>
      </div>
      {hint !== undefined && <div className={css.hint}>{hint}</div>}
    </div>
  );
}
