import type { ChannelRegistry } from '../../channels/index.ts';
import type { ContactHitRow, LeadHitRow, MessageHitRow } from '../../db/stores/search.ts';
import { type SearchWords, segmentsOf } from '../../domain/search/words.ts';
import type { SearchHit } from '../contract/search.ts';
import { named } from './common.ts';
import { channelRef } from './conversations.ts';

/** Characters of a message that a hit shows, around what was found. */
const EXCERPT = 160;
const DETAILS = 120;

export function messageHit(channels: ChannelRegistry, row: MessageHitRow, { phones }: SearchWords): SearchHit {
  return {
    kind: 'message',
    id: row.id,
    number: row.number,
    contact: { id: row.contactId, name: row.contactName },
    channel: channelRef(channels, { id: row.channelId, type: row.channelType, name: row.channelName }),
    author: { kind: row.authorKind, id: row.authorId, name: row.authorName },
    direction: row.direction,
    writtenAt: row.writtenAt,
    text: segmentsOf(row.text, row.marked, phones, EXCERPT),
  };
}

export function contactHit(row: ContactHitRow, { phones }: SearchWords): SearchHit {
  return {
    kind: 'contact',
    id: row.id,
    name: segmentsOf(row.name, row.markedName),
    details: segmentsOf(row.details, row.markedDetails, phones, DETAILS),
    responsible: named(row.responsibleId, row.responsibleName),
    number: row.number,
    leadId: row.leadId,
  };
}

export function leadHit(row: LeadHitRow): SearchHit {
  return {
    kind: 'lead',
    id: row.id,
    name: segmentsOf(row.name, row.markedName),
    contact: row.contactName === null ? null : segmentsOf(row.contactName, row.markedContact ?? ''),
    contactId: row.contactId,
    stage: row.stageName,
  };
}
