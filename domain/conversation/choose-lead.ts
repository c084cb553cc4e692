/** An open lead (neither won nor lost) of the contact. `updatedAt` in epoch ms. */
export interface OpenLead {
  id: number;
  pipelineId: number;
  updatedAt: number;
}

/**
 * The lead a conversation is linked to at birth and at each reopening: the contact's most recently changed open lead, those of the channel's
 * pipeline first; `newIncoming` where there is none, which the turn answers by making an incoming lead. The vendor's pages are silent on it.
 */
export function chooseLead({
  openLeads,
  channelPipelineId,
}: {
  openLeads: readonly OpenLead[];
  channelPipelineId?: number;
}): number | 'newIncoming' {
  const ofChannel = openLeads.filter((lead) => lead.pipelineId === channelPipelineId);
  const candidates = ofChannel.length > 0 ? ofChannel : openLeads;
  // Changed in the same millisecond: the newer lead, so that the choice does not depend on the order of rows.
  const [best] = [...candidates].sort((a, b) => b.updatedAt - a.updatedAt || b.id - a.id);
  return best?.id ?? 'newIncoming';
}
