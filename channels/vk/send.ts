import { ChannelError, type ConnectedChannel, type Outgoing, type SendReceipt } from '../channel.ts';
import { call, isRecord, type Params, tokenOf } from './api.ts';
import { fromVkError } from './errors.ts';
import { keyboardOf } from './keyboard.ts';
import { randomIdOf, remember } from './sent.ts';
import { forgetUploads, type UploadJob, uploadAll } from './upload.ts';
import { externalIdOf, isGroupChat } from './wire.ts';

/**
 * Sends one part with one messages.send, its files uploaded before. The same key gives the same `random_id`, by which VK drops a repeat: a send without an
 * answer may be repeated. Texts go as they are; VK has no markup but mentions.
 */
export async function sendPart(channel: ConnectedChannel, outgoing: Outgoing, allowPrivateAddresses: boolean): Promise<SendReceipt> {
  const { part, signal, externalChatId } = outgoing;
  const peerId = Number(externalChatId);
  if (!Number.isSafeInteger(peerId) || peerId === 0) {
    throw new ChannelError('refused', { scope: 'contact', code: 'bad_chat', words: 'This is no chat of VK' });
  }
  const keyboard = keyboardOf(part.buttons);
  const job: UploadJob = { channel, peerId: externalChatId, files: outgoing.files, signal, allowPrivateAddresses };
  const uploaded = await uploadAll(part.attachments, job);
  const randomId = randomIdOf(outgoing.key);
  // Before the call: VK's echo may be here before its answer.
  remember(channel, peerId, randomId);
  const params: Params = {
    // In group chats only the longer answer names the message.
    ...(isGroupChat(peerId) ? { peer_ids: peerId } : { peer_id: peerId }),
    random_id: randomId,
    message: part.text === '' ? undefined : part.text,
    attachment: uploaded.length === 0 ? undefined : uploaded.join(','),
    keyboard,
    ...replyOf(part.replyToExternalId),
  };
  try {
    return { externalIds: idsOf(channel, peerId, await call<unknown>(channel, 'messages.send', params, { signal, reading: false })) };
  } catch (error) {
    if (error instanceof ChannelError && error.kind === 'refused') forgetUploads(part.attachments, job);
    throw error;
  }
}

/** VK answers by the community's count of messages; where a chat has only its own count, the words go out without their quote. */
function replyOf(externalId: string | undefined): Params {
  return externalId !== undefined && /^[1-9]\d*$/.test(externalId) ? { reply_to: Number(externalId) } : {};
}

/** The message's id, or for `peer_ids` a list with an error inside where that peer refused. */
function idsOf(channel: ConnectedChannel, peerId: number, answer: unknown): string[] {
  if (typeof answer === 'number') return answer > 0 ? [externalIdOf({ id: answer, peer_id: peerId })] : [];
  const first: unknown = Array.isArray(answer) ? answer[0] : answer;
  if (!isRecord(first)) throw new ChannelError('unknown', { code: 'no_id', words: 'VK answered without naming the message' });
  if (isRecord(first.error) && typeof first.error.code === 'number') {
    const words = typeof first.error.description === 'string' ? first.error.description : '';
    throw fromVkError({ error_code: first.error.code, error_msg: words }, { token: tokenOf(channel), reading: false });
  }
  const number = (value: unknown) => (typeof value === 'number' && value > 0 ? value : undefined);
  const id = number(first.message_id);
  const count = number(first.conversation_message_id);
  if (id === undefined && count === undefined) return [];
  return [
    externalIdOf({
      peer_id: peerId,
      ...(id === undefined ? {} : { id }),
      ...(count === undefined ? {} : { conversation_message_id: count }),
    }),
  ];
}
