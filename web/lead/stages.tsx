import { useTranslation } from 'react-i18next';
import type { Lead } from '../../api/contract/index.ts';
import { settleIncoming } from '../data/leads.ts';
import { changeLead } from '../data/orders.ts';
import { IncomingActions } from '../leads/incoming.tsx';
import { toast } from '../ui/toasts.tsx';
import css from './panel.module.css';

/** The way of a lead through its pipeline: each stage is a step, its name is chosen from a list. An incoming lead is accepted or declined first. */
export function Stages({ lead, disabled }: { lead: Lead; disabled: boolean }) {
  const { t } = useTranslation();
  const stages = lead.pipeline.stages.toSorted((a, b) => a.sort - b.sort);
  const path = stages.filter(({ kind }) => kind !== 'lost' && kind !== 'incoming');
  const at = path.findIndex(({ id }) => id === lead.stage.id);
  const move = async (stageId: number) => {
    const stage = stages.find(({ id }) => id === stageId);
    if (stage === undefined || stageId === lead.stage.id) return;
    const before = lead.stage;
    // An incoming lead that is put among the lost ones is declined: its conversations end with it.
    if (before.kind === 'incoming' && stage.kind === 'lost') {
      const words = { done: t('incoming.declined', { name: lead.name }), undo: t('incoming.return') };
      await settleIncoming('decline', { ...lead, pipelineId: lead.pipeline.id }, words);
      return;
    }
    if (await changeLead(lead, { stageId }, { stage }))
      toast({
        text: t('lead.movedTo', { stage: stage.name }),
        action: { label: t('common.undo'), run: () => void changeLead(lead, { stageId: before.id }, { stage: before }) },
      });
  };
  return (
    <>
      <div className={css.stageLine}>
        <select
          className={css.value}
          aria-label={t('lead.stage')}
          value={lead.stage.id}
          disabled={disabled}
          onChange={(event) => void move(Number(event.target.value))}
        >
          {stages.map((stage) => (
            <option key={stage.id} value={stage.id} disabled={stage.kind === 'incoming' && lead.stage.kind !== 'incoming'}>
              {stage.name}
            </option>
          ))}
        </select>
      </div>
      <div className={css.stepper}>
        {(lead.stage.kind === 'lost' ? [lead.stage] : path).map((stage, index) => (
          <button
            key={stage.id}
            type="button"
            className={css.step}
            title={stage.name}
            aria-label={t('lead.moveTo', { stage: stage.name })}
            aria-current={stage.id === lead.stage.id ? 'step' : undefined}
            data-kind={stage.kind}
            data-done={lead.stage.kind === 'lost' || index <= at}
            disabled={disabled}
            onClick={() => void move(stage.id)}
          />
        ))}
      </div>
      {lead.stage.kind === 'incoming' && (
        <div className={css.incoming}>
          <IncomingActions lead={{ ...lead, pipelineId: lead.pipeline.id }} />
        </div>
      )}
    </>
  );
}
