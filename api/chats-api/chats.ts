import { isUuid, ourId } from '../../channels/custom/ids.ts';
import { personOf } from '../../channels/custom/parse.ts';
import { identity, optionalIdentity, optionalRecord, record } from '../../channels/custom/payload.ts';
import { clientOfChat, ensureChat, type HistoryRow, historyOf, type Person } from '../../db/stores/chats-api.ts';
import { filePath } from '../../files/address.ts';
import type { ApiDeps } from '../deps.ts';
import { ofChannel } from './event.ts';
import { badRequest } from './problem.ts';
import type { SignedCall } from './signed.ts';

const MOST_HISTORY = 50;

/** Makes the chat of a conversation, or finds it: the same one however often. It is not shown anywhere before its first message. */
export async function makeChat(deps: Pick<ApiDeps, 'sql' | 'now'>, call: SignedCall, body: unknown): Promise<object> {
  const fields = record(body, 'The body');
  const conversationId = identity(fields.conversation_id, 'conversation_id');
  const source = optionalIdentity(optionalRecord(fields.source, 'source')?.external_id, 'source.external_id');
  if (source !== undefined && !/^[\x20-\x7e]{1,40}$/.test(source))
    throw badRequest('source.external_id may have up to 40 printable ASCII characters');
  const user = record(fields.user, 'user');
  const person = personOf(user, 'user');
  if (person.name === '') throw badRequest('user.name is missing');
  const of = ofChannel(call);
  const chat = await ensureChat(deps.sql, of, { id: ourId(call.channelUuid, 'chat', conversationId), conversationId }, person, deps.now());
  const known = await clientOfChat(deps.sql, of, chat.id);
  return {
    id: chat.id,
    user: { ...userView(call, known, person.externalUserId), ...(person.avatarRef === undefined ? {} : { avatar: person.avatarRef }) },
  };
}

/** Messages of a chat by its id here, the newest first. Undefined: none, or no such chat. */
export async function readHistory(
  deps: Pick<ApiDeps, 'sql' | 'publicUrl' | 'localUrl' | 'secretKey'>,
  call: SignedCall,
  chatId: string,
  query: { offset?: string | undefined; limit?: string | undefined },
): Promise<object | undefined> {
  const offset = natural(query.offset, 0, 'offset');
  const limit = natural(query.limit, MOST_HISTORY, 'limit');
  if (limit < 1 || limit > MOST_HISTORY) throw badRequest(`limit must be from 1 to ${MOST_HISTORY}`);
  if (!isUuid(chatId)) return undefined;
  const of = ofChannel(call);
  const [rows, person] = await Promise.all([historyOf(deps.sql, of, chatId, { offset, limit }), clientOfChat(deps.sql, of, chatId)]);
  if (rows.length === 0) return undefined;
  const client = userView(call, person);
  const addressOf = (fileId: string) => (deps.publicUrl ?? deps.localUrl) + filePath(deps.secretKey, fileId);
  return {
    messages: rows.map((row) => {
      const ours = { id: row.authorAmojoId ?? call.channelUuid, name: row.authorName ?? '' };
      return {
        timestamp: Math.floor(row.at / 1000),
        msec_timestamp: row.at,
        sender: row.direction === 'in' ? client : ours,
        // Nobody in particular receives what a client writes.
        ...(row.direction === 'in' ? {} : { receiver: client }),
        message: messageView(row, addressOf),
      };
    }),
  };
}

function natural(value: string | undefined, otherwise: number, name: string): number {
  if (value === undefined || value === '') return otherwise;
  if (!/^\d{1,9}$/.test(value)) throw badRequest(`${name} must be a whole number from 0`);
  return Number(value);
}

function userView(call: SignedCall, person: Person | undefined, fallbackId = ''): object {
  const clientId = person?.externalUserId ?? fallbackId;
  return {
    id: ourId(call.channelUuid, 'user', clientId),
    client_id: clientId,
    name: person?.name ?? '',
    avatar: '',
    phone: person?.phone ?? '',
    email: person?.email ?? '',
  };
}

function messageView({ id, msgid, text, albumId, extra, attachments }: HistoryRow, addressOf: (fileId: string) => string): object {
  const [file] = attachments;
  const { location, contact } = extra;
  return {
    id,
    ...(msgid === null ? {} : { client_id: msgid }),
    type: file?.kind ?? (location !== undefined ? 'location' : contact !== undefined ? 'contact' : 'text'),
    text,
    media: file === undefined ? '' : file.fileId === null ? (file.url ?? '') : addressOf(file.fileId),
    thumbnail: '',
    file_name: file?.name ?? '',
    file_size: file?.sizeBytes ?? 0,
    ...(albumId === null ? {} : { media_group_id: albumId }),
    ...(location === undefined ? {} : { location: { lon: location.longitude, lat: location.latitude } }),
    ...(contact === undefined ? {} : { contact: { name: contact.name ?? '', phone: contact.phone ?? '' } }),
  };
}
