import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../api/contract/index.ts';
import { currentLanguage } from '../i18n/index.ts';
import { IconButton } from '../ui/button.tsx';
import fieldCss from '../ui/field.module.css';
import pageCss from '../ui/page.module.css';
import css from './settings.module.css';

type Schedule = Settings['schedule'];
const DAY = 1440;
const text = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** `9`, `9:30`, `0930`, `24:00`; undefined for what is no time of a day. */
function minutesOf(value: string): number | undefined {
  const [, hours, minutes = '0'] = /^\s*(\d{1,2})(?:[:. ]?(\d{2}))?\s*$/.exec(value) ?? [];
  const total = hours === undefined ? Number.NaN : Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && total <= DAY ? total : undefined;
}

/** The system's own time field follows the browser's language, not the page's, and knows no 24:00. */
function TimeField({
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
      defaultValue={text(minutes)}
      disabled={disabled}
      onBlur={(event) => {
        const next = minutesOf(event.target.value);
        if (next === undefined || next === minutes) event.target.value = text(minutes);
        else onChange(next);
      }}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
    />
  );
}

/** 5 January 1970 was a Monday: the names of the week in the reader's language. */
const dayName = (day: number) =>
  new Intl.DateTimeFormat(currentLanguage(), { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(1970, 0, 5 + day));

interface WeekProps {
  schedule: Schedule;
  disabled: boolean;
  onChange: (schedule: Schedule) => void;
}

/** The working week drawn as it is: a bar a day, its hours editable beside it. */
export function Week({ schedule, disabled, onChange }: WeekProps) {
  const { t } = useTranslation();
  const setDay = (day: number, spans: Schedule['week'][number]) => {
    const sorted = spans.filter(({ from, to }) => from < to).toSorted((a, b) => a.from - b.from);
    onChange({ ...schedule, week: schedule.week.map((each, index) => (index === day ? sorted : each)) });
  };
  return (
    <div className={pageCss.stack} style={{ gap: 8 }}>
      <div className={pageCss.muted}>
        {t('settings.week.title')} · {schedule.timeZone}
      </div>
      <div className={css.week}>
        {schedule.week.map((spans, day) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a day of the week is its place
          <div key={day} style={{ display: 'contents' }}>
            <strong>{dayName(day)}</strong>
            <div className={css.day} aria-hidden>
              {spans.map(({ from, to }) => (
                <span key={from} className={css.span} style={{ left: `${(from / DAY) * 100}%`, width: `${((to - from) / DAY) * 100}%` }} />
              ))}
            </div>
            <div className={css.spans}>
              {spans.map((span, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: spans of a day have no other name
                <span key={index} className={css.spans}>
                  <TimeField
                    label={`${dayName(day)}: ${t('settings.week.from')}`}
                    disabled={disabled}
                    minutes={span.from}
                    onChange={(from) =>
                      setDay(
                        day,
                        spans.map((each, at) => (at === index ? { ...each, from } : each)),
                      )
                    }
                  />
                  –
                  <TimeField
                    label={`${dayName(day)}: ${t('settings.week.to')}`}
                    disabled={disabled}
                    minutes={span.to}
                    onChange={(to) =>
                      setDay(
                        day,
                        spans.map((each, at) => (at === index ? { ...each, to } : each)),
                      )
                    }
                  />
                  <IconButton
                    small
                    label={t('settings.week.remove')}
                    disabled={disabled}
                    onClick={() =>
                      setDay(
                        day,
                        spans.filter((_, at) => at !== index),
                      )
                    }
                  >
                    <IconX size={14} aria-hidden />
                  </IconButton>
                </span>
              ))}
              {spans.length === 0 && (
                <>
                  <span className={pageCss.muted}>{t('settings.week.off')}</span>
                  <IconButton
                    small
                    label={t('settings.week.add')}
                    disabled={disabled}
                    onClick={() => setDay(day, [{ from: 540, to: 1080 }])}
                  >
                    <IconPlus size={14} aria-hidden />
                  </IconButton>
                </>
              )}
            </div>
          </div>
        ))}
        <span />
        <div className={css.hours} aria-hidden>
          {[0, 6, 12, 18, 24].map((hour) => (
            <span key={hour} style={{ left: `${(hour / 24) * 100}%` }}>
              {hour}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}
