import { IconAlertCircle, IconCheck, IconChecks, IconClock, IconQuestionMark, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Message } from '../../api/contract/index.ts';
import { serverWords } from '../data/words.ts';
import css from './thread.module.css';

type Status = Message['status'];
const icons = {
  planned: IconClock,
  claimed: IconClock,
  accepted: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  refused: IconAlertCircle,
  unknown: IconQuestionMark,
  withdrawn: IconX,
};

/** How far a message of ours has come: clock, sent, delivered, read, or what stopped it. */
export function StatusMark({ status, words = '' }: { status: Status; words?: string }) {
  const { t } = useTranslation();
  const Icon = icons[status];
  const label = [t(`status.${status}`), serverWords(words)].filter(Boolean).join(': ');
  const failed = status === 'refused' || status === 'unknown';
  return (
    <span className={failed ? css.failed : status === 'read' ? css.read : undefined} title={label} data-status={status}>
      <Icon size={14} stroke={2} role="img" aria-label={label} style={{ verticalAlign: '-2px' }} />
    </span>
  );
}
