import type { Attachment, Button } from '../../domain/message/model.ts';
import { ChannelError, type ConnectedChannel, type Outgoing } from '../channel.ts';
import { conversationIdOf, isUuid, ourId, partId } from './ids.ts';

/** How the integration asked to be called when it connected; the older form is what it gets where it did not say. */
export type HookVersion = 'v1' | 'v2';

export const hookVersionOf = ({ facts }: ConnectedChannel): HookVersion => (facts.hookVersion === 'v2' ? 'v2' : 'v1');

/** The id by which the integration knows this part: it drops a repeat by it, and reports its delivery under it. */
export function hookMessageId(channel: ConnectedChannel, key: string): string {
  const at = key.lastIndexOf(':');
  const messageId = key.slice(0, at);
  const index = Number(key.slice(at + 1));
  return isUuid(messageId) && Number.isInteger(index) ? partId(messageId, index) : ourId(channelIdOf(channel), 'part', key);
}

/** The channel's own UUID, which addresses of the chats API begin with. */
export const channelIdOf = ({ facts }: ConnectedChannel): string => facts.channelId ?? '';

/** The body of the hook that carries one part. `at`: epoch ms. */
export function hookBody(channel: ConnectedChannel, outgoing: Outgoing, at: number): object {
  const id = hookMessageId(channel, outgoing.key);
  const conversationId = conversationIdOf(outgoing.externalChatId);
  const { people } = outgoing;
  const content = contentOf(outgoing);
  const client = people?.client;
  if (hookVersionOf(channel) === 'v1') {
    // `message_id` is ours: without it no delivery could be reported.
    return { receiver: client?.externalUserId ?? '', conversation_id: conversationId ?? '', message_id: id, ...content };
  }
  const channelId = channelIdOf(channel);
  const seconds = Math.floor(at / 1000);
  const userId = client?.externalUserId ?? `chat/${outgoing.externalChatId}`;
  return {
    account_id: channel.facts.amojoId ?? '',
    time: seconds,
    message: {
      receiver: {
        id: ourId(channelId, 'user', userId),
        // Both are left out where we write first: the integration has not named them yet.
        ...(client?.externalUserId === undefined ? {} : { client_id: client.externalUserId }),
        ...(client === undefined ? {} : { name: client.name }),
        ...(client?.phone === undefined ? {} : { phone: client.phone }),
        ...(client?.email === undefined ? {} : { email: client.email }),
      },
      sender: people?.author ?? { id: channelId, name: '' },
      conversation: {
        id: people?.chatId ?? ourId(channelId, 'chat', outgoing.externalChatId),
        ...(conversationId === undefined ? {} : { client_id: conversationId }),
      },
      timestamp: seconds,
      msec_timestamp: at,
      message: { id, ...content },
    },
  };
}

function contentOf({ part, files }: Outgoing): object {
  const [attachment, second] = part.attachments;
  if (second !== undefined) throw refused('several_files', 'The chats API takes one file a message');
  const markup = part.buttons.length === 0 ? {} : { markup: { mode: 'inline', buttons: part.buttons.map((button) => [buttonOf(button)]) } };
  if (attachment === undefined) {
    return { type: 'text', text: part.text, ...markup, media: '', thumbnail: '', file_name: '', file_size: 0 };
  }
  const { media, name, sizeBytes } = addressOf(attachment, files);
  return { type: attachment.kind, text: part.text, ...markup, media, thumbnail: '', file_name: name, file_size: sizeBytes };
}

/** A press comes back as a message with this `callback_data`. */
const buttonOf = (button: Button) =>
  button.type === 'url' ? { text: button.label, url: button.url } : { text: button.label, callback_data: button.key };

/** Where the integration reads the file: our own copy, else the address the author gave. */
function addressOf(attachment: Attachment, files: Outgoing['files']): { media: string; name: string; sizeBytes: number } {
  const file = attachment.fileId === undefined ? undefined : files[attachment.fileId];
  const media = file?.publicUrl ?? attachment.url;
  if (media !== undefined) return { media, name: file?.name ?? attachment.name, sizeBytes: file?.sizeBytes ?? attachment.sizeBytes ?? 0 };
  if (file === undefined) throw refused('file_missing', `The file "${attachment.name}" is no longer there: attach it again`);
  throw refused(
    'no_public_address',
    'The integration reads files from a public address: set PUBLIC_URL to the address this installation is reached at',
  );
}

function refused(code: string, words: string): ChannelError {
  return new ChannelError('refused', { code, words });
}
