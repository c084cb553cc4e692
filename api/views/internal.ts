import type { InternalChatRow } from '../../db/stores/internal-chats.ts';
import type { InternalHitRow, InternalMessageRow } from '../../db/stores/internal-messages.ts';
import { filePath } from '../../files/address.ts';
import { kindOf } from '../../files/sniff.ts';
import type { InternalChat, InternalHit, InternalMessage } from '../contract/internal.ts';

/** A chat as `userId` sees it. */
export function internalChatView(row: InternalChatRow, userId: number): InternalChat {
  const hasLast = row.lastAuthorId !== null && row.lastAuthorName !== null;
  return {
    id: row.id,
    kind: row.kind,
    title: chatTitle(row, userId),
    lead: row.leadId === null ? null : { id: row.leadId, name: row.leadName ?? '' },
    members: row.members,
    isMember: row.readPosition !== null,
    createdBy: row.createdBy,
    unread: row.unread,
    isMentioned: row.isMentioned,
    readPosition: row.readPosition,
    lastPosition: row.lastPosition,
    last: hasLast
      ? {
          text: (row.lastText ?? '').slice(0, 300),
          author: { id: row.lastAuthorId!, name: row.lastAuthorName! },
          files: row.lastFiles,
          isDeleted: row.lastDeleted,
          at: row.activeAt,
        }
      : null,
    activeAt: row.activeAt,
  };
}

function chatTitle(row: InternalChatRow, userId: number): string {
  if (row.kind === 'group') return row.title;
  if (row.kind === 'lead') return row.leadName ?? '';
  return (row.members.find(({ id }) => id !== userId) ?? row.members[0])?.name ?? '';
}

/** `base`: where this API is reached. Addresses of files are given to readers of the chat only; whoever has one may open it. */
export function internalMessageView(row: InternalMessageRow, secretKey: Uint8Array, base: string): InternalMessage {
  return {
    id: row.id,
    chatId: row.chatId,
    position: row.position,
    author: { id: row.authorId, name: row.authorName },
    key: row.key,
    text: row.text,
    mentions: row.mentions,
    files: row.files.map((file) => ({ ...file, kind: kindOf(file.mime), url: base + filePath(secretKey, file.id) })),
    writtenAt: row.writtenAt,
    editedAt: row.editedAt,
    deletedAt: row.deletedAt,
  };
}

export function internalHitView(row: InternalHitRow): InternalHit {
  return {
    id: row.id,
    chat: { id: row.chatId, kind: row.chatKind, title: row.chatTitle },
    position: row.position,
    author: { id: row.authorId, name: row.authorName },
    segments: segmentsOf(row.snippet),
    writtenAt: row.writtenAt,
  };
}

/** Text with hits between U+0001 and U+0002, as pieces. */
function segmentsOf(snippet: string): { text: string; hit: boolean }[] {
  return snippet.split('\u0001').flatMap((piece, index) => {
    const [first = '', ...rest] = piece.split('\u0002');
    const pieces =
      index === 0
        ? [{ text: piece, hit: false }]
        : [
            { text: first, hit: true },
            { text: rest.join(''), hit: false },
          ];
    return pieces.filter(({ text }) => text !== '');
  });
}
