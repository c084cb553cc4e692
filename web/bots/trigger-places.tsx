import { useTranslation } from 'react-i18next';
import type { Pipeline, Trigger } from '../../api/contract/index.ts';
import { useChannels, usePipelines } from '../data/queries.ts';
import pageCss from '../ui/page.module.css';
import { Several } from '../ui/several.tsx';
import css from './bots.module.css';

interface TriggerPlacesProps {
  filter: Trigger['filter'];
  disabled: boolean;
  onChange: (change: Trigger['filter']) => void;
}

/** Where a trigger works: in which channels, and in which pipelines and stages the conversation's lead stands. Nothing chosen: everywhere. */
export function TriggerPlaces({ filter, disabled, onChange }: TriggerPlacesProps) {
  const { t } = useTranslation();
  const channels = useChannels().data?.items;
  const pipelines = usePipelines().data;
  const { channelIds = [], pipelineIds = [], statusIds = [] } = filter;
  const stages = stagesOf(pipelines ?? []);
  const offered = pipelineIds.length === 0 ? stages : stages.filter((stage) => stage.pipelineIds.some((id) => pipelineIds.includes(id)));
  const nowhere = pipelines !== undefined && statusIds.length > 0 && !offered.some(({ id }) => statusIds.includes(id));
  const some = (ids: number[]) => (ids.length === 0 ? undefined : ids);
  const named = (items: readonly { id: number; name: string }[] | undefined) => (id: number) =>
    items === undefined ? '…' : (items.find((item) => item.id === id)?.name ?? t('trigger.gone', { id }));
  return (
    <div>
      <div className={pageCss.two}>
        <Several
          label={t('trigger.channels')}
          add={t(channelIds.length === 0 ? 'trigger.anyChannel' : 'trigger.addChannel')}
          options={channels ?? []}
          ids={channelIds}
          nameOf={named(channels)}
          disabled={disabled}
          onChange={(ids) => onChange({ channelIds: some(ids) })}
        />
        <Several
          label={t('trigger.pipelines')}
          add={t(pipelineIds.length === 0 ? 'trigger.anyPipeline' : 'trigger.addPipeline')}
          options={pipelines ?? []}
          ids={pipelineIds}
          nameOf={named(pipelines)}
          disabled={disabled}
          onChange={(ids) => onChange({ pipelineIds: some(ids) })}
        />
        <Several
          label={t('trigger.stages')}
          error={nowhere ? t('trigger.stageElsewhere') : undefined}
          add={t(statusIds.length === 0 ? 'trigger.anyStage' : 'trigger.addStage')}
          options={offered}
          ids={statusIds}
          nameOf={named(pipelines && stages)}
          disabled={disabled}
          onChange={(ids) => onChange({ statusIds: some(ids) })}
        />
      </div>
      <div className={css.places}>{t('trigger.leadHint')}</div>
    </div>
  );
}

/** Stages by name. Won and lost have the same ids in every pipeline, and one line; the others say whose they are where there are several pipelines. */
function stagesOf(pipelines: readonly Pipeline[]): { id: number; name: string; pipelineIds: number[] }[] {
  const stages = pipelines.flatMap((pipeline) => pipeline.stages.map((stage) => ({ ...stage, pipeline })));
  return [...new Map(stages.map((stage) => [stage.id, stage])).values()].map(({ id, name, kind, pipeline }) => ({
    id,
    name: pipelines.length > 1 && kind !== 'won' && kind !== 'lost' ? `${pipeline.name}: ${name}` : name,
    pipelineIds: stages.filter((stage) => stage.id === id).map((stage) => stage.pipeline.id),
  }));
}
