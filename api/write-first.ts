/** Writing to somebody first: in the chat that is there, or in one that begins where the channel can reach people by what the card knows. */
import { randomUUID } from 'node:crypto';
import { ChannelInputError } from '../channels/channel.ts';
import { notify } from '../db/notify.ts';
import { beginChat, type ChannelToBegin, channelsToBegin, phoneOfContact } from '../db/stores/begin-chat.ts';
import { findContact } from '../db/stores/contacts.ts';
import { addressInChannel, type ChatAddress } from '../db/stores/conversations.ts';
import { keptContactId } from '../db/stores/merge-contacts.ts';
import { isWindowClosed, windowRefusal } from '../domain/message/window.ts';
import type { Actor } from './actor.ts';
import { mustEdit } from './auth/may.ts';
import type { ChannelRef } from './contract/conversations.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError, wrongField } from './errors.ts';
import { channelRef } from './views/conversations.ts';

/**
 * The contact's chat in a channel, begun when it is not there. A chat that begins has no number: that comes with the client's first message. Throws ApiError
 * not_found for a contact that is not seen, `window_closed` where only a template may begin (`checkTemplate` throws for a wrong
 * one), `conflict` where the chat is another contact's, `invalid` naming `channel` where nobody can be written to first, or what the card lacks.
 */
export async function chatToWriteIn(
  deps: ApiDeps,
  actor: Actor,
  askedFor: number,
  channelId: number,
  checkTemplate: (() => Promise<unknown>) | undefined,
): Promise<ChatAddress> {
  const { sql } = deps;
  const contactId = await keptContactId(sql, actor.accountId, askedFor);
  const contact = await findContact(sql, actor, contactId);
  if (contact === undefined) throw new ApiError('not_found', 'No such contact');
  mustEdit(contact);
  const known = await addressInChannel(sql, actor, contactId, channelId);
  if (known !== undefined) return known;
  const channel = (
    await channelsToBegin(
      sql,
      actor.accountId,
      contactId,
      deps.channels.all().map(({ type }) => type),
    )
  ).find(({ id }) => id === channelId);
  if (channel === undefined) throw wrongField('channel', 'the account has no such channel, or it is not connected');
  const adapter = deps.channels.get(channel.type);
  const begin = adapter?.beginChat;
  if (adapter === undefined || begin === undefined) {
    throw wrongField(
      'channel',
      `in ${channel.name} only the client can begin: choose a channel in which they have written, or another way`,
    );
  }
  if (checkTemplate === undefined && isWindowClosed(adapter.abilities, null, deps.now())) {
    const { code, words } = windowRefusal(adapter.abilities);
    throw new ApiError(code, words);
  }
  // What would be refused begins no chat.
  await checkTemplate?.();
  const phone = await phoneOfContact(sql, actor.accountId, contactId);
  const chatId = randomUUID();
  const externalChatId = named(() => begin(chatId, phone === undefined ? {} : { phone }));
  await beginChat(sql, { accountId: actor.accountId, channelId, contactId }, { id: chatId, externalChatId }, deps.now());
  notify(sql, [{ accountId: actor.accountId, kind: 'contact', id: contactId }]);
  const begun = await addressInChannel(sql, actor, contactId, channelId);
  if (begun === undefined) {
    throw new ApiError(
      'conflict',
      `Another contact has the chat with this phone in ${channel.name}: write there, or merge the two contacts`,
    );
  }
  return begun;
}

/** Channels in which this contact could be written to first, beside those of their chats. */
export async function beginnable(
  deps: Pick<ApiDeps, 'sql' | 'channels'>,
  accountId: number,
  contactId: number,
  phone: string | null,
): Promise<ChannelRef[]> {
  const types = deps.channels
    .all()
    .filter((adapter) => canBegin(adapter.beginChat, phone))
    .map(({ type }) => type);
  if (types.length === 0) return [];
  return (await channelsToBegin(deps.sql, accountId, contactId, types)).map((row: ChannelToBegin) => channelRef(deps.channels, row));
}

function canBegin(begin: ((chatId: string, client: { phone?: string }) => string) | undefined, phone: string | null): boolean {
  if (begin === undefined) return false;
  try {
    begin(randomUUID(), phone === null ? {} : { phone });
    return true;
  } catch (error) {
    if (error instanceof ChannelInputError) return false;
    throw error;
  }
}

function named(begin: () => string): string {
  try {
    return begin();
  } catch (error) {
    if (error instanceof ChannelInputError) throw wrongField(error.field, error.message);
    throw error;
  }
}
