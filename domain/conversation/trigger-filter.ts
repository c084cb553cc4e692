/** Where something happened that starts bots, as their triggers see it. `lead`: the one that the chat's conversation hangs on. */
export interface TriggerPlace {
  channelId: number | null;
  lead: { pipelineId: number; statusId: number } | undefined;
}

/** Lists that are absent or empty ask for nothing. */
export interface PlaceFilter {
  channelIds?: readonly number[];
  pipelineIds?: readonly number[];
  statusIds?: readonly number[];
}

/** Does a trigger's filter by channel, pipeline and stage let this through? The same for every kind of trigger. */
export function fitsPlace({ channelIds, pipelineIds, statusIds }: PlaceFilter, { channelId, lead }: TriggerPlace): boolean {
  return isAmong(channelIds, channelId) && isAmong(pipelineIds, lead?.pipelineId) && isAmong(statusIds, lead?.statusId);
}

function isAmong(wanted: readonly number[] | undefined, id: number | null | undefined): boolean {
  return wanted === undefined || wanted.length === 0 || (id != null && wanted.includes(id));
}
