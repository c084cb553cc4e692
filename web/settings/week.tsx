import { Menu } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../api/contract/index.ts';
import { currentLanguage } from '../i18n/index.ts';
import { IconButton } from '../ui/button.tsx';
import { DayBar } from './day-bar.tsx';
import { type Span, SpanFields } from './spans.tsx';
import css from './week.module.css';

type Schedule = Settings['schedule'];

/** 5 January 1970 was a Monday: the names of the week in the reader's language. */
const dayName = (day: number, length: 'short' | 'long') =>
  new Intl.DateTimeFormat(currentLanguage(), { weekday: length, timeZone: 'UTC' }).format(Date.UTC(1970, 0, 5 + day));

const WEEKDAYS = [0, 1, 2, 3, 4];
const ALL_DAYS = [0, 1, 2, 3, 4, 5, 6];

interface WeekProps {
  schedule: Schedule;
  disabled: boolean;
  onChange: (schedule: Schedule) => void;
}

/** The working week drawn as it is: a bar a day to draw in, its hours to type beside it, and a day's hours for other days too. */
export function Week({ schedule, disabled, onChange }: WeekProps) {
  const { t } = useTranslation();
  const week = ALL_DAYS.map((day) => ({ day, spans: schedule.week[day] ?? [] }));
  const setDays = (days: number[], spans: Span[]) =>
    onChange({ ...schedule, week: schedule.week.map((each, day) => (days.includes(day) ? spans.map((span) => ({ ...span })) : each)) });
  return (
    <fieldset className={css.week} aria-label={t('settings.week.title')}>
      {week.map(({ day, spans }) => (
        <div key={day} className={css.day} data-day={day}>
          <strong>{dayName(day, 'short')}</strong>
          <DayBar name={dayName(day, 'long')} spans={spans} disabled={disabled} onChange={(next) => setDays([day], next)} />
          <SpanFields name={dayName(day, 'long')} spans={spans} disabled={disabled} onChange={(next) => setDays([day], next)} />
          <Menu position="bottom-end">
            <Menu.Target>
              <IconButton small label={`${dayName(day, 'long')}: ${t('settings.week.copy')}`} disabled={disabled}>
                <IconCopy size={14} aria-hidden />
              </IconButton>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{t('settings.week.copy')}</Menu.Label>
              <Menu.Item onClick={() => setDays(WEEKDAYS, spans)}>{t('settings.week.copyWeekdays')}</Menu.Item>
              <Menu.Item onClick={() => setDays(ALL_DAYS, spans)}>{t('settings.week.copyAll')}</Menu.Item>
              <Menu.Item onClick={() => setDays([(day + 1) % 7], spans)}>{t('settings.week.copyNext')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      ))}
      <div className={css.day} aria-hidden>
        <span />
        <div className={css.hours}>
          {[0, 6, 12, 18, 24].map((hour) => (
            <span key={hour} style={{ left: `${(hour / 24) * 100}%` }}>
              {hour}
            </span>
          ))}
        </div>
      </div>
    </fieldset>
  );
}
