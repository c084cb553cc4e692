import { useTranslation } from 'react-i18next';
import type { Permission } from '../../domain/rights/rights.ts';
import { useMe } from './queries.ts';

/** Asks whether the user may do something: undefined, or why not, in words for a hover. `row`: the client, lead or conversation it would change. */
export type Refusal = (right: Permission | 'administer' | undefined, row?: { mayEdit: boolean } | undefined) => string | undefined;

/** What the user of the page may not do. The server decides; pages say it beforehand. */
export function useRefusal(): Refusal {
  const { t } = useTranslation();
  const { rights } = useMe();
  return (right, row) => {
    if (right !== undefined && !rights[right])
      return right === 'administer' ? t('may.administer') : t('may.right', { right: t(`right.${right}`) });
    return row?.mayEdit === false ? t('may.edit') : undefined;
  };
}
