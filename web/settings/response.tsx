import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../api/contract/index.ts';
import { exampleOf } from '../../domain/schedule/example.ts';
import { DAY_MS, MINUTE_MS, offsetAt } from '../../domain/schedule/zone.ts';
import { serverNow } from '../lib/use-now.ts';
import { DurationField } from '../ui/duration-field.tsx';
import { Radio, Switch } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { Holidays } from './holidays.tsx';
import { People } from './people.tsx';
import css from './settings.module.css';
import { clockText } from './spans.tsx';
import { Week } from './week.tsx';
import { ZonePicker } from './zone-picker.tsx';

interface ResponseProps {
  settings: Settings;
  set: (change: Partial<Settings>) => void;
  disabled: boolean;
}

/** Day of the week (Monday = 0) and time by the account's own clock. */
function localOf(at: number, timeZone: string): { day: 0 | 1 | 2 | 3 | 4 | 5 | 6; date: number; time: string } {
  const local = at + offsetAt(timeZone, at);
  const date = Math.floor(local / DAY_MS);
  return { day: ((date + 3) % 7) as 0 | 1 | 2 | 3 | 4 | 5 | 6, date, time: clockText(Math.floor((local - date * DAY_MS) / MINUTE_MS)) };
}

/** What the rules as they stand make of one message: worked out by the very code that counts. */
function Example({ settings }: { settings: Settings }) {
  const { t } = useTranslation();
  const { responseTime, schedule } = settings;
  const now = useMemo(() => serverNow(), []);
  const { at, dueAt } = useMemo(() => {
    const example = exampleOf(schedule, responseTime.seconds * 1000, now);
    return responseTime.time === 'working' ? example : { at: example.at, dueAt: example.at + responseTime.seconds * 1000 };
  }, [schedule, responseTime, now]);
  const from = localOf(at, schedule.timeZone);
  const due = dueAt === undefined ? undefined : localOf(dueAt, schedule.timeZone);
  const weeks = due === undefined ? 0 : Math.floor((due.date - from.date) / 7);
  return (
    <div className={css.example} role="status">
      {due === undefined
        ? t('settings.response.never')
        : t('settings.response.example', {
            day: t(`settings.day.${from.day}`),
            time: from.time,
            dueDay: due.date === from.date ? t('settings.day.same') : t(`settings.day.${due.day}`),
            dueTime: due.time,
          })}
      {weeks > 0 && ` ${t('settings.response.weeks', { count: weeks })}`}
    </div>
  );
}

/** How soon clients must be answered, counted by which clock, and who hears when it was too late. */
export function ResponseTime({ settings, set, disabled }: ResponseProps) {
  const { t } = useTranslation();
  const rule = settings.responseTime;
  const { schedule } = settings;
  const change = (part: Partial<Settings['responseTime']>) => set({ responseTime: { ...rule, ...part } });
  return (
    <section className={pageCss.card} aria-label={t('settings.response.title')}>
      <Switch
        label={<strong>{t('settings.response.title')}</strong>}
        hint={t('settings.response.hint')}
        checked={rule.enabled}
        disabled={disabled}
        onChange={(event) => change({ enabled: event.target.checked })}
      />
      {rule.enabled && (
        <>
          <div className={pageCss.two}>
            <DurationField
              label={t('settings.response.limit')}
              least={1}
              seconds={rule.seconds}
              disabled={disabled}
              onChange={(seconds) => change({ seconds })}
            />
            <fieldset className={pageCss.stack} disabled={disabled} style={{ border: 0, margin: 0, padding: 0, gap: 4 }}>
              <Radio
                name="time"
                label={t('settings.response.calendar')}
                checked={rule.time === 'calendar'}
                onChange={() => change({ time: 'calendar' })}
              />
              <Radio
                name="time"
                label={t('settings.response.working')}
                checked={rule.time === 'working'}
                onChange={() => change({ time: 'working' })}
              />
            </fieldset>
          </div>
          <Example settings={settings} />
          {rule.time === 'working' && (
            <>
              <div style={{ maxWidth: 360 }}>
                <ZonePicker
                  key={schedule.timeZone}
                  value={schedule.timeZone}
                  disabled={disabled}
                  onChange={(timeZone) => set({ schedule: { ...schedule, timeZone } })}
                />
              </div>
              <Week schedule={schedule} disabled={disabled} onChange={(next) => set({ schedule: next })} />
              <Holidays
                holidays={schedule.holidays}
                disabled={disabled}
                onChange={(holidays) => set({ schedule: { ...schedule, holidays } })}
              />
            </>
          )}
          <Switch
            label={t('settings.response.person')}
            hint={t('settings.response.personHint')}
            checked={rule.stoppedBy === 'person'}
            disabled={disabled}
            onChange={(event) => change({ stoppedBy: event.target.checked ? 'person' : 'anybody' })}
          />
          <People
            label={t('settings.response.heads')}
            hint={t('settings.response.headsHint')}
            add={t('settings.response.addHead')}
            ids={rule.notifyUserIds}
            disabled={disabled}
            onChange={(notifyUserIds) => change({ notifyUserIds })}
          />
        </>
      )}
    </section>
  );
}
