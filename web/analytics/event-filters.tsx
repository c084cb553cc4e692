import { Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { eventTypes } from '../../domain/analytics/event-types.ts';
import { outcomeWords } from '../../domain/analytics/event-words.ts';
import { addDays, dayOf } from '../../domain/analytics/periods.ts';
import { useBots, useChannels, useUsers } from '../data/queries.ts';
import { currentLanguage } from '../i18n/index.ts';
import { duration } from '../lib/time.ts';
import { Chip } from '../ui/bits.tsx';
import { FilterMenu } from '../ui/filter-menu.tsx';
import css from './analytics.module.css';
import { spanLabel } from './words.ts';

/** Names in the address that the list is filtered by; those of `GET /api/events`. */
export const filterNames = [
  'type',
  'author',
  'entity',
  'fromDay',
  'toDay',
  'channel',
  'user',
  'bot',
  'outcome',
  'rate',
  'answer',
  'waited',
  'lead',
  'contact',
  'conversation',
] as const;
export type EventFilters = Partial<Record<(typeof filterNames)[number], string>>;

interface Choice {
  name: 'type' | 'author' | 'entity' | 'channel' | 'user' | 'bot';
  options: { value: string; label: string }[];
}

/** Filters in force as removable words, and a menu of those that can be added. A second choice of a kind is added to the first. */
export function EventFilterChips({ filters, set }: { filters: EventFilters; set: (changes: EventFilters) => void }) {
  const { t } = useTranslation();
  const users = (useUsers().data ?? []).map(({ id, name }) => ({ id, name }));
  const bots = useBots().data ?? [];
  const channels = useChannels().data?.items ?? [];
  const language = currentLanguage();
  const choices: Choice[] = [
    { name: 'type', options: eventTypes.map((type) => ({ value: type.key, label: type[language] })) },
    {
      name: 'author',
      options: [
        ...(['client', 'user', 'bot', 'system'] as const).map((kind) => ({ value: kind as string, label: t(`analytics.author.${kind}`) })),
        ...users.map(({ id, name }) => ({ value: `user:${id}`, label: name })),
        { value: 'user:0', label: t('analytics.managers.other') },
        ...bots.map(({ id, name }) => ({ value: `bot:${id}`, label: name })),
      ],
    },
    {
      name: 'entity',
      options: (['talk', 'lead', 'contact', 'customer', 'task'] as const).map((kind) => ({
        value: kind,
        label: t(`analytics.entity.${kind}`),
      })),
    },
    { name: 'channel', options: channels.map(({ id, name }) => ({ value: String(id), label: name })) },
    {
      name: 'user',
      options: [{ value: '0', label: t('analytics.nobody') }, ...users.map(({ id, name }) => ({ value: String(id), label: name }))],
    },
    { name: 'bot', options: bots.map(({ id, name }) => ({ value: String(id), label: name })) },
  ];
  const today = dayOf(Date.now(), Intl.DateTimeFormat().resolvedOptions().timeZone);
  const spans = (['today', 'week', 'month'] as const).map((name) => ({
    name,
    from: addDays(today, { today: 0, week: -6, month: -29 }[name]),
  }));
  const words = ({ name, options }: Choice) => {
    const values = (filters[name] ?? '').split(',');
    const shown = values.slice(0, 3).map((value) => options.find((option) => option.value === value)?.label ?? value);
    return shown.join(', ') + (values.length > 3 ? ` +${values.length - 3}` : '');
  };
  const add = (name: Choice['name'], value: string) => {
    const now = (filters[name] ?? '').split(',').filter((one) => one !== '');
    if (!now.includes(value)) set({ [name]: [...now, value].join(',') });
  };
  const { fromDay, toDay } = filters;
  return (
    <>
      {(fromDay !== undefined || toDay !== undefined) && (
        <Chip onRemove={() => set({ fromDay: '', toDay: '' })}>
          {fromDay !== undefined && toDay !== undefined ? spanLabel(fromDay, toDay) : `${fromDay ?? '…'} – ${toDay ?? '…'}`}
        </Chip>
      )}
      {choices
        .filter(({ name }) => filters[name] !== undefined)
        .map((choice) => (
          <Chip key={choice.name} onRemove={() => set({ [choice.name]: '' })}>
            {t(`analytics.filter.${choice.name}`)}: {words(choice)}
          </Chip>
        ))}
      {filters.rate !== undefined && (
        <Chip onRemove={() => set({ rate: '' })}>
          {t('analytics.filter.rate')}: {filters.rate.replace(/^(\d+)-\1$/, '$1').replace('-', '–')}
        </Chip>
      )}
      {filters.answer !== undefined && (
        <Chip onRemove={() => set({ answer: '' })}>
          {t(filters.answer === 'first' ? 'analytics.filter.firstAnswers' : 'analytics.filter.answers')}
        </Chip>
      )}
      {filters.waited !== undefined && (
        <Chip onRemove={() => set({ waited: '' })}>
          {t('analytics.filter.waited')}: {waitedWords(filters.waited)}
        </Chip>
      )}
      {filters.outcome !== undefined && (
        <Chip onRemove={() => set({ outcome: '' })}>
          {t('analytics.filter.outcome')}:{' '}
          {filters.outcome
            .split(',')
            .map((outcome) => outcomeWords(outcome, language))
            .join(', ')}
        </Chip>
      )}
      {(['lead', 'contact', 'conversation'] as const)
        .filter((name) => filters[name] !== undefined)
        .map((name) => (
          <Chip key={name} onRemove={() => set({ [name]: '' })}>
            {t(`analytics.filter.${name}`)}: {filters[name]}
          </Chip>
        ))}
      <FilterMenu>
        <Menu.Label>{t('analytics.period')}</Menu.Label>
        {spans.map(({ name, from }) => (
          <Menu.Item key={name} onClick={() => set({ fromDay: from, toDay: today })}>
            {t(`analytics.period.${name}`)}
          </Menu.Item>
        ))}
        <div className={css.dates} style={{ padding: '4px 8px' }}>
          <input
            type="date"
            aria-label={t('analytics.from')}
            value={fromDay ?? ''}
            max={toDay}
            onChange={(event) => set({ fromDay: event.target.value })}
          />
          <input
            type="date"
            aria-label={t('analytics.to')}
            value={toDay ?? ''}
            min={fromDay}
            onChange={(event) => set({ toDay: event.target.value })}
          />
        </div>
        {choices
          .filter(({ options }) => options.length > 0)
          .map(({ name, options }) => (
            <div key={name}>
              <Menu.Label>{t(`analytics.filter.${name}`)}</Menu.Label>
              {options.map(({ value, label }) => (
                <Menu.Item key={value} onClick={() => add(name, value)}>
                  {label}
                </Menu.Item>
              ))}
            </div>
          ))}
      </FilterMenu>
    </>
  );
}

/** `1 мин – 5 мин` of `60000-300000`; what is no span stands as it is. */
function waitedWords(waited: string): string {
  const [least, below] = waited.split('-').map((ms) => (ms === '' ? '…' : duration(Number(ms))));
  return below === undefined ? waited : `${least} – ${below}`;
}
