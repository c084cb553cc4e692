import { createHash } from 'node:crypto';
import type { AttachmentKind, InboundAttachment, InboundMessage, InboundSender } from '../../domain/message/model.ts';
import type { ChannelFact, ChatRef } from '../channel.ts';
import { FieldError, type Fields, identity, instantOf, number, optionalIdentity, optionalRecord, record, text } from './payload.ts';

/** What `POST /{scope_id}` brings, before our side's ids in it (`…Ref`) are looked up. */
export type ChatsApiEvent =
  | {
      type: 'new_message';
      conversationId: string;
      /** Our chat, in the first answer to a message with which we began. */
      conversationRef?: string;
      /** `out`: written by somebody of ours on the integration's side, and brought in. */
      direction: 'in' | 'out';
      senderRef?: string;
      client: InboundSender;
      message: InboundMessage;
      /** Our id of the message this one answers, where the integration names it by that. */
      replyToRef?: string;
    }
  | { type: 'edit_message'; conversationId: string | undefined; msgid?: string; messageRef?: string; text: string; receivedAt: number };

const FILES: Record<string, { kind: AttachmentKind; mime: string; ending: string }> = {
  picture: { kind: 'picture', mime: 'image/jpeg', ending: 'jpg' },
  video: { kind: 'video', mime: 'video/mp4', ending: 'mp4' },
  voice: { kind: 'voice', mime: 'audio/ogg', ending: 'ogg' },
  audio: { kind: 'audio', mime: 'audio/mpeg', ending: 'mp3' },
  file: { kind: 'file', mime: 'application/octet-stream', ending: 'bin' },
  sticker: { kind: 'sticker', mime: 'image/webp', ending: 'webp' },
};

/** How languages write "true". */
const SILENT = new Set<unknown>([true, 1, '1', 'true']);
/** A reply of ours that is brought in silently later than this is history. */
const HISTORY_MS = 3_600_000;

/** The form of our button keys. */
const BUTTON_KEY = /^[A-Za-z0-9_-]{22}\.\d{1,3}$/;

/** Reads the body of a call that carries a message. Throws FieldError. `nowAt` (epoch ms) stands in for a missing time. */
export function parseEvent(body: unknown, nowAt: number): ChatsApiEvent {
  const call = record(body, 'The body');
  const payload = record(call.payload, 'payload');
  if (call.event_type === 'new_message') return newMessage(payload, nowAt);
  if (call.event_type !== 'edit_message') throw new FieldError('event_type must be new_message or edit_message');
  const msgid = optionalIdentity(payload.msgid, 'payload.msgid');
  const messageRef = optionalIdentity(payload.id, 'payload.id');
  if (msgid === undefined && messageRef === undefined) throw new FieldError('payload.msgid is missing');
  return {
    type: 'edit_message',
    conversationId: optionalIdentity(payload.conversation_id, 'payload.conversation_id'),
    ...(msgid === undefined ? {} : { msgid }),
    ...(messageRef === undefined ? {} : { messageRef }),
    text: text(record(payload.message, 'payload.message').text, 'payload.message.text'),
    receivedAt: instantOf(payload, nowAt),
  };
}

function newMessage(payload: Fields, nowAt: number): ChatsApiEvent {
  const sender = record(payload.sender, 'payload.sender');
  const receiver = optionalRecord(payload.receiver, 'payload.receiver');
  const receivedAt = instantOf(payload, nowAt);
  const msgid = identity(payload.msgid, 'payload.msgid');
  const conversationRef = optionalIdentity(payload.conversation_ref_id, 'payload.conversation_ref_id');
  const senderRef = optionalIdentity(sender.ref_id, 'payload.sender.ref_id');
  const message = record(payload.message, 'payload.message');
  const album = optionalIdentity(message.media_group_id ?? payload.media_group_id, 'payload.message.media_group_id');
  const replied = optionalRecord(optionalRecord(payload.reply_to, 'payload.reply_to')?.message, 'payload.reply_to.message');
  const repliedMsgid = optionalIdentity(replied?.msgid, 'payload.reply_to.message.msgid');
  const replyToRef = optionalIdentity(replied?.id, 'payload.reply_to.message.id');
  // Replies of ours are often brought in silently the moment they are written: those are replies. Older ones are history.
  const isSilent = SILENT.has(payload.silent) && (receiver === undefined || receivedAt < nowAt - HISTORY_MS);
  return {
    type: 'new_message',
    conversationId: identity(payload.conversation_id, 'payload.conversation_id'),
    ...(conversationRef === undefined ? {} : { conversationRef }),
    direction: receiver === undefined ? 'in' : 'out',
    ...(senderRef === undefined ? {} : { senderRef }),
    client: receiver === undefined ? personOf(sender, 'payload.sender') : personOf(receiver, 'payload.receiver'),
    message: {
      externalId: msgid,
      receivedAt,
      // Messages of one millisecond keep the order in which they arrive.
      order: [receivedAt, 0],
      ...contentOf(message, msgid),
      ...(album === undefined ? {} : { albumId: album }),
      ...(repliedMsgid === undefined ? {} : { replyToExternalId: repliedMsgid }),
      ...(isSilent ? { silent: true } : {}),
    },
    ...(replyToRef === undefined ? {} : { replyToRef }),
  };
}

/** A client as calls name them (`sender`, `receiver`, `user`). */
export function personOf(person: Fields, name: string): InboundSender {
  const profile = optionalRecord(person.profile, `${name}.profile`) ?? {};
  const phone = text(profile.phone, `${name}.profile.phone`);
  const email = text(profile.email, `${name}.profile.email`);
  const avatar = text(person.avatar, `${name}.avatar`);
  return {
    externalUserId: identity(person.id, `${name}.id`),
    name: text(person.name, `${name}.name`).slice(0, 500),
    ...(phone === '' ? {} : { phone }),
    ...(email === '' ? {} : { email }),
    ...(avatar === '' ? {} : { avatarRef: avatar }),
  };
}

type Content = Pick<InboundMessage, 'text' | 'attachments' | 'location' | 'contact' | 'pressedKey' | 'unsupported'>;

function contentOf(message: Fields, msgid: string): Content {
  const type = identity(message.type, 'payload.message.type');
  const written = text(message.text, 'payload.message.text');
  const pressed = optionalIdentity(message.callback_data, 'payload.message.callback_data');
  // A row of a list that is not ours says what it stands for; the label of ours is looked up.
  const said = pressed !== undefined && written === '' && !BUTTON_KEY.test(pressed) ? pressed : written;
  const content: Content = { text: said, attachments: [], ...(pressed === undefined ? {} : { pressedKey: pressed }) };
  const file = Object.hasOwn(FILES, type) ? FILES[type] : undefined;
  if (file !== undefined) {
    const media = text(message.media, 'payload.message.media');
    // A sticker may be named by its number alone, which means something to its messenger only.
    if (media === '' && type === 'sticker') return { ...content, unsupported: 'sticker' };
    return { ...content, attachments: [attachmentOf(file, message, media, msgid)] };
  }
  if (type === 'text') {
    if (said === '' && pressed === undefined) throw new FieldError('payload.message.text is missing');
    return content;
  }
  if (type === 'location') {
    const { lat, lon } = record(message.location, 'payload.message.location');
    const location = {
      latitude: number(lat, 'payload.message.location.lat'),
      longitude: number(lon, 'payload.message.location.lon'),
    };
    return { ...content, location };
  }
  if (type === 'contact') {
    const contact = record(message.contact, 'payload.message.contact');
    return {
      ...content,
      contact: { name: text(contact.name, 'payload.message.contact.name'), phone: text(contact.phone, 'payload.message.contact.phone') },
    };
  }
  return { ...content, unsupported: type.slice(0, 100) };
}

function attachmentOf(
  file: { kind: AttachmentKind; mime: string; ending: string },
  message: Fields,
  media: string,
  msgid: string,
): InboundAttachment {
  if (!/^https?:\/\//i.test(media) || !URL.canParse(media)) {
    throw new FieldError('payload.message.media must be an address from which the file can be read');
  }
  const given = text(message.file_name, 'payload.message.file_name')
    .replace(/[\u0000-\u001f/\\]+/g, '_')
    .trim();
  const sizeBytes = Number(message.file_size ?? 0);
  const durationSeconds = Number(message.media_duration ?? 0);
  return {
    kind: file.kind,
    ref: media,
    name: given.slice(0, 255) || `${file.kind}-${msgid.replace(/[^\w-]+/g, '_').slice(0, 60)}.${file.ending}`,
    mime: file.mime,
    ...(Number.isSafeInteger(sizeBytes) && sizeBytes > 0 ? { sizeBytes } : {}),
    ...(durationSeconds > 0 ? { durationSeconds } : {}),
  };
}

/** The fact of an event in a chat. `by`: who of ours wrote what was brought in; `externalId`: of an edited message, where the integration named ours. */
export function factOf(
  event: ChatsApiEvent,
  chat: ChatRef,
  found: { by?: { kind: 'user'; id: number } | { kind: 'bot' }; externalId?: string } = {},
): ChannelFact {
  if (event.type === 'edit_message') {
    const externalId = event.msgid ?? found.externalId ?? event.messageRef ?? '';
    // Two edits of one moment differ by their text; the same one repeated is the same fact.
    const mark = createHash('sha256').update(event.text).digest('base64url').slice(0, 12);
    return {
      type: 'messageEdited',
      id: `edit/${externalId}/${event.receivedAt}/${mark}`,
      chat,
      externalId,
      text: event.text,
      receivedAt: event.receivedAt,
    };
  }
  const { message, client, direction } = event;
  if (direction === 'in') return { type: 'messageReceived', id: `message/${message.externalId}`, chat, sender: client, message };
  return {
    type: 'colleagueReplied',
    id: `message/${message.externalId}`,
    chat,
    message,
    ...(found.by === undefined ? {} : { by: found.by }),
  };
}
