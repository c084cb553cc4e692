import type { Transaction } from '../db/connection.ts';
import { notify } from '../db/notify.ts';
import { lockCustomer } from '../db/stores/customers.ts';
import { insertEvents } from '../db/stores/events.ts';
import { lockLead } from '../db/stores/leads.ts';
import { isContactOfLead, lockTalk, moveTalk } from '../db/stores/talk-cards.ts';
import type { Actor } from './actor.ts';
import { mustEdit } from './auth/may.ts';
import type { AttachTo } from './contract/customers.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError, wrongField } from './errors.ts';

/**
 * Hangs a conversation on another lead, or on a customer, of the same client. The card is locked before the chat, as in every turn, and the chat's lock keeps
 * turns of the conversation away meanwhile. A card without a client takes the conversation's. Attaching to where it hangs changes nothing. Bots that run on the
 * lead it leaves go on there. Throws ApiError not_found, forbidden, or invalid naming the field.
 */
export async function attachConversation(deps: Pick<ApiDeps, 'sql' | 'now'>, actor: Actor, number: number, to: AttachTo): Promise<void> {
  const at = deps.now();
  const { accountId } = actor;
  const left = await deps.sql.begin(async (tx) => {
    const card = await lockCard(tx, actor, to);
    if (card === undefined) throw wrongField('id', `there is no such ${to.type}`);
    mustEdit(card);
    const talk = await lockTalk(tx, actor, number);
    if (talk === undefined) throw new ApiError('not_found', 'No such conversation');
    mustEdit(talk);
    if (talk.entityType === to.type && talk.entityId === to.id) return undefined;
    const isOfClient =
      card.contactId === null ||
      card.contactId === talk.contactId ||
      (to.type === 'lead' && (await isContactOfLead(tx, accountId, to.id, talk.contactId)));
    if (!isOfClient) throw wrongField('id', `this ${to.type} belongs to another client`);
    await moveTalk(tx, accountId, { number, contactId: talk.contactId }, to, card.contactId === null, at);
    const before = talk.entityType === null ? [] : [{ entity: { type: talk.entityType, id: talk.entityId, name: talk.entityName ?? '' } }];
    await insertEvents(
      tx,
      accountId,
      actor.userId,
      [
        {
          type: 'talk_attached',
          entityType: 'talk',
          entityId: number,
          contactId: talk.contactId,
          leadId: to.type === 'lead' ? to.id : null,
          conversationNumber: number,
          before,
          after: [{ entity: { type: to.type, id: to.id, name: card.name } }],
        },
      ],
      at,
    );
    return { type: talk.entityType, id: talk.entityId, contactId: talk.contactId };
  });
  if (left === undefined) return;
  notify(deps.sql, [
    { accountId, kind: 'conversation', id: number },
    { accountId, kind: to.type, id: to.id },
    { accountId, kind: 'contact', id: left.contactId },
    ...(left.type === null || left.id === null ? [] : [{ accountId, kind: left.type, id: left.id }]),
  ]);
}

const lockCard = (tx: Transaction, actor: Actor, to: AttachTo) =>
  to.type === 'lead' ? lockLead(tx, actor, to.id) : lockCustomer(tx, actor, to.id);
