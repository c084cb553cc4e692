import { ChannelError, type ConnectedChannel, type OutgoingFile } from '../../channels/channel.ts';
import type { LanePart } from '../../db/turns/lane.ts';
import type { ChannelRow } from '../../db/turns/rows.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Directory } from '../turn/directory.ts';

/** Hands one part to its messenger; answers the messenger's ids. Throws ChannelError. */
export async function sendPart(deps: ActivityDeps & { directory: Directory }, part: LanePart, timeoutMs: number): Promise<string[]> {
  const row = (await deps.directory.account(part.accountId, part.channelId)).channels.get(part.channelId);
  const adapter = row && deps.channels.get(row.type);
  if (row === undefined || adapter === undefined)
    throw new ChannelError('refused', { code: 'no_channel', words: 'This channel is not connected any more' });
  if (adapter.deliversByRow) return [part.messageId];
  const ids = part.attachments.flatMap(({ fileId }) => fileId ?? []);
  const stored = ids.length === 0 ? [] : await deps.files.find(part.accountId, ids);
  const files: Record<string, OutgoingFile> = {};
  for (const file of stored) {
    const publicUrl = deps.fileAddress?.(file, row.apiRoot !== null);
    const { name, mime, sizeBytes } = file;
    files[file.id] = { name, mime, sizeBytes, open: () => deps.files.open(file), ...(publicUrl === undefined ? {} : { publicUrl }) };
  }
  const receipt = await adapter.send(connected(deps, row), {
    externalChatId: part.externalChatId,
    key: `${part.messageId}:${part.index}`,
    part: { index: part.index, text: part.text, attachments: part.attachments, buttons: part.buttons },
    files,
    signal: AbortSignal.timeout(timeoutMs),
  });
  return receipt.externalIds;
}

/** A channel as its adapter wants it. */
export function connected(deps: Pick<ActivityDeps, 'openCredentials'>, row: ChannelRow): ConnectedChannel {
  return {
    accountId: row.accountId,
    id: row.id,
    type: row.type,
    credentials: deps.openCredentials(row.accountId, row.id, row.credentialsSealed),
    ...(row.apiRoot === null ? {} : { apiRoot: row.apiRoot }),
    receive: row.receive,
    webhookSecret: row.webhookSecret,
    facts: row.facts,
  };
}
