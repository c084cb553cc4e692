import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeptKeys } from '../ui/keyed.ts';
import { clockText, DAY, isSameSpan, type Span, tidy } from './spans.tsx';
import css from './week.module.css';

const STEP = 15;
const snap = (minutes: number) => Math.min(DAY, Math.max(0, Math.round(minutes / STEP) * STEP));

/** What the pointer has hold of: a span's beginning, its end, all of it, or a new one that is being drawn. */
interface Drag {
  index: number;
  part: 'from' | 'to' | 'all';
  /** Where it was taken, in minutes. */
  at: number;
  before: Span[];
}

interface DayBarProps {
  name: string;
  spans: readonly Span[];
  disabled: boolean;
  onChange: (spans: Span[]) => void;
}

/**
 * One day as a bar of 24 hours. Spans are drawn, moved and stretched with the pointer in quarters of an hour; each end is a slider for the keyboard,
 * where Delete takes the span away.
 */
export function DayBar({ name, spans, disabled, onChange }: DayBarProps) {
  const { t } = useTranslation();
  const bar = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag>(undefined);
  const [drawn, setDrawn] = useState<Span[]>();
  const shown = useKeptKeys(drawn ?? spans, isSameSpan);

  const minuteAt = (event: PointerEvent) => {
    const box = bar.current!.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * DAY;
  };

  const take = (event: PointerEvent<HTMLElement>) => {
    if (disabled || event.button !== 0) return;
    const target = event.target as HTMLElement;
    const at = minuteAt(event);
    const index = Number(target.closest<HTMLElement>('[data-span]')?.dataset.span ?? -1);
    const part = target.dataset.end as 'from' | 'to' | undefined;
    event.currentTarget.setPointerCapture(event.pointerId);
    if (index >= 0) {
      drag.current = { index, part: part ?? 'all', at, before: [...spans] };
      return;
    }
    const from = snap(at);
    drag.current = { index: spans.length, part: 'to', at, before: [...spans, { from, to: from }] };
  };

  const pull = (event: PointerEvent) => {
    const held = drag.current;
    if (held === undefined) return;
    const by = minuteAt(event) - held.at;
    setDrawn(held.before.map((span, index) => (index === held.index ? pulled(span, held.part, by) : span)));
  };

  const drop = () => {
    const next = drawn;
    drag.current = undefined;
    setDrawn(undefined);
    if (next !== undefined) onChange(tidy(next));
  };

  const press = (event: KeyboardEvent, index: number, part: 'from' | 'to') => {
    const span = spans[index];
    if (disabled || span === undefined) return;
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      onChange(spans.filter((_, at) => at !== index));
      return;
    }
    const by = { ArrowRight: STEP, ArrowUp: STEP, ArrowLeft: -STEP, ArrowDown: -STEP, PageUp: 60, PageDown: -60 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = { ...span, [part]: snap(span[part] + by) };
    if (next.from < next.to) onChange(tidy(spans.map((one, at) => (at === index ? next : one))));
  };

  return (
    <div
      ref={bar}
      className={css.bar}
      data-bar
      data-disabled={disabled}
      title={disabled ? undefined : t('settings.week.draw')}
      onPointerDown={take}
      onPointerMove={pull}
      onPointerUp={drop}
      onPointerCancel={drop}
    >
      {shown.map(({ key, item: span }, index) => {
        const from = Math.min(span.from, span.to);
        const to = Math.max(span.from, span.to);
        return (
          <span
            key={key}
            className={css.span}
            data-span={index}
            style={{ left: `${(from / DAY) * 100}%`, width: `${((to - from) / DAY) * 100}%` }}
          >
            {(['from', 'to'] as const).map((part) => (
              <span
                key={part}
                className={css.end}
                data-end={part}
                role="slider"
                tabIndex={disabled ? -1 : 0}
                aria-label={`${name}: ${t(`settings.week.${part}`)}`}
                aria-valuemin={0}
                aria-valuemax={DAY}
                aria-valuenow={span[part]}
                aria-valuetext={clockText(span[part])}
                aria-disabled={disabled}
                onKeyDown={(event) => press(event, index, part)}
              />
            ))}
          </span>
        );
      })}
    </div>
  );
}

function pulled(span: Span, part: Drag['part'], by: number): Span {
  if (part === 'all') {
    const length = span.to - span.from;
    const from = Math.min(DAY - length, Math.max(0, snap(span.from + by)));
    return { from, to: from + length };
  }
  const [one, other] = part === 'from' ? [snap(span.from + by), span.to] : [snap(span.to + by), span.from];
  return { from: Math.min(one, other), to: Math.max(one, other) };
}
