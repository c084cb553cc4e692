import { Menu } from '@mantine/core';
import { IconCheck, IconChevronLeft, IconFilterPlus } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { useChannels, usePipelines, useSettings, useTags, useUsers } from '../data/queries.ts';
import { dayName, duration } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';
import { Chip } from '../ui/bits.tsx';
import { IconButton } from '../ui/button.tsx';
import { type Filters, useInboxAddress } from './address.ts';
import css from './inbox.module.css';

const MINUTE_S = 60;
const WAITS_S = [5 * MINUTE_S, 15 * MINUTE_S, 60 * MINUTE_S, 4 * 60 * MINUTE_S, 24 * 60 * MINUTE_S];
const DAY_MS = 86_400_000;

interface Option {
  value: string;
  label: string;
}

interface Kind {
  id: string;
  title: string;
  /** What stands in the address now; undefined: the filter is off. */
  value: string | undefined;
  /** In plain words, for the chip. */
  words: string;
  options: Option[];
  /** Several values at once, separated by commas. */
  several?: boolean;
  to: (value: string | undefined) => Record<string, string | undefined>;
}

const startOfDay = (at: number) => new Date(at).setHours(0, 0, 0, 0);

/** Every filter with its choices and what it says at the moment. */
function useKinds(filters: Filters): Kind[] {
  const { t } = useTranslation();
  const now = useNow(60_000);
  const channels = useChannels().data?.items ?? [];
  const users = useUsers().data ?? [];
  const pipelines = usePipelines().data ?? [];
  const leadTags = useTags('lead').data ?? [];
  const contactTags = useTags('contact').data ?? [];
  const nps = useSettings().data?.nps;
  const tags = new Map([...leadTags, ...contactTags].map(({ id, name }) => [String(id), name]));
  const listed = (value: string | undefined, options: Option[]) =>
    (value ?? '')
      .split(',')
      .map((each) => options.find((option) => option.value === each)?.label ?? each)
      .join(', ');
  const simple = (id: keyof Filters, title: string, options: Option[], several = true): Kind => ({
    id,
    title,
    value: filters[id],
    words: `${title}: ${listed(filters[id], options)}`,
    options,
    several,
    to: (value) => ({ [id]: value }),
  });
  const flag = (id: keyof Filters, title: string, yes: string, no: string) =>
    simple(
      id,
      title,
      [
        { value: 'true', label: yes },
        { value: 'false', label: no },
      ],
      false,
    );
  const period = filters.period === 'opened' || filters.period === 'closed' ? filters.period : 'activity';
  const since = (back: number) => String(startOfDay(now - back * DAY_MS));
  const { scale = { from: 0, to: 10 } } = nps ?? {};
  const rates = Array.from({ length: scale.to - scale.from + 1 }, (_, index) => String(scale.from + index));
  const rate =
    filters.rateFrom === undefined && filters.rateTo === undefined ? undefined : `${filters.rateFrom ?? ''}-${filters.rateTo ?? ''}`;
  const low = `-${nps?.alarm.atOrBelow ?? Math.floor((scale.from + scale.to) / 2)}`;
  return [
    simple(
      'channel',
      t('inbox.filter.channel'),
      channels.map(({ id, name }) => ({ value: String(id), label: name })),
    ),
    simple('responsible', t('inbox.filter.responsible'), [
      { value: '0', label: t('inbox.filter.nobody') },
      ...users.map(({ id, name }) => ({ value: String(id), label: name })),
    ]),
    simple(
      'stage',
      t('inbox.filter.stage'),
      pipelines.flatMap((pipeline) =>
        pipeline.stages.map((stage) => ({
          value: `${pipeline.id}:${stage.id}`,
          label: pipelines.length > 1 ? `${pipeline.name}: ${stage.name}` : stage.name,
        })),
      ),
    ),
    simple(
      'tag',
      t('inbox.filter.tag'),
      [...tags].map(([value, label]) => ({ value, label })),
    ),
    flag('read', t('inbox.filter.read'), t('inbox.filter.read.true'), t('inbox.filter.read.false')),
    {
      ...simple(
        'waitingSeconds',
        t('inbox.filter.waiting'),
        WAITS_S.map((seconds) => ({ value: String(seconds), label: duration(seconds * 1000) })),
        false,
      ),
      words: `${t('inbox.filter.waiting')} ${duration(Number(filters.waitingSeconds ?? 0) * 1000)}`,
    },
    flag('missed', t('inbox.filter.missed'), t('inbox.filter.missed.true'), t('inbox.filter.missed.false')),
    flag('bot', t('inbox.filter.bot'), t('inbox.filter.bot.true'), t('inbox.filter.bot.false')),
    {
      id: 'rate',
      title: t('inbox.filter.rate'),
      value: rate,
      words: `${t('inbox.filter.rate')}: ${rateWords(filters, t('inbox.filter.rate.any'))}`,
      options: [
        { value: '0-', label: t('inbox.filter.rate.any') },
        { value: low, label: t('inbox.filter.rate.low', { rate: low.slice(1) }) },
        ...rates.map((value) => ({ value: `${value}-${value}`, label: value })),
      ],
      to: (value) => ({
        rateFrom: value?.split('-')[0],
        rateTo: value?.split('-')[1],
        // A conversation closes as it is rated: among those in work there would be nothing to see.
        ...(value === undefined ? {} : { view: 'closed' }),
      }),
    },
    {
      id: 'period',
      title: t('inbox.filter.period'),
      value: filters.from ?? filters.to,
      words: `${t(`inbox.filter.period.${period}`)}: ${periodWords(filters, now)}`,
      options: [
        { value: since(0), label: t('inbox.filter.today') },
        { value: since(6), label: t('inbox.filter.days', { count: 7 }) },
        { value: since(29), label: t('inbox.filter.days', { count: 30 }) },
      ],
      to: (value) => ({ from: value, to: undefined, period: undefined }),
    },
  ];
}

/** `15 November`, `1 November – Today`; what is no instant is left out. */
function periodWords({ from, to }: Filters, now: number): string {
  const day = (at: string | undefined) => (at !== undefined && Number.isFinite(Number(at)) ? dayName(Number(at), now) : '…');
  const [first, last] = [day(from), to === undefined ? dayName(now, now) : day(to)];
  return first === last ? first : `${first} – ${last}`;
}

function rateWords({ rateFrom, rateTo }: Filters, any: string): string {
  if (rateTo === undefined) return rateFrom === undefined || rateFrom === '0' ? any : `≥ ${rateFrom}`;
  if (rateFrom === undefined) return `≤ ${rateTo}`;
  return rateFrom === rateTo ? rateFrom : `${rateFrom}–${rateTo}`;
}

/** Filters in force, in plain words, each with its removal. */
export function FilterChips() {
  const { t } = useTranslation();
  const { filters, set } = useInboxAddress();
  const active = useKinds(filters).filter(({ value }) => value !== undefined);
  if (active.length === 0) return null;
  return (
    <section className={css.filters} aria-label={t('inbox.filters')}>
      {active.map((kind) => (
        <Chip key={kind.id} onRemove={() => set(kind.to(undefined))}>
          {kind.words}
        </Chip>
      ))}
    </section>
  );
}

/** One menu for all filters: first which, then what; arrows and Enter all the way. */
export function AddFilter() {
  const { t } = useTranslation();
  const { filters, set } = useInboxAddress();
  const kinds = useKinds(filters);
  const [chosen, setChosen] = useState<string>();
  const list = useRef<HTMLDivElement>(null);
  const kind = kinds.find(({ id }) => id === chosen);
  // What the menu holds changes with the choice; the keys go on at its first line.
  const turnTo = (id: string | undefined) => {
    flushSync(() => setChosen(id));
    list.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
  };
  const pick = ({ several, to, value: current }: Kind, value: string) => {
    if (several !== true) return set(to(current === value ? undefined : value));
    const values = current?.split(',') ?? [];
    const next = values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
    set(to(next.length === 0 ? undefined : next.join(',')));
  };
  return (
    <Menu width={250} position="bottom-end" onClose={() => setChosen(undefined)}>
      <Menu.Target>
        <IconButton small label={t('inbox.addFilter')}>
          <IconFilterPlus size={18} stroke={1.6} aria-hidden />
        </IconButton>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }} aria-label={t('inbox.addFilter')}>
        <div ref={list}>
          {kind === undefined ? (
            kinds
              .filter(({ options }) => options.length > 0)
              .map(({ id, title, value }) => (
                <Menu.Item
                  key={id}
                  closeMenuOnClick={false}
                  onClick={() => turnTo(id)}
                  rightSection={value !== undefined && <IconCheck size={16} aria-hidden />}
                >
                  {title}
                </Menu.Item>
              ))
          ) : (
            <>
              <Menu.Item closeMenuOnClick={false} leftSection={<IconChevronLeft size={16} aria-hidden />} onClick={() => turnTo(undefined)}>
                {kind.title}
              </Menu.Item>
              <Menu.Divider />
              {kind.options.map(({ value, label }) => {
                const on = kind.several === true ? kind.value?.split(',').includes(value) === true : kind.value === value;
                return (
                  <Menu.Item
                    key={value}
                    closeMenuOnClick={kind.several !== true}
                    rightSection={on && <IconCheck size={16} aria-label={t('inbox.filter.on')} />}
                    onClick={() => pick(kind, value)}
                  >
                    {label}
                  </Menu.Item>
                );
              })}
            </>
          )}
        </div>
      </Menu.Dropdown>
    </Menu>
  );
}
