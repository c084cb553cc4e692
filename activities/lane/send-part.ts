import { ChannelError, type ConnectedChannel, type OutgoingFile, type OutgoingPeople } from '../../channels/channel.ts';
import { authorOfMessage, clientOfChat } from '../../db/stores/chats-api.ts';
import type { LanePart } from '../../db/turns/lane.ts';
import type { ChannelRow } from '../../db/turns/rows.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Directory } from '../turn/directory.ts';
import { lacksCopies, withOwnCopies } from './own-copies.ts';

/** Hands one part to its messenger; answers the messenger's ids. Throws ChannelError (AddressError where a file could not be copied first). */
export async function sendPart(deps: ActivityDeps & { directory: Directory }, planned: LanePart, timeoutMs: number): Promise<string[]> {
  const endsAt = performance.now() + timeoutMs;
  const { accountId, channelId } = planned;
  const row = (await deps.directory.account(accountId, channelId)).channels.get(channelId);
  const adapter = row && deps.channels.get(row.type);
  if (row === undefined || adapter === undefined)
    throw new ChannelError('refused', { code: 'no_channel', words: 'This channel is not connected any more' });
  // The client's page reads the message's own row: its copies are made there (activities/media.ts).
  if (adapter.deliversByRow) return [planned.messageId];
  // Half of the time at most, so that the messenger has the rest: what was copied by then is not read again by the next try.
  const part = lacksCopies(planned)
    ? await withOwnCopies(deps, planned, adapter.abilities, AbortSignal.timeout(Math.floor(timeoutMs / 2)))
    : planned;
  const ids = part.attachments.flatMap(({ fileId }) => fileId ?? []);
  const stored = ids.length === 0 ? [] : await deps.files.find(part.accountId, ids);
  const files: Record<string, OutgoingFile> = {};
  for (const file of stored) {
    // Whoever calls our API can read files where it finds the API.
    const publicUrl = deps.fileAddress?.(file, row.apiRoot !== null || adapter.namesPeople === true);
    const { name, mime, sizeBytes } = file;
    files[file.id] = { name, mime, sizeBytes, open: () => deps.files.open(file), ...(publicUrl === undefined ? {} : { publicUrl }) };
  }
  const people = adapter.namesPeople === true ? await peopleOf(deps, part, row.externalId) : undefined;
  const receipt = await adapter.send(connected(deps, row), {
    externalChatId: part.externalChatId,
    key: `${part.messageId}:${part.index}`,
    part: {
      index: part.index,
      text: part.text,
      attachments: part.attachments,
      buttons: part.buttons,
      ...(part.template === null ? {} : { template: part.template }),
      ...(part.replyTo === null ? {} : { replyToExternalId: part.replyTo }),
    },
    files,
    ...(people === undefined ? {} : { people }),
    signal: AbortSignal.timeout(Math.max(1, Math.ceil(endsAt - performance.now()))),
  });
  return receipt.externalIds;
}

/** Who talks with whom in a part. What no user wrote comes from the channel itself. */
async function peopleOf({ sql }: Pick<ActivityDeps, 'sql'>, part: LanePart, channelUuid: string): Promise<OutgoingPeople> {
  const { accountId, channelId, chatId } = part;
  const [client, author] = await Promise.all([
    clientOfChat(sql, { accountId, channelId }, chatId),
    authorOfMessage(sql, accountId, part.messageId),
  ]);
  return {
    chatId,
    client: {
      name: client?.name ?? '',
      ...(client?.externalUserId == null ? {} : { externalUserId: client.externalUserId }),
      ...(client?.phone == null ? {} : { phone: client.phone }),
      ...(client?.email == null ? {} : { email: client.email }),
    },
    author: { id: author?.amojoId ?? channelUuid, name: author?.name ?? '' },
  };
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
