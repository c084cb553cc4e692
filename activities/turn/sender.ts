/** Who a messenger's fact is from: the chat and the contact, both made when they are heard of for the first time. */

import { randomUUID } from 'node:crypto';
import type { ChannelFact } from '../../channels/channel.ts';
import { nextIds } from '../../db/turns/load.ts';
import type { ChatRow, ContactRow } from '../../db/turns/rows.ts';
import { camelRows } from '../../db/turns/rows.ts';
import { splitName } from '../../domain/contact/names.ts';
import type { InboundSender } from '../../domain/message/model.ts';
import { mergeValues } from '../../domain/scenario/apply.ts';
import type { FieldValue } from '../../domain/scenario/model.ts';
import { addEvent, changeContact, type World } from './world.ts';

/** The chat of a fact; made, with its contact, when a client is heard of for the first time. */
export async function chatFor(w: World, channelId: number, fact: ChannelFact): Promise<ChatRow | undefined> {
  const { externalChatId, kind } = fact.chat;
  const found = [...w.chats.values()].find((chat) => chat.channelId === channelId && chat.externalChatId === externalChatId);
  if (found !== undefined || (fact.type !== 'messageReceived' && fact.type !== 'chatOpened')) return found;
  w.contact ??= await contactFor(w, channelId, fact.sender);
  if (w.changes.newContacts.includes(w.contact))
    addEvent(w, undefined, { type: 'contact_added', entityType: 'contact', entityId: w.contact.id }, { kind: 'system' });
  const chat: ChatRow = {
    accountId: w.accountId,
    id: fact.chat.id ?? randomUUID(),
    channelId,
    externalChatId,
    kind,
    contactId: w.contact.id,
    // Who has only opened it cannot be written to before they write.
    reachable: fact.type === 'messageReceived',
    unreachableWords: fact.type === 'messageReceived' ? '' : 'The client has opened the chat and not written yet',
    listenerRunId: null,
    pending: null,
    talkNumber: null,
    lastPosition: 0,
    lastMessageAt: null,
    lastMessageText: '',
    lastMessageAuthor: null,
    lastClientAt: null,
    createdAt: w.at,
  };
  w.changes.newChats.push(chat);
  w.chats.set(chat.id, chat);
  return chat;
}

async function contactFor(w: World, channelId: number, sender: InboundSender): Promise<ContactRow> {
  // Held until the new chat stands: contacts that are merged meanwhile take it along.
  const identity = await w.tx<{ contact_id: number }[]>`
    select contact_id from contact_identities
    where account_id = ${w.accountId} and channel_id = ${channelId} and external_user_id = ${sender.externalUserId} for share`;
  if (identity[0] !== undefined) {
    const known = await w.tx`select * from contacts where account_id = ${w.accountId} and id = ${identity[0].contact_id}`;
    if (known[0] !== undefined) return camelRows<ContactRow>(known)[0]!;
  }
  const [id] = await nextIds(w.tx, 'contacts', 1);
  const fields: ContactRow['fields'] = {};
  for (const [fieldId, value] of reachedAt(w, sender)) fields[fieldId] = [value];
  const contact: ContactRow = {
    accountId: w.accountId,
    id: id!,
    name: sender.name,
    ...splitName(sender.name),
    responsibleUserId: null,
    participantIds: [],
    blockedAt: null,
    blockedBy: null,
    polledAt: null,
    mergedInto: null,
    mergedAt: null,
    companyId: null,
    tagIds: [],
    fields,
    createdAt: w.at,
    updatedAt: w.at,
  };
  w.changes.newContacts.push(contact);
  w.changes.newIdentities.push({
    channelId,
    externalUserId: sender.externalUserId,
    contactId: contact.id,
    name: sender.name,
    username: sender.username ?? null,
    createdAt: w.at,
  });
  return contact;
}

/** Phone and e-mail of a sender, by the contact's fields for them. */
function reachedAt(w: World, sender: InboundSender): [number, FieldValue][] {
  const given = { PHONE: sender.phone, EMAIL: sender.email };
  return Object.entries(given).flatMap(([code, value]): [number, FieldValue][] => {
    const field = w.account.fields.find((one) => one.entity === 'contact' && one.code === code);
    return field === undefined || value === undefined || value === '' ? [] : [[field.id, { value, code: 'WORK' }]];
  });
}

/** A client who shares their own phone later than with the first message: the card gets it beside what it has. */
export function learnFrom(w: World, chat: ChatRow, sender: InboundSender): void {
  const { contact } = w;
  if (contact === undefined || chat.kind !== 'private') return;
  for (const [fieldId, value] of reachedAt(w, sender)) {
    const before = contact.fields[fieldId] ?? [];
    const after = mergeValues(before, [value], 'add');
    if (before.some((one) => digits(one.value) === digits(value.value)) || after.length === before.length) continue;
    changeContact(w, contact, { fields: { ...contact.fields, [fieldId]: after } });
    const values = (list: FieldValue[]) => [{ custom_field_value: { field_id: fieldId, values: list } }];
    addEvent(
      w,
      chat,
      {
        type: 'custom_field_value_changed',
        entityType: 'contact',
        entityId: contact.id,
        valueBefore: values(before),
        valueAfter: values(after),
      },
      { kind: 'client' },
    );
  }
}

/** A phone is the same however it is written. */
function digits(value: FieldValue['value']): string {
  const text = String(value).toLowerCase();
  return text.includes('@') ? text : text.replace(/\D/g, '') || text;
}
