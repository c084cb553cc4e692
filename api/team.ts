/** Handing a client over, participants: rows, events and notifications in one transaction, live updates after it. */
import type { Transaction } from '../db/connection.ts';
import { type ChangeItem, notify } from '../db/notify.ts';
import { insertEvents, type NewEvent } from '../db/stores/events.ts';
import { insertTalkNote } from '../db/stores/talk-notes.ts';
import {
  findTeamTalk,
  insertTeamNotices,
  lockCardOwner,
  lockTeam,
  membersSeeing,
  setParticipants,
  setResponsible,
  type TeamTalk,
  withdrawClientNotices,
} from '../db/stores/team.ts';
import { findUser, type User } from '../db/stores/users.ts';
import type { Actor } from './actor.ts';
import { mustEdit } from './auth/may.ts';
import type { Transferred } from './contract/team.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError, wrongField } from './errors.ts';

type Deps = Pick<ApiDeps, 'sql' | 'now'>;
const noConversation = () => new ApiError('not_found', 'No such conversation');
const MAX_PARTICIPANTS = 50;

/**
 * Makes another user responsible for the contact and for the card of this conversation (a lead that is not closed, or a customer). Locks in the order of
 * turns: card, contact. Whom it is handed to is told, with the comment; what still called the one before is withdrawn. Handing it to who has it changes nothing.
 */
export async function transfer(
  deps: Deps,
  actor: Actor,
  number: number,
  to: { userId: number; comment?: string | undefined },
): Promise<Transferred> {
  const at = deps.now();
  const { accountId } = actor;
  const done = await deps.sql.begin(async (transaction) => {
    const tx = transaction as Transaction;
    const { talk, card } = await lockCard(tx, actor, number);
    const team = (await lockTeam(tx, accountId, talk.contactId))!;
    const user = await colleague(tx, accountId, to.userId);
    const whose = { contactId: talk.contactId, leadId: talk.entityType === 'lead' ? talk.entityId : null };
    const events: NewEvent[] = [];
    const hand = async (entityType: 'contact' | 'lead' | 'customer', entityId: number, before: number | null) => {
      if (before === user.id) return;
      await setResponsible(tx, accountId, `${entityType}s`, entityId, user.id, at);
      const value = (id: number | null) => [{ responsible_user: { id } }];
      events.push({ type: 'entity_responsible_changed', entityType, entityId, before: value(before), after: value(user.id), ...whose });
    };
    if (card !== undefined) await hand(talk.entityType!, talk.entityId!, card.responsibleId);
    await hand('contact', talk.contactId, team.responsibleId);
    await insertEvents(tx, accountId, actor.userId, events, at);
    const comment = to.comment ?? '';
    if (comment !== '') await insertTalkNote(tx, accountId, { number, text: comment, userId: actor.userId, mentions: [], fileIds: [] }, at);
    if (events.length > 0) {
      if (team.responsibleId !== null) await withdrawClientNotices(tx, accountId, number, team.responsibleId, at);
      if (user.id !== actor.userId) {
        const data = { by: actor.userId, byName: await nameOf(tx, actor), ...(comment === '' ? {} : { words: comment.slice(0, 300) }) };
        await insertTeamNotices(
          tx,
          accountId,
          [{ userId: user.id, what: 'transferred', conversationNumber: number, leadId: whose.leadId, data }],
          at,
        );
      }
    }
    const [me] = await membersSeeing(tx, accountId, talk.contactId, [actor.userId]);
    return { talk, user, seen: me?.sees === true, before: team.responsibleId };
  });
  notify(deps.sql, [
    ...changesOf(accountId, done.talk),
    // Who had it may not see it any more, and would not hear of its change.
    { accountId, kind: 'sight', id: done.before ?? 0 },
  ]);
  return { number, responsible: { id: done.user.id, name: done.user.name }, seen: done.seen };
}

/** Adds or removes a participant; both are harmless when repeated. Who is added is told. Answers all of them. */
export async function changeParticipants(
  deps: Deps,
  actor: Actor,
  number: number,
  change: { add: number } | { remove: number },
): Promise<{ id: number; name: string }[]> {
  const at = deps.now();
  const { accountId } = actor;
  const done = await deps.sql.begin(async (transaction) => {
    const tx = transaction as Transaction;
    const talk = await findTeamTalk(tx, actor, number);
    if (talk === undefined) throw noConversation();
    // Leaving needs no right; everything else does.
    if (!('remove' in change && change.remove === actor.userId)) mustEdit(talk);
    const before = (await lockTeam(tx, accountId, talk.contactId))!.participantIds;
    const user = 'add' in change ? await colleague(tx, accountId, change.add) : undefined;
    const after = 'add' in change ? [...new Set([...before, change.add])] : before.filter((id) => id !== change.remove);
    if (after.length > MAX_PARTICIPANTS)
      throw wrongField('userId', `a client may have up to ${MAX_PARTICIPANTS} participants: remove one first`);
    if (after.length !== before.length) {
      await setParticipants(tx, accountId, talk.contactId, after, at);
      const participant = [{ participant: { id: 'add' in change ? change.add : change.remove } }];
      const event: NewEvent = {
        ...('add' in change ? { type: 'participant_added', after: participant } : { type: 'participant_removed', before: participant }),
        entityType: 'contact',
        entityId: talk.contactId,
        contactId: talk.contactId,
        leadId: talk.entityType === 'lead' ? talk.entityId : null,
      };
      await insertEvents(tx, accountId, actor.userId, [event], at);
      if (user !== undefined && user.id !== actor.userId) {
        const data = { by: actor.userId, byName: await nameOf(tx, actor) };
        await insertTeamNotices(
          tx,
          accountId,
          [{ userId: user.id, what: 'invited', conversationNumber: number, leadId: event.leadId, data }],
          at,
        );
      }
    }
    const members = await membersSeeing(tx, accountId, talk.contactId, after);
    const names = new Map(members.map((member) => [member.id, member.name]));
    return { talk, list: after.flatMap((id) => (names.has(id) ? [{ id, name: names.get(id)! }] : [])) };
  });
  notify(deps.sql, [
    ...changesOf(accountId, done.talk),
    ...('remove' in change ? [{ accountId, kind: 'sight', id: change.remove } satisfies ChangeItem] : []),
  ]);
  return done.list;
}

/** The conversation with its card locked. What it hangs on is read before the lock, and once more after it. */
async function lockCard(
  tx: Transaction,
  actor: Actor,
  number: number,
): Promise<{ talk: TeamTalk; card: { responsibleId: number | null } | undefined }> {
  for (let round = 0; round < 3; round += 1) {
    const talk = await findTeamTalk(tx, actor, number);
    if (talk === undefined) throw noConversation();
    mustEdit(talk);
    if (talk.entityType === null || talk.entityId === null) return { talk, card: undefined };
    const card = await lockCardOwner(tx, actor.accountId, { type: talk.entityType, id: talk.entityId });
    const again = await findTeamTalk(tx, actor, number);
    if (again?.entityId === talk.entityId && again.entityType === talk.entityType) return { talk, card };
  }
  throw new ApiError('conflict', 'The conversation is just being moved to another card: try again');
}

async function colleague(tx: Transaction, accountId: number, userId: number): Promise<User> {
  const user = await findUser(tx, accountId, userId);
  if (user?.isActive !== true) throw wrongField('userId', 'the account has no such user: GET /api/users lists them');
  return user;
}

export const nameOf = async (tx: Transaction, { accountId, userId }: Actor): Promise<string> =>
  (await findUser(tx, accountId, userId))?.name ?? '';

/** What pages fetch again after a change of a client's team. */
export function changesOf(accountId: number, talk: TeamTalk): ChangeItem[] {
  return [
    { accountId, kind: 'contact', id: talk.contactId },
    { accountId, kind: 'conversation', id: talk.number },
    ...(talk.entityType === 'lead' && talk.entityId !== null ? [{ accountId, kind: 'lead', id: talk.entityId } satisfies ChangeItem] : []),
    { accountId, kind: 'notification', id: 0 },
  ];
}
