import type { EventRow } from '../../db/stores/events.ts';
import type { Event } from '../contract/events.ts';
import { authorOf } from './common.ts';

export function eventView(row: EventRow): Event {
  return {
    id: row.id,
    type: row.type,
    entity: { type: row.entityType, id: row.entityId },
    author: authorOf(row.authorKind, row.authorId, row.authorName),
    before: row.before,
    after: row.after,
    conversationNumber: row.conversationNumber,
    contactId: row.contactId,
    contactName: row.contactName,
    leadId: row.leadId,
    leadName: row.leadName,
    customerId: row.customerId,
    customerName: row.customerName,
    channelName: row.channelName,
    runId: row.runId,
    at: row.at,
  };
}
