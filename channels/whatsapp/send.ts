import type { Attachment, AttachmentKind, PartPlan } from '../../domain/message/model.ts';
import { shorten } from '../../domain/message/split-text.ts';
import { ChannelError, type ConnectedChannel, type Outgoing, type SendReceipt } from '../channel.ts';
import { call, phoneNumberIdOf } from './api.ts';
import { isRecord } from './errors.ts';
import { actionOf } from './interactive.ts';
import { templateBody } from './templates.ts';
import { forgetUploads, type MediaRef, mediaRefOf, type UploadJob } from './upload.ts';

const MAX_FILE_NAME = 240;
const MAX_CALLBACK_DATA = 512;
const TYPE_OF: Record<AttachmentKind, 'image' | 'video' | 'audio' | 'document' | 'sticker'> = {
  picture: 'image',
  video: 'video',
  audio: 'audio',
  voice: 'audio',
  file: 'document',
  sticker: 'sticker',
};

/**
 * Sends one part with one call, its file uploaded before. WhatsApp has no idempotency key: a call without an answer stays of unknown outcome. Texts go as they
 * are; what looks like WhatsApp's own marks (`*bold*`) cannot be escaped.
 */
export async function sendPart(channel: ConnectedChannel, outgoing: Outgoing, allowPrivateAddresses: boolean): Promise<SendReceipt> {
  const { part, signal, externalChatId, files, key } = outgoing;
  const job: UploadJob = { channel, files, signal, allowPrivateAddresses };
  const content = await contentOf(part, job);
  const body = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    // A phone, or the id of a client who hides theirs.
    ...(/^\+\d{5,15}$/.test(externalChatId) ? { to: externalChatId.slice(1) } : { recipient: externalChatId }),
    biz_opaque_callback_data: key.slice(0, MAX_CALLBACK_DATA),
    ...(part.replyToExternalId === undefined ? {} : { context: { message_id: part.replyToExternalId } }),
    ...content,
  };
  try {
    const answer = await call(channel, `${phoneNumberIdOf(channel)}/messages`, { body, signal, reading: false });
    const messages: unknown[] = Array.isArray(answer.messages) ? answer.messages : [];
    return { externalIds: messages.flatMap((one) => (isRecord(one) && typeof one.id === 'string' ? [one.id] : [])) };
  } catch (error) {
    if (error instanceof ChannelError && error.kind === 'refused') forgetUploads(part.attachments, job);
    throw error;
  }
}

async function contentOf(part: PartPlan, job: UploadJob): Promise<Record<string, unknown>> {
  const [attachment, second] = part.attachments;
  if (second !== undefined) throw new ChannelError('refused', { code: 'several_files', words: 'WhatsApp takes one file a message' });
  const media = attachment === undefined ? undefined : await mediaOf(attachment, job);
  if (part.template !== undefined) return { type: 'template', template: templateBody(part.template, media, part.buttons) };
  if (part.buttons.length > 0) {
    const header = media === undefined ? {} : { header: media };
    return { type: 'interactive', interactive: { ...actionOf(part.buttons, part.text), ...header, body: { text: part.text } } };
  }
  if (media === undefined) return { type: 'text', text: { body: part.text, preview_url: /https?:\/\//i.test(part.text) } };
  return { ...media, [media.type]: { ...(media[media.type] as object), ...(part.text === '' ? {} : { caption: part.text }) } };
}

async function mediaOf(attachment: Attachment, job: UploadJob): Promise<{ type: string; [kind: string]: unknown }> {
  const type = TYPE_OF[attachment.kind];
  const ref: MediaRef = await mediaRefOf(attachment, job);
  const filename = shorten(attachment.name.replace(/[\u0000-\u001f/\\]+/g, '_').trim() || 'file', MAX_FILE_NAME);
  return { type, [type]: { ...ref, ...(type === 'document' ? { filename } : {}) } };
}
