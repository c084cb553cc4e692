import { createHash } from 'node:crypto';
import type { FakeChat, FakeNumber } from './number.ts';
import type { ClientContent, ClientFile, ClientOptions, FakeFile, Made, TranscriptItem } from './types.ts';
import { preciseNow } from './wire.ts';

/** Keeps the bytes of a client's file under an id, for the token's owner to ask for. */
export type KeepMedia = (number: FakeNumber, file: FakeFile, bytes: Buffer) => string;

/** A valid 1 × 1 PNG. */
const SAMPLE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const MIMES: Record<string, string> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/mpeg',
  voice: 'audio/ogg; codecs=opus',
  document: 'application/pdf',
  sticker: 'image/webp',
};

/** A message of a client in the shape Meta delivers. */
export function sendMessage(number: FakeNumber, phone: string, message: Record<string, unknown>, options: ClientOptions = {}): Made {
  const chat = number.chatOf(phone, options);
  const at = options.timestamp ?? Date.now();
  chat.lastWroteAt = Math.max(chat.lastWroteAt, at);
  const id = number.messageId();
  const value = {
    contacts: [contactOf(chat)],
    messages: [
      {
        ...(chat.hidesPhone ? {} : { from: chat.phone }),
        from_user_id: chat.userId,
        id,
        timestamp: String(Math.floor(at / 1000)),
        ...(options.replyTo === undefined ? {} : { context: { from: number.phone, id: options.replyTo } }),
        ...message,
      },
    ],
  };
  number.push('messages', value, { lane: phone, id });
  chat.items.push({ from: 'client', at: preciseNow(), id, kind: String(message.type), text: textOf(message) });
  return { id };
}

function contactOf(chat: FakeChat) {
  return { profile: { name: chat.name }, ...(chat.hidesPhone ? {} : { wa_id: chat.phone }), user_id: chat.userId };
}

function textOf(message: Record<string, unknown>): string {
  const { text } = message;
  return typeof text === 'object' && text !== null && 'body' in text ? String(text.body) : '';
}

export function messageOf(number: FakeNumber, content: ClientContent, keep: KeepMedia): Record<string, unknown> {
  if ('message' in content) return content.message;
  if ('location' in content) return { type: 'location', location: content.location };
  if ('contacts' in content) {
    const contacts = content.contacts.map(({ name, phone }) => ({
      name: { formatted_name: name, first_name: name },
      phones: [{ phone, wa_id: phone.replace(/\D/g, ''), type: 'CELL' }],
    }));
    return { type: 'contacts', contacts };
  }
  const [kind, file] = Object.entries(content)[0] as [string, ClientFile];
  const type = kind === 'voice' ? 'audio' : kind;
  const bytes = Buffer.from(file.content ?? SAMPLE, 'base64');
  const stored: FakeFile = {
    name: file.name ?? '',
    mime: file.mime ?? MIMES[kind]!,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: bytes.length,
  };
  const fields = {
    ...(file.caption ? { caption: file.caption } : {}),
    ...(kind === 'document' ? { filename: file.name ?? 'file.pdf' } : {}),
    mime_type: stored.mime,
    sha256: createHash('sha256').update(bytes).digest('base64'),
    id: keep(number, stored, bytes),
    ...(type === 'audio' ? { voice: kind === 'voice' } : {}),
    ...(kind === 'sticker' ? { animated: false } : {}),
  };
  return { type, [type]: fields };
}

/** Buttons stay under their messages: the latest that has the title is pressed. */
export function pressButton(number: FakeNumber, phone: string, title: string, options: ClientOptions): Made {
  const items = number.find(phone)?.items ?? [];
  const found = items.findLast(({ buttons }) => buttons?.some((button) => button.title === title));
  const button = found?.buttons?.find((one) => one.title === title);
  if (found === undefined || button === undefined) throw new Error(`no button "${title}" stands in the chat`);
  if (button.kind === 'url') throw new Error(`the button "${title}" opens ${button.id}`);
  if (button.kind === 'quick') {
    return sendMessage(number, phone, { type: 'button', button: { payload: button.id, text: title } }, { ...options, replyTo: found.id });
  }
  const kind = button.kind === 'reply' ? 'button_reply' : 'list_reply';
  const reply = { id: button.id, title, ...(button.description === undefined ? {} : { description: button.description }) };
  return sendMessage(number, phone, { type: 'interactive', interactive: { type: kind, [kind]: reply } }, { ...options, replyTo: found.id });
}

/** What one of ours wrote on a phone. Echoes name the client by phone only. */
export function echo(number: FakeNumber, phone: string, text: string): Made {
  const chat = number.chatOf(phone);
  const id = number.messageId();
  const message = {
    from: number.phone,
    to: chat.phone,
    id,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: 'text',
    text: { body: text },
  };
  number.push('smb_message_echoes', { message_echoes: [message] }, { lane: phone, id });
  return { id };
}

export function status(
  number: FakeNumber,
  chat: FakeChat,
  item: Pick<TranscriptItem, 'id' | 'callbackData'>,
  said: string,
  error?: object,
): void {
  const fields = {
    id: item.id,
    status: said,
    timestamp: String(Math.floor(Date.now() / 1000)),
    ...(chat.hidesPhone ? {} : { recipient_id: chat.phone }),
    recipient_user_id: chat.userId,
    ...(item.callbackData === undefined ? {} : { biz_opaque_callback_data: item.callbackData }),
    ...(error === undefined ? {} : { errors: [error] }),
  };
  number.push('messages', { statuses: [fields] }, { lane: chat.phone, id: `${said}/${item.id}` });
}
