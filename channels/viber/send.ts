import type { Attachment, PartPlan } from '../../domain/message/model.ts';
import { shorten } from '../../domain/message/split-text.ts';
import { ChannelError, type ConnectedChannel, type Outgoing, type OutgoingFile, type SendReceipt } from '../channel.ts';
import { digitsOf } from '../exact-json.ts';
import { endingOf } from '../inbound-files.ts';
import { call } from './api.ts';
import { KEYBOARD_API_VERSION, keyboardOf } from './keyboard.ts';

/** Longest body of a call. "30 KB" is read as the smaller kilobyte. */
const MAX_BODY_BYTES = 30_000;
const MAX_SENDER_NAME = 28;
const MAX_FILE_NAME = 256;
const MAX_MEDIA_ADDRESS = 2000;
/** What labels are cut to when a message with many long ones does not fit a call. */
const SHORT_LABEL = 40;
const PICTURE_ENDINGS = new Set(['jpg', 'jpeg', 'png', 'gif']);

/**
 * Sends one part with one call. Viber has no idempotency key: a call without an answer stays of unknown outcome. Files go as addresses, which Viber's servers
 * and the client's phone read: nothing is uploaded. `message_token` is the id that receipts name.
 */
export async function sendPart(channel: ConnectedChannel, outgoing: Outgoing): Promise<SendReceipt> {
  const body = bodyWithin(channel, outgoing);
  const answer = await call(channel, 'send_message', body, { signal: outgoing.signal, reading: false });
  const token = digitsOf(answer.message_token);
  return { externalIds: token === undefined ? [] : [token] };
}

function bodyWithin(channel: ConnectedChannel, outgoing: Outgoing): string {
  const content = contentOf(outgoing.part, outgoing.files);
  for (const labelLimit of [undefined, SHORT_LABEL]) {
    const keyboard = keyboardOf(outgoing.part.buttons, labelLimit);
    const body = JSON.stringify({
      receiver: outgoing.externalChatId,
      min_api_version: keyboard === undefined ? 1 : KEYBOARD_API_VERSION,
      sender: { name: senderName(channel) },
      tracking_data: outgoing.key,
      ...content,
      ...(keyboard === undefined ? {} : { keyboard }),
    });
    if (Buffer.byteLength(body) <= MAX_BODY_BYTES) return body;
  }
  throw refused('too_long', 'Text and buttons together are too long for Viber: shorten the addresses of the buttons');
}

/** The name over our messages: the one given with the token, else the bot's own. */
function senderName({ credentials, facts }: ConnectedChannel): string {
  return shorten(credentials.senderName || facts.name || 'Bot', MAX_SENDER_NAME);
}

type Content =
  | { type: 'text'; text: string }
  | { type: 'picture'; text: string; media: string }
  | { type: 'video'; media: string; size: number }
  | { type: 'file'; media: string; size: number; file_name: string }
  | { type: 'url'; media: string };

function contentOf(part: PartPlan, files: Outgoing['files']): Content {
  const [attachment, second] = part.attachments;
  if (attachment === undefined) return { type: 'text', text: part.text };
  if (second !== undefined) throw refused('several_files', 'Viber takes one file a message');
  const { media, file } = addressOf(attachment, files);
  const size = file?.sizeBytes ?? attachment.sizeBytes;
  if (attachment.kind === 'picture' && PICTURE_ENDINGS.has(endingOf(new URL(media).pathname) ?? '')) {
    return { type: 'picture', text: part.text, media };
  }
  // Other kinds carry no text; the plan of parts gives them none, and a link says both.
  if (part.text !== '') return { type: 'text', text: `${part.text}\n${media}` };
  if (size === undefined) return { type: 'url', media };
  if (attachment.kind === 'video' && (file?.mime ?? attachment.mime) === 'video/mp4') return { type: 'video', media, size };
  return { type: 'file', media, size, file_name: fileNameOf(file?.name ?? attachment.name, media) };
}

/** Where outsiders read the file: our own copy, else the address the author gave. */
function addressOf(attachment: Attachment, files: Outgoing['files']): { media: string; file?: OutgoingFile } {
  const file = attachment.fileId === undefined ? undefined : files[attachment.fileId];
  const media = file?.publicUrl ?? attachment.url;
  if (media === undefined && file !== undefined) {
    throw refused(
      'no_public_address',
      'Viber reads files from a public address: set PUBLIC_URL to the address this installation is reached at',
    );
  }
  if (media === undefined) throw refused('file_missing', `The file "${attachment.name}" is no longer there: attach it again`);
  if (!/^https?:\/\//i.test(media) || !URL.canParse(media) || media.length > MAX_MEDIA_ADDRESS) {
    throw refused(
      'bad_address',
      `Viber cannot read the file "${attachment.name}": its address must begin with https:// and have at most 2,000 characters`,
    );
  }
  return { media, ...(file?.publicUrl === undefined ? {} : { file }) };
}

/** Viber shows and opens a file by its name's ending, which it demands. */
function fileNameOf(name: string, media: string): string {
  const clean = name.replace(/[\u0000-\u001f/\\]+/g, '_').trim() || 'file';
  const ending = endingOf(clean) ?? endingOf(new URL(media).pathname) ?? 'bin';
  const stem = endingOf(clean) === undefined ? clean : clean.slice(0, -ending.length - 1);
  return `${shorten(stem || 'file', MAX_FILE_NAME - ending.length - 1)}.${ending}`;
}

function refused(code: string, words: string): ChannelError {
  return new ChannelError('refused', { code, words });
}
