import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../api/contract/index.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { SpanFields } from './spans.tsx';
import css from './week.module.css';

type Holiday = Settings['schedule']['holidays'][number];

interface HolidaysProps {
  holidays: Holiday[];
  disabled: boolean;
  onChange: (holidays: Holiday[]) => void;
}

const byDate = (a: Holiday, b: Holiday) => a.date.localeCompare(b.date);
const DAY_MS = 86_400_000;
/** What the API takes. */
const MAX_HOLIDAYS = 400;

/** Dates from one to another, both included; a single one where the other is empty or earlier. */
function datesBetween(from: string, to: string): string[] {
  const first = Date.parse(from);
  const last = Math.max(first, Date.parse(to) || first);
  const count = Math.min(Math.round((last - first) / DAY_MS) + 1, MAX_HOLIDAYS);
  return Array.from({ length: count }, (_, index) => new Date(first + index * DAY_MS).toISOString().slice(0, 10));
}

/** Days that are not like their weekday: free, or with hours of their own (a short day, a working Saturday). */
export function Holidays({ holidays, disabled, onChange }: HolidaysProps) {
  const { t } = useTranslation();
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const add = () => {
    const known = new Set(holidays.map(({ date }) => date));
    const added = datesBetween(from, to).filter((date) => !known.has(date));
    setFrom('');
    setTo('');
    if (added.length > 0) onChange([...holidays, ...added.map((date) => ({ date }))].toSorted(byDate).slice(0, MAX_HOLIDAYS));
  };
  return (
    <div className={css.sub}>
      <h3>{t('settings.holidays.title')}</h3>
      {holidays.length === 0 && <span className={pageCss.muted}>{t('settings.holidays.none')}</span>}
      <ul className={css.holidays}>
        {holidays.map((holiday) => (
          <li key={holiday.date}>
            <time dateTime={holiday.date}>{dateText(holiday.date)}</time>
            <SpanFields
              name={dateText(holiday.date)}
              spans={holiday.spans ?? []}
              disabled={disabled}
              onChange={(spans) =>
                onChange(
                  holidays.map((one) => (one.date === holiday.date ? { date: one.date, ...(spans.length === 0 ? {} : { spans }) } : one)),
                )
              }
            />
            <IconButton
              small
              label={`${t('settings.holidays.remove')}: ${dateText(holiday.date)}`}
              disabled={disabled}
              onClick={() => onChange(holidays.filter(({ date }) => date !== holiday.date))}
            >
              <IconX size={14} aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
      {!disabled && (
        <div className={pageCss.actions} style={{ alignItems: 'end' }}>
          <TextField label={t('settings.holidays.from')} type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
          <TextField label={t('settings.holidays.to')} type="date" value={to} min={from} onChange={(event) => setTo(event.target.value)} />
          <Button icon={<IconPlus size={16} aria-hidden />} disabled={from === ''} onClick={add}>
            {t('settings.holidays.add')}
          </Button>
        </div>
      )}
    </div>
  );
}

function dateText(date: string): string {
  const [year, month, day] = date.split('-');
  return `${day}.${month}.${year}`;
}
