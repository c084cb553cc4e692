import type { TalkAttachment, TalkMessageRow } from '../../db/stores/compat-talks.ts';

/** Where a file stands for outsiders; null while its copy is still being made. */
type FileUrl = (fileId: string) => string;

/**
 * A message of a talk. `attachments` has all files of an album, which is one message here; `attachment` is the first of them,
 * for programs that know the older form.
 */
export function talkMessage(message: TalkMessageRow, fileUrl: FileUrl): object {
  const attachments = message.attachments.map((attachment) => wiredAttachment(attachment, fileUrl));
  const incoming = message.direction === 'in';
  const client = { id: String(message.contactId), type: 'external', name: message.contactName };
  return {
    id: message.id,
    chat_id: message.chatId,
    type: incoming ? 'incoming' : 'outgoing',
    message_type: messageType(message),
    author: incoming ? client : author(message),
    ...(incoming ? {} : { recipient: client }),
    text: message.text,
    delivery_status: deliveryStatus(message),
    ...(message.statusWords === '' ? {} : { delivery_error: message.statusWords }),
    attachment: attachments[0] ?? null,
    attachments,
    created_at: Math.floor(message.writtenAt / 1000),
    msec_created_at: message.writtenAt,
  };
}

function author(message: TalkMessageRow): object {
  const name = message.authorName ?? '';
  // What has no author of ours was written in the messenger's own application: a colleague's answer.
  if (message.authorKind !== 'user') {
    const type = message.authorKind === 'bot' || message.authorKind === 'system' ? 'bot' : 'internal';
    return { id: String(message.authorId ?? 0), type, name };
  }
  return { id: String(message.authorId ?? 0), type: 'internal', name, user_id: message.authorId };
}

function messageType(message: TalkMessageRow): string {
  const first = message.attachments[0];
  if (first !== undefined) return first.kind;
  if (message.extra.location !== undefined) return 'location';
  return message.extra.contact === undefined ? 'text' : 'contact';
}

/** `sent` is the vendor's first state; a part nobody knows the outcome of needs a person as a refused one does. */
function deliveryStatus(message: TalkMessageRow): 'sent' | 'delivered' | 'error' {
  if (message.direction === 'in') return 'delivered';
  switch (message.status) {
    case 'planned':
    case 'claimed':
    case 'accepted':
      return 'sent';
    case 'delivered':
    case 'read':
      return 'delivered';
    case 'refused':
    case 'unknown':
    case 'withdrawn':
      return 'error';
  }
}

function wiredAttachment({ kind, fileId, url, name, mime, sizeBytes }: TalkAttachment, fileUrl: FileUrl): object {
  return { type: kind, link: fileId === null ? url : fileUrl(fileId), file_name: name, mime_type: mime, file_size: sizeBytes };
}
