import { useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isTimeZone } from '../../domain/schedule/zone.ts';
import { currentLanguage } from '../i18n/index.ts';
import { TextField } from '../ui/field.tsx';

/** `UTC+3 · Москва, стандартное время`: found by the name people use, not only by that of the database. */
function zoneWords(timeZone: string, now: Date): string {
  const part = (timeZoneName: 'shortOffset' | 'long') =>
    new Intl.DateTimeFormat(currentLanguage(), { timeZone, timeZoneName }).formatToParts(now).find(({ type }) => type === 'timeZoneName')
      ?.value ?? '';
  return `${part('shortOffset').replace('GMT', 'UTC')} · ${part('long')}`;
}

/** A time zone, typed or searched for; the browser's own list, so that it is quick on a phone too. */
export function ZonePicker({ value, disabled, onChange }: { value: string; disabled: boolean; onChange: (zone: string) => void }) {
  const { t } = useTranslation();
  const list = useId();
  const [text, setText] = useState(value);
  const [asked, setAsked] = useState(false);
  const now = useMemo(() => new Date(), []);
  // Asking for 430 zones' names takes a moment: not before somebody wants them.
  const zones = useMemo(
    () => (asked ? Intl.supportedValuesOf('timeZone').map((zone) => ({ zone, words: zoneWords(zone, now) })) : []),
    [asked, now],
  );
  const isKnown = text.trim() !== '' && isTimeZone(text.trim());
  return (
    <div>
      <TextField
        label={t('settings.zone.title')}
        hint={isKnown ? zoneWords(text.trim(), now) : t('settings.zone.hint')}
        error={isKnown ? undefined : t('settings.zone.wrong')}
        list={list}
        value={text}
        disabled={disabled}
        autoComplete="off"
        spellCheck={false}
        onFocus={() => setAsked(true)}
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          if (next !== value && zones.some(({ zone }) => zone === next)) onChange(next);
        }}
        onBlur={() => {
          if (isKnown && text.trim() !== value) onChange(text.trim());
          else if (!isKnown) setText(value);
        }}
      />
      <datalist id={list}>
        {zones.map(({ zone, words }) => (
          <option key={zone} value={zone}>
            {words}
          </option>
        ))}
      </datalist>
    </div>
  );
}
