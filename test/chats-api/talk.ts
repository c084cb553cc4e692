import type { Reply } from '../fakes/custom/index.ts';
import type { ChatsApiWorld, Connected } from './world.ts';

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Clients of one account's integration, in words that the tests share. `of` is asked at each call: accounts are made before the tests. */
export function talkWith(world: () => ChatsApiWorld, of: () => Connected) {
  let conversations = 0;
  return {
    /** A conversation in which a client has written. */
    async newChat(text = 'hello'): Promise<{ id: string; reply: Reply; msgid: string }> {
      conversations += 1;
      const id = `c-${conversations}`;
      const { integration } = of();
      integration.open(id);
      const event = integration.newMessage(id, { type: 'text', text });
      return { id, reply: await integration.scoped('POST', '', event), msgid: event.payload.msgid };
    },
    says(id: string, message: object, change: object = {}): Promise<Reply> {
      const { integration } = of();
      return integration.scoped('POST', '', integration.newMessage(id, message, change));
    },
    async talkOf(id: string) {
      const [row] = await world().api.sql`select t.* from conversations t join chats c on c.account_id = t.account_id and c.id = t.chat_id
        where t.account_id = ${of().person.accountId} and c.external_chat_id = ${id}`;
      return row;
    },
  };
}
