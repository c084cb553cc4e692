import { ChannelError, type ConnectedChannel } from '../channel.ts';
import { integerField } from '../fields.ts';
import { call, isRecord } from './api.ts';
import { messageIn } from './parse.ts';
import { isGroupChat, type VkEvent, type VkMessage } from './wire.ts';

/** A webhook waits for the rest of a message no longer. */
const FETCH_TIMEOUT_MS = 2_000;

const WITH_MESSAGE = new Set(['message_new', 'message_reply']);

/**
 * VK crops messages with more than a few attachments to the first one, and names the message of a reaction by its count within the chat alone. This asks for
 * what is missing and puts it into the event; other events are returned as they are. Throws ChannelError while VK cannot be asked; where VK refuses, the event
 * stays as it came.
 */
export async function completed(channel: ConnectedChannel, event: VkEvent, signal?: AbortSignal): Promise<VkEvent> {
  if (event.type === 'message_reaction_event') return withMessageId(channel, event, signal);
  if (!WITH_MESSAGE.has(event.type)) return event;
  const message = croppedIn(event);
  if (message === undefined) return event;
  const whole = await fetchWhole(channel, message, signal);
  if (whole === undefined) return event;
  // What only the event tells (a deep link's word, the button's payload) stays.
  const merged = { ...message, ...whole, is_cropped: false };
  const object = event.object as Record<string, unknown>;
  return { ...event, object: 'message' in object ? { ...object, message: merged } : merged };
}

function croppedIn(event: VkEvent): VkMessage | undefined {
  try {
    const message = messageIn(event);
    return message.is_cropped === true ? message : undefined;
  } catch {
    // Told apart, and kept, where events are read.
    return undefined;
  }
}

/** Chats of one person know messages by the community's count, which a reaction does not name. */
async function withMessageId(channel: ConnectedChannel, event: VkEvent, signal: AbortSignal | undefined): Promise<VkEvent> {
  const { object } = event;
  if (!isRecord(object) || typeof object.peer_id !== 'number' || typeof object.cmid !== 'number' || isGroupChat(object.peer_id))
    return event;
  const [message] = await asked(channel, { peerId: object.peer_id, count: object.cmid }, signal);
  return typeof message?.id === 'number' ? { ...event, object: { ...object, message_id: message.id } } : event;
}

async function fetchWhole(channel: ConnectedChannel, message: VkMessage, signal: AbortSignal | undefined): Promise<VkMessage | undefined> {
  const count = message.conversation_message_id;
  const items =
    count !== undefined && count > 0
      ? await asked(channel, { peerId: integerField(message.peer_id), count }, signal)
      : await asked(channel, { id: message.id }, signal);
  return items.find((item): item is VkMessage & Record<string, unknown> => Array.isArray(item.attachments));
}

/** Messages as VK holds them; none where it refuses to show them. */
async function asked(
  channel: ConnectedChannel,
  which: { peerId: number; count: number } | { id: number | undefined },
  signal: AbortSignal | undefined,
): Promise<Record<string, unknown>[]> {
  const options = { timeoutMs: FETCH_TIMEOUT_MS, reading: true, ...(signal === undefined ? {} : { signal }) };
  try {
    const answer =
      'count' in which
        ? await call<unknown>(
            channel,
            'messages.getByConversationMessageId',
            { peer_id: which.peerId, conversation_message_ids: which.count },
            options,
          )
        : await call<unknown>(channel, 'messages.getById', { message_ids: which.id }, options);
    return isRecord(answer) && Array.isArray(answer.items) ? answer.items.filter(isRecord) : [];
  } catch (error) {
    if (error instanceof ChannelError && error.kind === 'refused') return [];
    throw error;
  }
}
