import type { ValueNames } from '../../domain/analytics/event-words.ts';
import { useCustomerStages } from './cards.ts';
import { useFields, usePipelines, useUsers } from './queries.ts';
import { serverWords } from './words.ts';

/** What ids in values of events are called, with instants by the clock of this device. */
export function useValueNames(): ValueNames {
  const pipelines = usePipelines().data ?? [];
  const users = useUsers().data ?? [];
  const fields = useFields().data ?? [];
  const customerStages = useCustomerStages().data ?? [];
  return {
    stages: new Map(pipelines.flatMap((pipeline) => pipeline.stages.map((stage) => [`${pipeline.id}/${stage.id}`, stage.name] as const))),
    users: new Map(users.map(({ id, name }) => [id, name])),
    fields: new Map(fields.map(({ id, name }) => [id, name])),
    customerStages: new Map(customerStages.map(({ id, name }) => [id, name])),
    said: serverWords,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

/** Before and after of an event in one line of words. */
export function changeWords(before: string, after: string): string {
  return before !== '' && after !== '' && before !== after ? `${before} → ${after}` : after || before;
}
