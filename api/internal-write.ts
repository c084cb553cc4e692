/** Changes of internal chats: each one transaction under the chat's lock, live updates after it. No workflow has a part in them. */
import type { Transaction } from '../db/connection.ts';
import { type ChangeItem, notify } from '../db/notify.ts';
import { insertEvents } from '../db/stores/events.ts';
import {
  activeUsers,
  addInternalMembers,
  ensureDirectChat,
  ensureLeadChat,
  findInternalChat,
  type InternalChatRow,
  insertGroupChat,
  internalMemberIds,
  type LockedInternalChat,
  lockInternalChat,
  removeInternalMember,
  renameInternalChat,
} from '../db/stores/internal-chats.ts';
import {
  deleteInternalMessage,
  editInternalMessage,
  findInternalMessage,
  type InternalMessageRow,
  insertInternalMessage,
  ownFiles,
} from '../db/stores/internal-messages.ts';
import { readInternal, tellMembers, withdrawInternalMessage } from '../db/stores/internal-notices.ts';
import { findLead } from '../db/stores/leads.ts';
import type { Actor } from './actor.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError, wrongField } from './errors.ts';

type Deps = Pick<ApiDeps, 'sql' | 'now'>;

const noChat = () => new ApiError('not_found', 'No such internal chat');
const noMessage = () => new ApiError('not_found', 'No such message of yours');

/** The chat, if the actor may read it. Throws ApiError not_found. */
export async function readableChat(deps: Deps, actor: Actor, chatId: number): Promise<InternalChatRow> {
  const chat = await findInternalChat(deps.sql, actor, chatId);
  if (chat === undefined) throw noChat();
  return chat;
}

/** The chat with one colleague, made at the first time. */
export async function openDirect(deps: Deps, actor: Actor, otherId: number): Promise<{ chat: InternalChatRow; isNew: boolean }> {
  if (otherId === actor.userId) throw wrongField('userId', 'name a colleague, not yourself');
  await checkUsers(deps.sql, actor, [otherId], 'userId');
  const made = await deps.sql.begin((tx) => ensureDirectChat(tx, actor.accountId, actor.userId, otherId, deps.now()));
  if (made.isNew) tell(deps, actor, made.id);
  return { chat: await readableChat(deps, actor, made.id), isNew: made.isNew };
}

export async function makeGroup(deps: Deps, actor: Actor, group: { title: string; userIds: number[] }): Promise<InternalChatRow> {
  await checkUsers(deps.sql, actor, group.userIds, 'userIds');
  const chatId = await deps.sql.begin(async (tx) => {
    const id = await insertGroupChat(tx, actor.accountId, actor.userId, group.title, deps.now());
    await addInternalMembers(tx, actor.accountId, id, [actor.userId, ...group.userIds], deps.now());
    return id;
  });
  tell(deps, actor, chatId);
  return readableChat(deps, actor, chatId);
}

/** The chat inside a lead's card, for whoever may see the lead. */
export async function openLeadChat(deps: Deps, actor: Actor, leadId: number): Promise<InternalChatRow> {
  if ((await findLead(deps.sql, actor, leadId)) === undefined) throw new ApiError('not_found', 'No such lead');
  return readableChat(deps, actor, await ensureLeadChat(deps.sql, actor.accountId, actor.userId, leadId, deps.now()));
}

export async function renameChat(deps: Deps, actor: Actor, chatId: number, title: string): Promise<InternalChatRow> {
  await deps.sql.begin(async (tx) => {
    const chat = await locked(tx, actor, chatId);
    if (chat.kind !== 'group') throw new ApiError('conflict', 'Only a group has a title of its own');
    await renameInternalChat(tx, actor.accountId, chatId, title);
  });
  tell(deps, actor, chatId);
  return readableChat(deps, actor, chatId);
}

export async function addMembers(deps: Deps, actor: Actor, chatId: number, userIds: number[]): Promise<InternalChatRow> {
  await checkUsers(deps.sql, actor, userIds, 'userIds');
  await deps.sql.begin(async (tx) => {
    const chat = await locked(tx, actor, chatId);
    if (chat.kind === 'direct') throw new ApiError('conflict', 'A direct chat stays between two: make a group');
    await addInternalMembers(tx, actor.accountId, chatId, userIds, deps.now(), chat.lastPosition);
  });
  tell(deps, actor, chatId);
  return readableChat(deps, actor, chatId);
}

/** Everybody may leave; others are taken out by who made the chat, or by an administrator who is in it. */
export async function removeMember(deps: Deps, actor: Actor, chatId: number, userId: number): Promise<void> {
  const removed = await deps.sql.begin(async (tx) => {
    const chat = await locked(tx, actor, chatId);
    if (chat.kind === 'direct') throw new ApiError('conflict', 'A direct chat stays between two');
    if (userId !== actor.userId && chat.createdBy !== actor.userId && actor.role !== 'administrator')
      throw new ApiError('forbidden', 'Only who made the chat or an administrator takes others out');
    return removeInternalMember(tx, actor.accountId, chatId, userId, deps.now());
  });
  if (!removed) throw new ApiError('not_found', 'No such member');
  notify(deps.sql, [
    { accountId: actor.accountId, kind: 'internal', id: chatId },
    { accountId: actor.accountId, kind: 'internal', id: `left/${userId}` },
    { accountId: actor.accountId, kind: 'notification', id: userId },
  ]);
}

export interface InternalDraft {
  text: string;
  mentions: number[];
  fileIds: string[];
}

/** Writes into a chat; the same key again gives the first message. */
export async function writeMessage(
  deps: Deps,
  actor: Actor,
  chatId: number,
  draft: InternalDraft,
  key: string,
): Promise<InternalMessageRow> {
  const text = draft.text.trim();
  if (text === '' && draft.fileIds.length === 0) throw wrongField('text', 'write something or attach a file');
  const { accountId, userId } = actor;
  const { message, told } = await deps.sql.begin(async (tx) => {
    const chat = await locked(tx, actor, chatId);
    const earlier = await findInternalMessage(tx, accountId, chatId, { authorId: userId, key });
    if (earlier !== undefined) return { message: earlier, told: [] };
    const at = deps.now();
    const own = new Set(await ownFiles(tx, accountId, userId, draft.fileIds));
    const foreign = draft.fileIds.findIndex((id) => !own.has(id));
    if (foreign !== -1) throw wrongField(`files.${foreign}.id`, 'upload the file first: POST /api/files');
    const mentions = await checkMentions(tx, actor, chat, draft.mentions, at);
    const fileIds = [...new Set(draft.fileIds)];
    const id = await insertInternalMessage(tx, accountId, { chatId, authorId: userId, key, text, mentions, fileIds }, at);
    if (chat.kind === 'lead') await noteInEvents(tx, actor, chat, id, at);
    const written = (await findInternalMessage(tx, accountId, chatId, { id }))!;
    return { message: written, told: await tellAbout(tx, actor, chat, written, { everybody: chat.kind === 'direct', mentions }, at) };
  });
  tell(deps, actor, chatId, told);
  return message;
}

export async function editMessage(
  deps: Deps,
  actor: Actor,
  chatId: number,
  messageId: number,
  draft: Omit<InternalDraft, 'fileIds'>,
): Promise<InternalMessageRow> {
  const text = draft.text.trim();
  const { accountId, userId } = actor;
  const { message, told } = await deps.sql.begin(async (tx) => {
    const chat = await locked(tx, actor, chatId);
    const before = await findInternalMessage(tx, accountId, chatId, { id: messageId });
    if (before === undefined || before.authorId !== userId || before.deletedAt !== null) throw noMessage();
    if (text === '' && before.files.length === 0) throw wrongField('text', 'write something, or delete the message');
    const at = deps.now();
    const mentions = await checkMentions(tx, actor, chat, draft.mentions, at);
    await editInternalMessage(tx, accountId, { id: messageId, chatId, authorId: userId, text, mentions }, at);
    const after = (await findInternalMessage(tx, accountId, chatId, { id: messageId }))!;
    const known = new Set(before.mentions.map(({ id }) => id));
    // Only who is named for the first time hears of a correction.
    const news = mentions.filter((id) => !known.has(id));
    return { message: after, told: await tellAbout(tx, actor, chat, after, { everybody: false, mentions: news }, at) };
  });
  tell(deps, actor, chatId, told);
  return message;
}

export async function deleteMessage(deps: Deps, actor: Actor, chatId: number, messageId: number): Promise<void> {
  const withdrawn = await deps.sql.begin(async (tx) => {
    await locked(tx, actor, chatId);
    const { accountId, userId } = actor;
    const at = deps.now();
    if (!(await deleteInternalMessage(tx, accountId, { id: messageId, chatId, authorId: userId }, at))) throw noMessage();
    return withdrawInternalMessage(tx, accountId, chatId, messageId, at);
  });
  tell(deps, actor, chatId, withdrawn);
}

/** Marks as read up to a position. Who reads a lead's chat without being in it leaves no trace. */
export async function markRead(deps: Deps, actor: Actor, chatId: number, position: number): Promise<void> {
  const { moved, withdrawn } = await readInternal(deps.sql, actor.accountId, chatId, actor.userId, position, deps.now());
  if (moved || withdrawn.length > 0) tell(deps, actor, chatId, withdrawn);
}

async function locked(tx: Transaction, actor: Actor, chatId: number): Promise<LockedInternalChat> {
  const chat = await lockInternalChat(tx, actor, chatId);
  if (chat === undefined) throw noChat();
  return chat;
}

async function checkUsers(sql: Deps['sql'], actor: Actor, userIds: number[], field: string): Promise<void> {
  const active = new Set(await activeUsers(sql, actor.accountId, userIds));
  const missing = userIds.findIndex((id) => !active.has(id));
  if (missing !== -1) throw wrongField(field === 'userIds' ? `userIds.${missing}` : field, 'there is no such active user');
}

/** Who may be named: members. In a lead's chat anybody of the account; who is named there, writes there, or answers for the lead at its first message, is in it from then on. */
async function checkMentions(tx: Transaction, actor: Actor, chat: LockedInternalChat, named: number[], at: number): Promise<number[]> {
  const wanted = [...new Set(named)];
  const { accountId } = actor;
  const possible = new Set(
    chat.kind === 'lead' ? await activeUsers(tx, accountId, wanted) : await internalMemberIds(tx, accountId, chat.id),
  );
  const wrong = named.findIndex((id) => !possible.has(id));
  if (wrong !== -1)
    throw wrongField(
      `mentions.${wrong}`,
      chat.kind === 'lead' ? 'there is no such active user' : 'not in this chat: take the colleague in first',
    );
  if (chat.kind === 'lead') {
    const first = chat.lastPosition === 0 && chat.leadId !== null ? await responsibleOf(tx, accountId, chat.leadId) : [];
    await addInternalMembers(tx, accountId, chat.id, [actor.userId, ...first], at, chat.lastPosition);
    await addInternalMembers(tx, accountId, chat.id, wanted, at, chat.lastPosition);
  }
  return wanted.filter((id) => id !== actor.userId);
}

const responsibleOf = async (tx: Transaction, accountId: number, leadId: number): Promise<number[]> => {
  const rows = await tx<{ id: number }[]>`
    select u.id from leads l join users u on u.account_id = l.account_id and u.id = l.responsible_user_id and u.is_active
    where l.account_id = ${accountId} and l.id = ${leadId}`;
  return rows.map(({ id }) => id);
};

/** The vendor's event 150. The text stays in the chat: events are read by more people. */
async function noteInEvents(tx: Transaction, actor: Actor, chat: LockedInternalChat, messageId: number, at: number): Promise<void> {
  if (chat.leadId === null) return;
  const [lead] = await tx<{ contactId: number | null }[]>`
    select contact_id "contactId" from leads where account_id = ${actor.accountId} and id = ${chat.leadId}`;
  const after = [{ message: { id: messageId, internal_chat_id: chat.id } }];
  const event = { type: 'entity_direct_message', entityType: 'lead' as const, entityId: chat.leadId, leadId: chat.leadId };
  await insertEvents(tx, actor.accountId, actor.userId, [{ ...event, contactId: lead?.contactId ?? null, after }], at);
}

async function tellAbout(
  tx: Transaction,
  actor: Actor,
  chat: LockedInternalChat,
  message: InternalMessageRow,
  told: { everybody: boolean; mentions: number[] },
  at: number,
): Promise<number[]> {
  const words = message.text === '' ? message.files.map(({ name }) => name).join(', ') : message.text;
  return tellMembers(
    tx,
    actor.accountId,
    { id: message.id, chatId: chat.id, authorId: actor.userId, authorName: message.authorName, chatTitle: chat.title, text: words },
    told,
    at,
  );
}

function tell(deps: Deps, actor: Actor, chatId: number, notifications: number[] = []): void {
  notify(deps.sql, [
    { accountId: actor.accountId, kind: 'internal', id: chatId },
    ...notifications.map((id): ChangeItem => ({ accountId: actor.accountId, kind: 'notification', id })),
  ]);
}
