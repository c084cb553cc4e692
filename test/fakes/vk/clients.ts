import { randomBytes } from 'node:crypto';
import { SAMPLE_PNG } from '../telegram/images.ts';
import { type Community, fileView, isGroupChat, type StoredFile } from './community.ts';
import { buttonOf } from './sending.ts';
import type { ClientFile, ClientMedia, ClientOptions, Written } from './types.ts';
import { escaped } from './wire.ts';

/** From so many attachments on an event carries the first only. */
const CROPPED_FROM = 4;

const CLIENT_INFO = {
  button_actions: ['text', 'callback', 'open_link'],
  keyboard: true,
  inline_keyboard: true,
  carousel: true,
  lang_id: 0,
};

/** A message that a client puts into a chat: into the transcript and on its way. */
export function write(
  community: Community,
  url: string,
  peerId: number,
  text: string,
  media: ClientMedia[],
  options: ClientOptions,
): Written {
  const peer = community.peer(peerId);
  const fromId = options.fromId ?? (isGroupChat(peerId) ? 5_550_001 : peerId);
  community.person(fromId, options);
  // Who writes to a community may be written to.
  peer.allowed = true;
  const read = media.map((one) => attachmentOf(community, url, one));
  const attachments = read.map(({ attachment }) => attachment);
  const repliedTo = options.replyTo === undefined ? undefined : [...peer.messages.values()].find(({ id }) => id === options.replyTo);
  const { message, messageId } = community.place(
    peer,
    {
      from_id: fromId,
      out: 0,
      text: escaped(text),
      random_id: 0,
      attachments,
      ...(options.date === undefined ? {} : { date: options.date }),
      ...(options.payload === undefined ? {} : { payload: options.payload }),
      ...(options.ref === undefined ? {} : { ref: options.ref, ref_source: '' }),
      ...(repliedTo === undefined ? {} : { reply_message: repliedTo }),
      ...options.fields,
    },
    { from: 'client', text, files: read.flatMap(({ file }) => (file === undefined ? [] : [fileView(file)])) },
  );
  const shown = attachments.length >= CROPPED_FROM ? { ...message, attachments: attachments.slice(0, 1), is_cropped: true } : message;
  return { eventId: community.events.push('message_new', { message: shown, client_info: CLIENT_INFO }).event_id, messageId };
}

export function edit(community: Community, peerId: number, messageId: number, text: string): Written {
  const peer = community.peer(peerId);
  const message = [...peer.messages.values()].find(({ id }) => id === messageId);
  if (message === undefined) throw new Error(`message ${messageId} is not in chat ${peerId}`);
  Object.assign(message, { text: escaped(text), update_time: Math.floor(Date.now() / 1000) });
  for (const item of peer.items) if (item.messageId === messageId) item.text = text;
  return { eventId: community.events.push('message_edit', message).event_id, messageId };
}

/** A text button writes its label with its payload; a callback button makes an event of its own. */
export function press(
  community: Community,
  url: string,
  peerId: number,
  messageId: number | 'last',
  label: string,
  options: ClientOptions,
): { eventId: string; answerId?: string } {
  const { count, button } = buttonOf(community.peer(peerId), messageId, label);
  if (button.type === 'callback') return pressPayload(community, peerId, parsed(button.payload), options, count);
  const payload = button.payload === undefined ? {} : { payload: button.payload };
  return { eventId: write(community, url, peerId, label, [], { ...options, ...payload }).eventId };
}

export function pressPayload(
  community: Community,
  peerId: number,
  payload: unknown,
  options: ClientOptions,
  count?: number,
): { eventId: string; answerId: string } {
  const userId = options.fromId ?? (isGroupChat(peerId) ? 5_550_001 : peerId);
  community.person(userId, options);
  const answerId = randomBytes(6).toString('hex');
  community.presses.set(answerId, { at: Date.now(), userId, peerId, answered: false });
  const object = {
    user_id: userId,
    peer_id: peerId,
    event_id: answerId,
    payload,
    ...(count === undefined ? {} : { conversation_message_id: count }),
  };
  return { eventId: community.events.push('message_event', object).event_id, answerId };
}

export function setAllowed(community: Community, peerId: number, allowed: boolean): { eventId: string } {
  community.peer(peerId).allowed = allowed;
  const object = { user_id: peerId, ...(allowed ? { key: '' } : {}) };
  return { eventId: community.events.push(allowed ? 'message_allow' : 'message_deny', object).event_id };
}

export function readAll(community: Community, peerId: number): { eventId: string } {
  const last = community.peer(peerId).items.findLast(({ from }) => from !== 'client');
  if (last === undefined) throw new Error(`nothing to read in chat ${peerId}`);
  const object = { from_id: peerId, peer_id: peerId, read_message_id: last.messageId, conversation_message_id: last.conversationMessageId };
  return { eventId: community.events.push('message_read', object).event_id };
}

export function adminWrites(community: Community, peerId: number, text: string): Written {
  const fields = { from_id: -community.groupId, out: 1, text: escaped(text), random_id: 0, admin_author_id: 117_253 };
  const { message, messageId } = community.place(community.peer(peerId), fields, { from: 'admin', text, files: [] });
  return { eventId: community.events.push('message_reply', message).event_id, messageId };
}

function parsed(payload: string | undefined): unknown {
  return payload === undefined ? {} : JSON.parse(payload);
}

const KINDS = {
  photo: { name: 'photo.jpg', mime: 'image/jpeg' },
  doc: { name: 'file.pdf', mime: 'application/pdf' },
  audio_message: { name: 'voice.ogg', mime: 'audio/ogg' },
  audio: { name: 'song.mp3', mime: 'audio/mpeg' },
  video: { name: 'video.mp4', mime: 'video/mp4' },
  sticker: { name: 'sticker.png', mime: 'image/png' },
  graffiti: { name: 'graffiti.png', mime: 'image/png' },
};

function attachmentOf(community: Community, url: string, media: ClientMedia): { attachment: Record<string, unknown>; file?: StoredFile } {
  if ('attachment' in media) return { attachment: media.attachment };
  const kind = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((one) => one in media);
  if (kind === undefined) throw new Error(`no file in ${JSON.stringify(media)}; kinds: ${Object.keys(KINDS).join(', ')}`);
  const given = (media as Record<string, ClientFile>)[kind]!;
  const bytes = given.content === undefined ? SAMPLE_PNG : Buffer.from(given.content, 'base64');
  const file = community.keepFile(kind, given.name ?? KINDS[kind].name, KINDS[kind].mime, bytes);
  return { attachment: { type: kind, [kind]: fieldsOf(kind, file, `${url}${file.path}?c_uniq_tag=signed`) }, file };
}

function fieldsOf(kind: keyof typeof KINDS, file: StoredFile, address: string): Record<string, unknown> {
  const own = { id: Number(file.id.split('_')[1]), owner_id: 5_550_001, access_key: 'ab12cd' };
  const small = `${address}&size=90`;
  switch (kind) {
    case 'photo':
      return {
        ...own,
        album_id: -3,
        date: 1,
        text: '',
        sizes: [
          { type: 's', url: small, width: 75, height: 50 },
          { type: 'w', url: address, width: 1280, height: 853 },
          { type: 'x', url: small, width: 604, height: 403 },
        ],
      };
    case 'doc':
      return { ...own, title: file.name, size: file.sizeBytes, ext: file.name.split('.').at(-1), type: 1, date: 1, url: address };
    case 'audio_message':
      return { ...own, duration: 4, waveform: [0, 5, 9], link_ogg: address, link_mp3: small };
    case 'audio':
      return { ...own, artist: 'Artist', title: 'Song', duration: 5, date: 1, url: address };
    case 'video':
      return { ...own, title: 'Video', duration: 3, files: { mp4_240: small, mp4_720: address } };
    case 'sticker':
      return {
        sticker_id: own.id,
        product_id: 1,
        images: [
          { url: small, width: 64, height: 64 },
          { url: address, width: 512, height: 512 },
        ],
      };
    case 'graffiti':
      return { ...own, url: address, width: 100, height: 50 };
  }
}
