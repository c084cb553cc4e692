import { Popover } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { AttachmentKind, PartPlan } from '../../domain/message/model.ts';
import css from './composer.module.css';

/** What one message holds, in words: `3 pictures, text, 2 buttons`. */
function useWordsOf() {
  const { t } = useTranslation();
  return ({ text, attachments, buttons }: PartPlan): string => {
    const counts = new Map<AttachmentKind, number>();
    for (const { kind } of attachments) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return [
      ...[...counts].map(([kind, count]) => t(`composer.plan.${kind}`, { count })),
      ...(text === '' ? [] : [t('composer.plan.text')]),
      ...(buttons.length === 0 ? [] : [t('composer.plan.buttons', { count: buttons.length })]),
    ].join(', ');
  };
}

/** Said before sending where one message becomes several: how many, and behind a press which. */
export function PlanHint({ parts, channelName }: { parts: PartPlan[]; channelName: string }) {
  const { t } = useTranslation();
  const wordsOf = useWordsOf();
  return (
    <Popover position="top" withArrow shadow="md">
      <Popover.Target>
        <button type="button" className={css.planHint} data-plan={parts.length}>
          {t('composer.split', { count: parts.length, name: channelName })}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <ol className={css.plan} aria-label={t('composer.plan')}>
          {parts.map((part) => (
            <li key={part.index}>{wordsOf(part)}</li>
          ))}
        </ol>
      </Popover.Dropdown>
    </Popover>
  );
}
