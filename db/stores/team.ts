/** Who works on a client besides the responsible user, and who may see them at all. */
import { effectiveRights, type Rights, type Role } from '../../domain/rights/rights.ts';
import type { Queries } from '../connection.ts';
import { editable, type Sight, visibleByContact } from './sight.ts';

export interface TeamTalk {
  number: number;
  chatId: string;
  contactId: number;
  contactName: string;
  entityType: 'lead' | 'customer' | null;
  entityId: number | null;
  mayEdit: boolean;
}

/** A conversation that the actor may see, with whom it is about. */
export async function findTeamTalk(sql: Queries, actor: Sight, number: number): Promise<TeamTalk | undefined> {
  const [row] = await sql<TeamTalk[]>`
    select t.number, t.chat_id "chatId", t.contact_id "contactId", ct.name "contactName", t.entity_type "entityType", t.entity_id "entityId",
      ${editable(sql, actor, 'ct')} "mayEdit"
    from conversations t join contacts ct on ct.account_id = t.account_id and ct.id = t.contact_id
    where t.account_id = ${actor.accountId} and t.number = ${number} and ${visibleByContact(sql, actor, 't')}`;
  return row;
}

export interface ContactTeam {
  participants: { id: number; name: string }[];
  blockedAt: number | null;
  blockedById: number | null;
  blockedByName: string | null;
}

/** Participants in the order in which they came, and whether we have blocked the contact. Undefined: no such contact. */
export async function teamOfContact(sql: Queries, accountId: number, contactId: number): Promise<ContactTeam | undefined> {
  const [row] = await sql<ContactTeam[]>`
    select c.blocked_at "blockedAt", c.blocked_by "blockedById", b.name "blockedByName",
      (select coalesce(jsonb_agg(jsonb_build_object('id', u.id, 'name', u.name) order by array_position(c.participant_ids, u.id)), '[]')
        from users u where u.account_id = c.account_id and u.id = any(c.participant_ids)) participants
    from contacts c left join users b on b.account_id = c.account_id and b.id = c.blocked_by
    where c.account_id = ${accountId} and c.id = ${contactId}`;
  return row;
}

export interface TeamMember {
  id: number;
  name: string;
  isActive: boolean;
  /** Whether this user may see the contact, by rights or as a participant. */
  sees: boolean;
}

/** Users of the account out of `userIds`, and whether each may see the contact: the rule of `visible`, asked for others than the actor. */
export async function membersSeeing(sql: Queries, accountId: number, contactId: number, userIds: readonly number[]): Promise<TeamMember[]> {
  if (userIds.length === 0) return [];
  interface Row {
    id: number;
    name: string;
    isActive: boolean;
    role: Role;
    rights: Partial<Rights>;
    groupRights: Partial<Rights> | null;
    isOwn: boolean;
    isGroups: boolean;
    takesPart: boolean;
  }
  const rows = await sql<Row[]>`
    select u.id, u.name, u.is_active "isActive", u.role, u.rights, g.rights "groupRights",
      c.responsible_user_id is null or c.responsible_user_id = u.id "isOwn",
      c.responsible_user_id is null or c.responsible_user_id = u.id or coalesce(r.group_id = u.group_id, false) "isGroups",
      c.participant_ids @> array[u.id] "takesPart"
    from users u
    join contacts c on c.account_id = u.account_id and c.id = ${contactId}
    left join groups g on g.account_id = u.account_id and g.id = u.group_id
    left join users r on r.account_id = c.account_id and r.id = c.responsible_user_id
    where u.account_id = ${accountId} and u.id = any(${[...userIds]}::bigint[])`;
  return rows.map(({ id, name, isActive, role, rights, groupRights, isOwn, isGroups, takesPart }) => {
    const { see } = effectiveRights(role, groupRights, rights);
    return { id, name, isActive, sees: takesPart || see === 'all' || (see === 'group' && isGroups) || (see === 'own' && isOwn) };
  });
}

/** Locks the contact and answers what a change of its team begins from. */
export async function lockTeam(
  tx: Queries,
  accountId: number,
  contactId: number,
): Promise<{ responsibleId: number | null; participantIds: number[] } | undefined> {
  const [row] = await tx<{ responsibleId: number | null; participantIds: number[] }[]>`
    select responsible_user_id "responsibleId", participant_ids "participantIds" from contacts
    where account_id = ${accountId} and id = ${contactId} for update`;
  return row;
}

/** The responsible user of an open lead or of a customer, locked; undefined for a lead that is closed. */
export async function lockCardOwner(
  tx: Queries,
  accountId: number,
  card: { type: 'lead' | 'customer'; id: number },
): Promise<{ responsibleId: number | null } | undefined> {
  const [row] =
    card.type === 'lead'
      ? await tx<{ responsibleId: number | null }[]>`
          select responsible_user_id "responsibleId" from leads
          where account_id = ${accountId} and id = ${card.id} and closed_at is null for update`
      : await tx<{ responsibleId: number | null }[]>`
          select responsible_user_id "responsibleId" from customers where account_id = ${accountId} and id = ${card.id} for update`;
  return row;
}

export async function setResponsible(
  tx: Queries,
  accountId: number,
  table: 'contacts' | 'leads' | 'customers',
  id: number,
  userId: number,
  at: number,
): Promise<void> {
  await tx`update ${tx(table)} set responsible_user_id = ${userId}, updated_at = ${at} where account_id = ${accountId} and id = ${id}`;
}

export async function setParticipants(
  tx: Queries,
  accountId: number,
  contactId: number,
  userIds: readonly number[],
  at: number,
): Promise<void> {
  await tx`
    update contacts set participant_ids = ${[...userIds]}::bigint[], updated_at = ${at} where account_id = ${accountId} and id = ${contactId}`;
}

export interface TeamNotice {
  userId: number;
  what: 'transferred' | 'invited' | 'mentioned';
  conversationNumber: number;
  leadId: number | null;
  data: Record<string, string | number>;
}

export async function insertTeamNotices(tx: Queries, accountId: number, notices: readonly TeamNotice[], at: number): Promise<void> {
  if (notices.length === 0) return;
  await tx`
    insert into notifications ${tx(
      notices.map(({ userId, what, conversationNumber, leadId, data }) => ({
        account_id: accountId,
        user_id: userId,
        what,
        conversation_number: conversationNumber,
        lead_id: leadId,
        data: data as never,
        at: new Date(at).toISOString(),
      })),
    )}`;
}

/** What still calls a user to a conversation's client is no longer theirs to answer. */
export async function withdrawClientNotices(tx: Queries, accountId: number, number: number, userId: number, at: number): Promise<void> {
  await tx`
    update notifications set withdrawn_at = ${at} where account_id = ${accountId} and conversation_number = ${number} and user_id = ${userId}
      and what in ('clientWrote', 'missed') and withdrawn_at is null`;
}
