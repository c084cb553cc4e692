import type { Attachment } from '../../domain/message/model.ts';
import type { StoredMessage, WebchatChannel, WebchatChat } from './model.ts';
import { signFile } from './session.ts';
import type { WireAttachment, WireMessage } from './wire.ts';

/** A stored message as this visitor gets it: files by signed handles, nothing internal. */
export function wired(
  message: StoredMessage,
  context: { sessionKey: Uint8Array; channel: WebchatChannel; chat: WebchatChat; now: number },
): WireMessage {
  return {
    cursor: message.cursor,
    ...(message.clientMessageId === undefined ? {} : { clientMessageId: message.clientMessageId }),
    author: message.author,
    at: message.at,
    text: message.text,
    attachments: message.attachments.map((attachment) => wiredAttachment(attachment, context)),
    buttons: message.buttons,
  };
}

function wiredAttachment(
  attachment: Attachment,
  { sessionKey, channel, chat, now }: { sessionKey: Uint8Array; channel: WebchatChannel; chat: WebchatChat; now: number },
): WireAttachment {
  const { kind, fileId, name, mime, sizeBytes, widthPx, heightPx } = attachment;
  const handle = fileId === undefined ? {} : { handle: signFile(sessionKey, channel.key, chat.externalChatId, fileId, now) };
  return { kind, ...handle, name, mime, sizeBytes, widthPx, heightPx };
}
