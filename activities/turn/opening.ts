/** Clients who come by a deep link: whom its payload names, and what it says where the messenger tells of it before the first message. */
import type { ChannelFact } from '../../channels/channel.ts';
import type { ChatRow } from '../../db/turns/rows.ts';
import { readStartPayload } from '../../domain/links/visitor-uid.ts';
import { abilitiesOf } from '../../domain/message/abilities.ts';
import { addEvent, channelOf, type World } from './world.ts';

/** Who opens a chat and writes a day later came for something else. */
const DAY_MS = 86_400_000;

/** Ties the chat's client to the visitor whom a start payload names. */
export function recogniseBy(w: World, chat: ChatRow, payload: string | undefined): void {
  const comer = payload === undefined || chat.kind !== 'private' ? undefined : readStartPayload(payload);
  if (comer !== undefined) w.changes.comers.push({ contactId: chat.contactId, ...comer, at: w.at });
}

/** Noted as an event, from which the next message's bot learns the payload. No number, no clock, nothing reopens: nobody has written. */
export function receiveOpening(w: World, chat: ChatRow, { startPayload }: Extract<ChannelFact, { type: 'chatOpened' }>): void {
  recogniseBy(w, chat, startPayload);
  addEvent(
    w,
    chat,
    {
      type: 'chat_opened',
      entityType: 'contact',
      entityId: chat.contactId,
      valueAfter: [{ chat: { id: chat.id, start_payload: startPayload } }],
    },
    { kind: 'client' },
  );
}

/**
 * What the client opened the chat with before these messages, and after everything they wrote earlier; only messengers that tell it apart are asked
 * about, and only when a bot starts.
 */
export async function payloadOfOpening(w: World, chat: ChatRow, messageIds: readonly string[]): Promise<string | undefined> {
  const channel = channelOf(w, chat);
  if (channel === undefined || abilitiesOf(channel.type).opensApart !== true) return undefined;
  const now = w.changes.events.findLast(({ type, contactId }) => type === 'chat_opened' && contactId === chat.contactId);
  if (now !== undefined) return payloadIn(now.valueAfter[0]);
  const rows = await w.tx<{ value: unknown }[]>`
    select e.value_after -> 0 as value from events e
    where e.account_id = ${w.accountId} and e.contact_id = ${chat.contactId} and e.type = 'chat_opened' and e.at > ${w.at - DAY_MS}
      and e.value_after #>> '{0,chat,id}' = ${chat.id}
      and e.at > coalesce((select m.written_at from messages m where m.account_id = ${w.accountId} and m.chat_id = ${chat.id} and m.direction = 'in'
        and m.id <> all(${[...messageIds]}::uuid[]) order by m.position desc limit 1), '-infinity')
    order by e.at desc, e.id desc limit 1`;
  return payloadIn(rows[0]?.value);
}

function payloadIn(value: unknown): string | undefined {
  const { chat } = (value ?? {}) as { chat?: { start_payload?: string } };
  return chat?.start_payload;
}
