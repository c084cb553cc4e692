/** What a conversation hangs on. */
import type { Queries } from '../connection.ts';
import { editable, type Sight, visibleByContact } from './sight.ts';

export interface LockedTalk {
  number: number;
  contactId: number;
  entityType: 'lead' | 'customer' | null;
  entityId: number | null;
  entityName: string | null;
  mayEdit: boolean;
}

/** Locks the conversation's chat first, as turns do, then reads the conversation as its last turn left it. */
export async function lockTalk(sql: Queries, actor: Sight, number: number): Promise<LockedTalk | undefined> {
  await sql`
    select 1 from chats c where c.account_id = ${actor.accountId} and c.id = (
      select t.chat_id from conversations t where t.account_id = ${actor.accountId} and t.number = ${number}) for update`;
  const [row] = await sql<LockedTalk[]>`
    select t.number, t.contact_id "contactId", t.entity_type "entityType", t.entity_id "entityId", coalesce(l.name, cu.name) "entityName", ${editable(sql, actor, 'ct')} "mayEdit"
    from conversations t join contacts ct on ct.account_id = t.account_id and ct.id = t.contact_id
    left join leads l on t.entity_type = 'lead' and l.account_id = t.account_id and l.id = t.entity_id
    left join customers cu on t.entity_type = 'customer' and cu.account_id = t.account_id and cu.id = t.entity_id
    where t.account_id = ${actor.accountId} and t.number = ${number} and ${visibleByContact(sql, actor, 't')}`;
  return row;
}

/** Hangs a locked conversation on a locked card; `takesContact`: the card has no client yet and gets the conversation's. */
export async function moveTalk(
  sql: Queries,
  accountId: number,
  talk: { number: number; contactId: number },
  to: { type: 'lead' | 'customer'; id: number },
  takesContact: boolean,
  at: number,
): Promise<void> {
  await sql`
    update conversations set entity_type = ${to.type}, entity_id = ${to.id}, updated_at = ${at}
    where account_id = ${accountId} and number = ${talk.number}`;
  await sql`
    update notifications set lead_id = ${to.type === 'lead' ? to.id : null}
    where account_id = ${accountId} and conversation_number = ${talk.number} and withdrawn_at is null`;
  if (!takesContact) return;
  await sql`update ${sql(to.type === 'lead' ? 'leads' : 'customers')} set contact_id = ${talk.contactId}, updated_at = ${at}
    where account_id = ${accountId} and id = ${to.id}`;
  if (to.type === 'lead')
    await sql`insert into lead_contacts (account_id, lead_id, contact_id) values (${accountId}, ${to.id}, ${talk.contactId}) on conflict do nothing`;
}

/** A lead may have more contacts than its main one. */
export async function isContactOfLead(sql: Queries, accountId: number, leadId: number, contactId: number): Promise<boolean> {
  const rows = await sql`select 1 from lead_contacts where account_id = ${accountId} and lead_id = ${leadId} and contact_id = ${contactId}`;
  return rows.length > 0;
}
