import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../ui/button.tsx';
import fieldCss from '../ui/field.module.css';
import { useKeptKeys } from '../ui/keyed.ts';
import css from './week.module.css';

export interface Span {
  from: number;
  to: number;
}

export const DAY = 1440;
/** What the API takes for one day. */
export const MAX_SPANS = 10;

export const clockText = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** `9`, `9:30`, `0930`, `24:00`; undefined for what is no time of a day. */
export function minutesOf(value: string): number | undefined {
  const [, hours, minutes = '0'] = /^\s*(\d{1,2})(?:[:. ]?(\d{2}))?\s*$/.exec(value) ?? [];
  const total = hours === undefined ? Number.NaN : Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && total <= DAY ? total : undefined;
}

/** Whether two spans are one whose ends may have moved: spans of a day never overlap. */
export const isSameSpan = (one: Span, other: Span) => one.from <= other.to && other.from <= one.to;

/** In order, without empty ones; those that meet are one. */
export function tidy(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const { from, to } of spans.filter((span) => span.from < span.to).toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result.slice(0, MAX_SPANS);
}

/** Room for one more span: after the last one an hour later, or the usual hours of a day that has none. */
export function withOneMore(spans: readonly Span[]): Span[] {
  const last = spans.at(-1);
  if (last === undefined) return [{ from: 540, to: 1080 }];
  if (last.to + 60 < DAY) return tidy([...spans, { from: last.to + 60, to: Math.min(DAY, last.to + 240) }]);
  const first = spans[0]!;
  return first.from > 60 ? tidy([{ from: Math.max(0, first.from - 240), to: first.from - 60 }, ...spans]) : [...spans];
}

/** The system's own time field follows the browser's language, not the page's, and knows no 24:00. */
export function TimeField({
  label,
  minutes,
  disabled,
  onChange,
}: {
  label: string;
  minutes: number;
  disabled: boolean;
  onChange: (minutes: number) => void;
}) {
  return (
    <input
      key={minutes}
      className={fieldCss.input}
      aria-label={label}
      inputMode="numeric"
      defaultValue={clockText(minutes)}
      disabled={disabled}
      onBlur={(event) => {
        const next = minutesOf(event.target.value);
        if (next === undefined || next === minutes) event.target.value = clockText(minutes);
        else onChange(next);
      }}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
    />
  );
}

/** The spans of one day as pairs of times, each removable, with room for one more. */
export function SpanFields({
  name,
  spans,
  disabled,
  onChange,
}: {
  name: string;
  spans: readonly Span[];
  disabled: boolean;
  onChange: (spans: Span[]) => void;
}) {
  const { t } = useTranslation();
  const shown = useKeptKeys(spans, isSameSpan);
  const put = (index: number, part: Partial<Span>) => onChange(tidy(spans.map((span, at) => (at === index ? { ...span, ...part } : span))));
  return (
    <div className={css.fields}>
      {shown.map(({ key, item: span }, index) => (
        <span key={key} className={css.pair}>
          <TimeField
            label={`${name}: ${t('settings.week.from')}`}
            disabled={disabled}
            minutes={span.from}
            onChange={(from) => put(index, { from })}
          />
          –
          <TimeField
            label={`${name}: ${t('settings.week.to')}`}
            disabled={disabled}
            minutes={span.to}
            onChange={(to) => put(index, { to })}
          />
          <IconButton
            small
            label={`${name}: ${t('settings.week.remove')}`}
            disabled={disabled}
            onClick={() => onChange(spans.filter((_, at) => at !== index))}
          >
            <IconX size={14} aria-hidden />
          </IconButton>
        </span>
      ))}
      {spans.length === 0 && <span className={css.off}>{t('settings.week.off')}</span>}
      <IconButton
        small
        label={`${name}: ${t('settings.week.add')}`}
        disabled={disabled || spans.length >= MAX_SPANS}
        onClick={() => onChange(withOneMore(spans))}
      >
        <IconPlus size={14} aria-hidden />
      </IconButton>
    </div>
  );
}
