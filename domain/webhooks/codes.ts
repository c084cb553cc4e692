/** Codes of account webhooks, and which of them an event of the list means. */

/** Every code that the vendor's API takes. Some never fire here: this system has no such change. */
export const webhookCodes = [
  'add_talk',
  'update_talk',
  'add_message',
  'add_outgoing_message',
  'add_chat_template_review',
  ...['lead', 'contact', 'company'].flatMap((entity) =>
    ['add', 'update', 'delete', 'restore', 'responsible', 'note'].map((action) => `${action}_${entity}`),
  ),
  'status_lead',
  ...['add', 'update', 'delete', 'responsible', 'note'].map((action) => `${action}_customer`),
  ...['add', 'update', 'delete', 'responsible'].map((action) => `${action}_task`),
  'add_unsorted',
  'update_unsorted',
  'delete_unsorted',
];

/** What a row of the list of events says that decides its codes. */
export interface EventKind {
  type: string;
  entityType: string;
}

/** Changes of a card or a task that have no code of their own. */
const UPDATES = new Set([
  'entity_tag_added',
  'entity_tag_deleted',
  'custom_field_value_changed',
  'sale_field_changed',
  'name_field_changed',
  'customer_status_changed',
  'customer_next_purchase_changed',
  'task_text_changed',
  'task_deadline_changed',
  'task_completed',
  'task_reopened',
]);
/** `talk_missed_event` and `nps_rate_added` are left out on purpose: the vendor has no code for a late answer or a rate. */
const TALK_UPDATES = new Set(['talk_closed', 'talk_reopened', 'talk_read', 'talk_unread', 'conversation_answered', 'talk_attached']);

/** Clicks and visits leave a note on the card as well. */
const NOTES = new Set(['common_note_added', 'link_followed', 'site_visit_note_added']);

/** Cards and tasks: what has blocks of its own in a body. */
export type ToldEntity = 'lead' | 'contact' | 'customer' | 'task';
const TOLD: ReadonlySet<string> = new Set<ToldEntity>(['lead', 'contact', 'customer', 'task']);
export const isTold = (entityType: string): entityType is ToldEntity => TOLD.has(entityType);

/** All types of events that any code stands for: what a feed reads. */
export const feedEventTypes = [
  'talk_created',
  ...TALK_UPDATES,
  'incoming_chat_message',
  'outgoing_chat_message',
  'lead_added',
  'contact_added',
  'customer_added',
  'task_added',
  'lead_status_changed',
  'entity_responsible_changed',
  ...UPDATES,
  'common_note_added',
  'link_followed',
  'site_visit_note_added',
];

/**
 * How many events from `index` on are one hook: a person's change of several fields of a card is several events of one instant, and one update to
 * the receiver.
 */
export function groupLength(events: readonly (EventKind & { entityId: number; at: number })[], index: number): number {
  const first = events[index]!;
  let length = 1;
  if (!UPDATES.has(first.type)) return length;
  for (let next = events[index + length]; next !== undefined; next = events[index + length]) {
    const same = next.entityType === first.entityType && next.entityId === first.entityId && next.at === first.at;
    if (!same || !UPDATES.has(next.type)) break;
    length += 1;
  }
  return length;
}

/**
 * The codes that one event means, most telling first; a change of stage or of the responsible user is an update too. Those of incoming leads
 * (`…_unsorted`) hold only where the lead was made in the incoming stage, or has left it: the body's facts say so.
 */
export function codesOf({ type, entityType }: EventKind): string[] {
  if (type === 'talk_created') return ['add_talk'];
  if (TALK_UPDATES.has(type)) return ['update_talk'];
  if (type === 'incoming_chat_message') return ['add_message'];
  if (type === 'outgoing_chat_message') return ['add_outgoing_message'];
  if (!isTold(entityType)) return [];
  if (type === 'lead_added') return ['add_lead', 'add_unsorted'];
  if (type === `${entityType}_added`) return [`add_${entityType}`];
  if (type === 'lead_status_changed') return ['status_lead', 'update_lead', 'delete_unsorted'];
  if (type === 'entity_responsible_changed') return [`responsible_${entityType}`, `update_${entityType}`];
  if (NOTES.has(type)) return [`note_${entityType}`];
  return UPDATES.has(type) ? [`update_${entityType}`] : [];
}
