import { IconAlertCircle, IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ScenarioProblem } from '../../api/contract/index.ts';
import { currentLanguage } from '../i18n/index.ts';
import css from './bots.module.css';

/** What is wrong in a scenario, errors first, each with its place in the file. */
export function Problems({ problems }: { problems: ScenarioProblem[] }) {
  const { t } = useTranslation();
  return (
    <ul className={css.problems}>
      {problems
        .toSorted((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'))
        .map((problem) => (
          <li key={`${problem.code}-${problem.path}`} className={css.problem} data-severity={problem.severity}>
            {problem.severity === 'error' ? (
              <IconAlertCircle size={16} role="img" aria-label={t('bot.error')} />
            ) : (
              <IconAlertTriangle size={16} role="img" aria-label={t('bot.warning')} />
            )}
            <span>
              {problem.message[currentLanguage()]}
              {problem.path !== '' && <code>{problem.path}</code>}
            </span>
          </li>
        ))}
    </ul>
  );
}
