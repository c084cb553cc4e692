/** Copies what clients sent into our own storage: the messenger's addresses expire, and carry tokens. Likewise what the web chat gets by an address. */
import { ChannelError } from '../channels/channel.ts';
import { notify } from '../db/notify.ts';
import { type AttachmentRow, camelRows } from '../db/turns/rows.ts';
import { FileRefused } from '../files/storage.ts';
import type { ChatKey } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import { connected } from './lane/send-part.ts';
import { copyFromAddress } from './own-copy.ts';
import type { Directory } from './turn/directory.ts';

const FETCH_TIMEOUT_MS = 50_000;

/** All waiting files of one chat, one after another. Throws when one may be had later; a refusal is final and shown on the card. */
export async function copyChatMedia(deps: ActivityDeps & { directory: Directory }, key: ChatKey): Promise<void> {
  const { accountId, channelId, externalChatId } = key;
  const rows = await deps.sql`
    select a.* from attachments a join chats c on c.account_id = a.account_id and c.id = a.chat_id
    where a.account_id = ${accountId} and c.channel_id = ${channelId} and c.external_chat_id = ${externalChatId} and a.copy = 'waiting'
    order by a.message_id, a.index`;
  let later: unknown;
  for (const attachment of camelRows<AttachmentRow>(rows)) {
    try {
      await copyOne(deps, attachment);
    } catch (error) {
      if (!(error instanceof FileRefused) && !(error instanceof ChannelError && error.kind === 'refused')) later = error;
      else await giveUp(deps, attachment, error instanceof ChannelError ? error.words : error.message);
    }
    notify(deps.sql, [{ accountId, kind: 'chat', id: attachment.chatId }]);
  }
  if (later !== undefined) throw later;
}

async function copyOne(deps: ActivityDeps & { directory: Directory }, attachment: AttachmentRow): Promise<void> {
  const { accountId, channelId, messageId, index, ref, url, name, kind } = attachment;
  if (ref === null && url !== null) {
    const file = await copyFromAddress(deps, { accountId, channelId, url, name, kind }, AbortSignal.timeout(FETCH_TIMEOUT_MS));
    await deps.sql`update attachments set file_id = ${file.id}, copy = 'stored', mime = ${file.mime}, size_bytes = ${file.sizeBytes},
        width_px = ${file.widthPx}, height_px = ${file.heightPx}
      where account_id = ${accountId} and message_id = ${messageId} and index = ${index}`;
    return;
  }
  const row = (await deps.directory.account(accountId, channelId)).channels.get(channelId);
  const adapter = row && deps.channels.get(row.type);
  if (row === undefined || adapter?.fetchMedia === undefined || ref === null)
    return giveUp(deps, attachment, 'This channel cannot bring the file');
  const media = await adapter.fetchMedia(connected(deps, row), ref, AbortSignal.timeout(FETCH_TIMEOUT_MS));
  const file = await deps.files.save({
    accountId,
    name: attachment.name || media.name || attachment.kind,
    body: media.body,
    createdBy: `channel:${channelId}`,
    claimedMime: attachment.mime || media.mime || 'application/octet-stream',
    ...(attachment.widthPx === null ? {} : { widthPx: attachment.widthPx }),
    ...(attachment.heightPx === null ? {} : { heightPx: attachment.heightPx }),
  });
  await deps.sql`update attachments set file_id = ${file.id}, copy = 'stored', mime = ${file.mime}, size_bytes = ${file.sizeBytes}
    where account_id = ${accountId} and message_id = ${messageId} and index = ${index}`;
}

async function giveUp(deps: ActivityDeps, attachment: AttachmentRow, words: string): Promise<void> {
  await deps.sql`update attachments set copy = 'failed', copy_words = ${words}
    where account_id = ${attachment.accountId} and message_id = ${attachment.messageId} and index = ${attachment.index}`;
}
