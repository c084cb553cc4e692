import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LeadItem } from '../../api/contract/index.ts';
import { settleIncoming } from '../data/leads.ts';
import { useMe } from '../data/queries.ts';
import { Button } from '../ui/button.tsx';
import css from './leads.module.css';

/** Accept and Decline of an incoming lead, wherever it is shown. */
export function IncomingActions({ lead }: { lead: Pick<LeadItem, 'id' | 'name' | 'stage' | 'mayEdit'> & { pipelineId: number } }) {
  const { t } = useTranslation();
  const { rights } = useMe();
  const [busy, setBusy] = useState(false);
  const settle = async (what: 'accept' | 'decline') => {
    setBusy(true);
    const done = t(what === 'accept' ? 'incoming.accepted' : 'incoming.declined', { name: lead.name });
    await settleIncoming(what, lead, { done, undo: t(what === 'accept' ? 'common.undo' : 'incoming.return') });
    setBusy(false);
  };
  const disabled = busy || !lead.mayEdit;
  return (
    <div className={css.incoming}>
      <Button small kind="primary" disabled={disabled} onClick={() => void settle('accept')}>
        {t('lead.accept')}
      </Button>
      <Button small disabled={disabled || !rights.closeConversations} onClick={() => void settle('decline')}>
        {t('lead.decline')}
      </Button>
    </div>
  );
}
