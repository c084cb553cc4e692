import { ChannelError, type ConnectedChannel } from '../channel.ts';
import { integerField } from '../fields.ts';
import { call, isRecord } from './api.ts';
import { messageIn } from './parse.ts';
import type { VkEvent, VkMessage } from './wire.ts';

/** A webhook waits for the rest of a message no longer. */
const FETCH_TIMEOUT_MS = 2_000;

const WITH_MESSAGE = new Set(['message_new', 'message_reply']);

/**
 * VK crops messages with more than a few attachments to the first one. This asks for the whole message and puts it into the event; other events are
 * returned as they are. Throws ChannelError while VK cannot be asked; a message that VK refuses to show stays as it came.
 */
export async function completed(channel: ConnectedChannel, event: VkEvent, signal?: AbortSignal): Promise<VkEvent> {
  if (!WITH_MESSAGE.has(event.type)) return event;
  const message = croppedIn(event);
  if (message === undefined) return event;
  const whole = await fetchWhole(channel, message, signal).catch((error: unknown) => {
    if (error instanceof ChannelError && error.kind === 'refused') return undefined;
    throw error;
  });
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

async function fetchWhole(channel: ConnectedChannel, message: VkMessage, signal: AbortSignal | undefined): Promise<VkMessage | undefined> {
  const byCount = message.conversation_message_id !== undefined && message.conversation_message_id > 0;
  const answer = await call<unknown>(
    channel,
    byCount ? 'messages.getByConversationMessageId' : 'messages.getById',
    byCount
      ? { peer_id: integerField(message.peer_id), conversation_message_ids: message.conversation_message_id }
      : { message_ids: message.id },
    { timeoutMs: FETCH_TIMEOUT_MS, reading: true, ...(signal === undefined ? {} : { signal }) },
  );
  const items = isRecord(answer) && Array.isArray(answer.items) ? answer.items : [];
  return items.find((item): item is VkMessage & Record<string, unknown> => isRecord(item) && Array.isArray(item.attachments));
}
