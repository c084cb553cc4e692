/** Business accounts: their owners connect the bot, write to their clients, delete. */
import { type BusinessAccount, type BusinessConnection, type FakeBot, preciseNow } from './bot.ts';
import { push } from './clients.ts';
import type { BusinessRights, Written } from './types.ts';

/** As updates and `getBusinessConnection` show it. */
export function connectionFields({ id, account, date, isEnabled, canReply }: BusinessConnection) {
  return {
    id,
    user: account.owner,
    user_chat_id: account.owner.id,
    date,
    is_enabled: isEnabled,
    can_reply: canReply,
    ...(canReply ? { rights: { can_reply: true } } : {}),
  };
}

export function connectBusiness(
  bot: FakeBot,
  ownerId: number,
  options: BusinessRights & { name?: string; username?: string },
): { connectionId: string; updateId: number } {
  const account: BusinessAccount = bot.accounts.get(ownerId) ?? {
    owner: { id: ownerId, is_bot: false, first_name: `Owner ${ownerId}` },
    chats: new Map(),
    lastMessageId: 0,
  };
  if (options.name !== undefined) account.owner.first_name = options.name;
  if (options.username !== undefined) account.owner.username = options.username;
  bot.accounts.set(ownerId, account);
  const earlier = [...bot.connections.values()].filter((one) => one.account === account);
  for (const one of earlier) one.isEnabled = false;
  const connection = {
    id: `bc-${ownerId}-${bot.connections.size + 1}`,
    account,
    // Seconds are all that Telegram tells; two connections of one account are never made in the same.
    date: Math.max(Math.floor(Date.now() / 1000), ...earlier.map(({ date }) => date + 1)),
    isEnabled: options.isEnabled ?? true,
    canReply: options.canReply ?? true,
  };
  bot.connections.set(connection.id, connection);
  return { connectionId: connection.id, updateId: tell(bot, connection) };
}

export function changeBusiness(bot: FakeBot, connectionId: string, { isEnabled, canReply }: BusinessRights): { updateId: number } {
  const connection = bot.connection(connectionId);
  connection.isEnabled = isEnabled ?? connection.isEnabled;
  connection.canReply = canReply ?? connection.canReply;
  return { updateId: tell(bot, connection) };
}

function tell(bot: FakeBot, connection: BusinessConnection): number {
  return bot.updates.push({ business_connection: connectionFields(connection) }, `connection ${connection.account.owner.id}`).update_id;
}

export function ownerWrites(bot: FakeBot, business: string, chatId: number, text: string, automatic = false): Written {
  const chat = bot.openChat(chatId, {}, business);
  const messageId = bot.messageId(chat.account);
  const at = preciseNow();
  bot.record(chat, { from: 'owner', at, messageId, kind: 'text', text });
  const business_message = {
    message_id: messageId,
    business_connection_id: business,
    from: chat.account?.owner,
    chat: bot.chatFields(chat),
    date: Math.floor(at / 1000),
    ...(automatic ? { is_from_offline: true } : {}),
    text,
  };
  return { updateId: push(bot, chat, { business_message }, business), messageId };
}

export function deletes(bot: FakeBot, business: string, chatId: number, messageIds: number[]): { updateId: number } {
  const chat = bot.openChat(chatId, {}, business);
  chat.items = chat.items.filter(({ messageId }) => !messageIds.includes(messageId));
  const deleted_business_messages = { business_connection_id: business, chat: bot.chatFields(chat), message_ids: messageIds };
  // Told beside the messages, not after them: their order is not kept.
  return { updateId: bot.updates.push({ deleted_business_messages }, `deletions ${chatId}`).update_id };
}
