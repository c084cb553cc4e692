/** VK's own shapes (API 5.199), as far as they are read. Nothing of it is trusted: every field is checked where it is used. */

export interface VkAttachment {
  type: string;
  [kind: string]: unknown;
}

export interface VkMessage {
  id?: number;
  date: number;
  peer_id: number;
  from_id: number;
  out?: number;
  text?: string;
  random_id?: number;
  conversation_message_id?: number;
  admin_author_id?: number;
  update_time?: number;
  payload?: string;
  ref?: string;
  attachments?: VkAttachment[];
  fwd_messages?: VkMessage[];
  reply_message?: VkMessage | null;
  geo?: { coordinates?: { latitude: number; longitude: number } | string };
  /** A notice that VK itself puts into a group chat: somebody came, the title changed. */
  action?: unknown;
  /** Only the first attachment is here; the rest must be asked for. */
  is_cropped?: boolean;
}

/** The envelope of an event, the same by callback and by long poll. */
export interface VkEvent {
  type: string;
  group_id: number;
  event_id?: string;
  secret?: unknown;
  object?: unknown;
}

/** Peers from here on are group chats. */
const FIRST_GROUP_CHAT = 2_000_000_000;

export function isGroupChat(peerId: number): boolean {
  return peerId >= FIRST_GROUP_CHAT;
}

/**
 * What a message is known by. Ids count for the whole community; in group chats they may be 0, there the chat's own count makes them unique.
 */
export function externalIdOf(message: { id?: number; peer_id: number; conversation_message_id?: number }): string {
  if (message.id !== undefined && message.id > 0) return String(message.id);
  return `${message.peer_id}/${message.conversation_message_id}`;
}
