import { Menu } from '@mantine/core';
import { IconFilterPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type LeadFilter, usePipelines, useTags, useUsers } from '../data/queries.ts';
import { Chip } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';

interface Choice {
  name: keyof LeadFilter;
  title: string;
  options: { value: string; label: string }[];
}

/** Filters in force as removable words, and a menu of those that can be added. */
export function FilterChips({ filter, set }: { filter: LeadFilter; set: (name: string, value: string | undefined) => void }) {
  const { t } = useTranslation();
  const pipelines = usePipelines().data ?? [];
  const users = useUsers().data ?? [];
  const tags = useTags('lead').data ?? [];
  const several = pipelines.length > 1;
  // The same stage id (won, lost) stands in every pipeline: one line for it is enough.
  const stages = new Map(
    pipelines.flatMap((pipeline) =>
      pipeline.stages.map((stage) => [stage.id, several && stage.kind === 'open' ? `${pipeline.name}: ${stage.name}` : stage.name]),
    ),
  );
  const choices: Choice[] = [
    { name: 'stage', title: t('lead.stage'), options: [...stages].map(([id, label]) => ({ value: String(id), label })) },
    { name: 'responsible', title: t('lead.responsible'), options: users.map(({ id, name }) => ({ value: String(id), label: name })) },
    { name: 'tag', title: t('lead.tag'), options: tags.map(({ id, name }) => ({ value: String(id), label: name })) },
    {
      name: 'open',
      title: t('leads.open'),
      options: [
        { value: 'true', label: t('leads.open.true') },
        { value: 'false', label: t('leads.open.false') },
      ],
    },
  ];
  const words = ({ name, options }: Choice) =>
    (filter[name] ?? '')
      .split(',')
      .map((value) => options.find((option) => option.value === value)?.label ?? value)
      .join(', ');
  return (
    <>
      {choices
        .filter(({ name }) => filter[name] !== undefined)
        .map((choice) => (
          <Chip key={choice.name} onRemove={() => set(choice.name, undefined)}>
            {choice.title}: {words(choice)}
          </Chip>
        ))}
      <Menu width={240}>
        <Menu.Target>
          <Button small kind="quiet" icon={<IconFilterPlus size={16} stroke={1.6} aria-hidden />}>
            {t('leads.addFilter')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
          {choices
            .filter(({ options }) => options.length > 0)
            .map(({ name, title, options }) => (
              <div key={name}>
                <Menu.Label>{title}</Menu.Label>
                {options.map(({ value, label }) => (
                  <Menu.Item key={value} onClick={() => set(name, value)}>
                    {label}
                  </Menu.Item>
                ))}
              </div>
            ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
