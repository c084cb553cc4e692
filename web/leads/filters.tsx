import { Menu } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type FilterName, type LeadFilter, periods } from '../data/leads.ts';
import { useChannels, usePipelines, useTags, useUsers } from '../data/queries.ts';
import { Chip } from '../ui/bits.tsx';
import { FilterMenu } from '../ui/filter-menu.tsx';

interface Choice {
  name: FilterName;
  title: string;
  options: { value: string; label: string }[];
  /** Several values at once: any of them. */
  many?: boolean;
}

/** Filters in force as removable words (“conversations: read”), and a menu of those that can be added. */
export function FilterChips({ filter, set }: { filter: LeadFilter; set: (name: FilterName, value: string | undefined) => void }) {
  const { t } = useTranslation();
  const pipelines = usePipelines().data ?? [];
  const users = useUsers().data ?? [];
  const tags = useTags('lead').data ?? [];
  const channels = useChannels().data?.items ?? [];
  const several = pipelines.length > 1;
  // The same stage id (won, lost) stands in every pipeline: one line for it is enough.
  const stages = new Map(
    pipelines.flatMap((pipeline) =>
      pipeline.stages.map((stage) => [stage.id, several && stage.kind === 'open' ? `${pipeline.name}: ${stage.name}` : stage.name]),
    ),
  );
  const named = (items: { id: number; name: string }[]) => items.map(({ id, name }) => ({ value: String(id), label: name }));
  const choices: Choice[] = [
    {
      name: 'conversations',
      title: t('leads.conversations'),
      options: (['read', 'unread', 'waiting', 'none'] as const).map((value) => ({ value, label: t(`leads.conversations.${value}`) })),
    },
    {
      name: 'incoming',
      title: t('leads.incoming'),
      options: (['true', 'false'] as const).map((value) => ({ value, label: t(`leads.incoming.${value}`) })),
    },
    {
      name: 'open',
      title: t('leads.open'),
      options: (['true', 'false'] as const).map((value) => ({ value, label: t(`leads.open.${value}`) })),
    },
    { name: 'stage', title: t('leads.stage'), options: [...stages].map(([id, label]) => ({ value: String(id), label })), many: true },
    {
      name: 'responsible',
      title: t('leads.responsible'),
      options: [{ value: '0', label: t('lead.nobody') }, ...named(users)],
      many: true,
    },
    { name: 'channel', title: t('leads.channel'), options: named(channels), many: true },
    { name: 'tag', title: t('leads.tag'), options: named(tags), many: true },
    {
      name: 'period',
      title: t('leads.period'),
      options: (Object.keys(periods) as (keyof typeof periods)[]).map((value) => ({ value, label: t(`leads.period.${value}`) })),
    },
  ];
  const chosen = (name: FilterName) => (filter[name] ?? '').split(',').filter((value) => value !== '');
  const words = ({ name, options }: Choice) =>
    chosen(name)
      .map((value) => options.find((option) => option.value === value)?.label ?? value)
      .join(', ');
  const pick = ({ name, many }: Choice, value: string) => {
    const before = chosen(name);
    const next = before.includes(value) ? before.filter((one) => one !== value) : many === true ? [...before, value] : [value];
    set(name, next.length === 0 ? undefined : next.join(','));
  };
  return (
    <>
      {choices
        .filter(({ name }) => filter[name] !== undefined)
        .map((choice) => (
          <Chip key={choice.name} onRemove={() => set(choice.name, undefined)}>
            {choice.title}: {words(choice)}
          </Chip>
        ))}
      <FilterMenu>
        {choices
          .filter(({ options }) => options.length > 0)
          .map((choice) => (
            <div key={choice.name}>
              <Menu.Label>{choice.title}</Menu.Label>
              {choice.options.map(({ value, label }) => (
                <Menu.Item
                  key={value}
                  rightSection={chosen(choice.name).includes(value) ? <IconCheck size={14} aria-hidden /> : undefined}
                  onClick={() => pick(choice, value)}
                >
                  {label}
                </Menu.Item>
              ))}
            </div>
          ))}
      </FilterMenu>
    </>
  );
}
