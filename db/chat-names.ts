/** What stands for a chat in names that operators read, where its own id is personal: the same in every process that has the installation's key. */
import { createHmac } from 'node:crypto';
import type { Queries } from './connection.ts';

const BLOCK_BYTES = 64;
const LENGTH = 32;

const keyOf = (secretKey: Uint8Array): Buffer => createHmac('sha256', secretKey).update('names of chats').digest();

/** Makes the hash of a chat's place (`<account>/<channel>/<external chat id>`): 32 hex letters. Without the key nobody can try phones against it. */
export function chatHider(secretKey: Uint8Array): (place: string) => string {
  const key = keyOf(secretKey);
  return (place) => createHmac('sha256', key).update(place).digest('hex').slice(0, LENGTH);
}

/** True for what `chatHider` makes. */
export const isHiddenChat = (name: string): boolean => /^[0-9a-f]{32}$/.test(name);

/**
 * The id of the channel's chat that has this hash; undefined where none has. It reads every chat of the channel, which the rare look from Temporal's pages is
 * worth; Postgres makes the HMAC itself, so no id leaves it.
 */
export async function chatByHiddenName(
  sql: Queries,
  secretKey: Uint8Array,
  of: { accountId: number; channelId: number },
  name: string,
): Promise<string | undefined> {
  const key = keyOf(secretKey);
  const pad = (byte: number) => Buffer.concat([key, Buffer.alloc(BLOCK_BYTES - key.length)]).map((one) => one ^ byte);
  const prefix = `${of.accountId}/${of.channelId}/`;
  const [row] = await sql<{ externalChatId: string }[]>`
    select external_chat_id "externalChatId" from chats
    where account_id = ${of.accountId} and channel_id = ${of.channelId}
      and left(encode(sha256(${Buffer.from(pad(0x5c))}::bytea || sha256(${Buffer.from(pad(0x36))}::bytea || convert_to(${prefix}::text || external_chat_id, 'UTF8'))), 'hex'), ${LENGTH}) = ${name}
    limit 1`;
  return row?.externalChatId;
}
