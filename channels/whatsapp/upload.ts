import type { Attachment } from '../../domain/message/model.ts';
import { ChannelError, type ConnectedChannel, type Outgoing } from '../channel.ts';
import { sourceOf, withFileForm } from '../file-form.ts';
import { apiRootOf, call, phoneNumberIdOf, trustedHostOf, UPLOAD_TIMEOUT_MS } from './api.ts';

/** Uploaded files live for 30 days at Meta; so long is only a message repeated. */
const KEPT_MS = 24 * 3_600_000;
const MOST_KEPT = 5_000;

/** What `/media` takes; other types go by their address, which Meta reads itself. */
const UPLOADED =
  /^(image\/(jpeg|png|webp)|video\/(mp4|3gpp)|audio\/(aac|amr|mp4|mpeg|ogg|opus)|text\/plain|application\/(pdf|msword|vnd\.(ms-excel|ms-powerpoint|openxmlformats-officedocument\.[\w.]+)))$/;

/** How a call names a file. */
export type MediaRef = { id: string } | { link: string };

export interface UploadJob {
  channel: ConnectedChannel;
  files: Outgoing['files'];
  signal: AbortSignal;
  allowPrivateAddresses: boolean;
}

/** What was uploaded lately, so that a part sent again need not carry its file again. */
const kept = new Map<string, { id: string; until: number }>();

/** Uploads a file and answers its name in a message; the client sees nothing of it. Throws ChannelError only. */
export async function mediaRefOf(attachment: Attachment, job: UploadJob): Promise<MediaRef> {
  const key = keptUnder(attachment, job);
  const known = kept.get(key);
  if (known !== undefined && known.until > Date.now()) return { id: known.id };
  const { channel, files, signal, allowPrivateAddresses } = job;
  const source = sourceOf(attachment, files, { trustedHost: trustedHostOf(channel), allowPrivateAddresses, signal });
  const mime = (source.mime.split(';')[0] ?? '').trim().toLowerCase();
  const link = files[attachment.fileId ?? '']?.publicUrl ?? attachment.url;
  if (!UPLOADED.test(mime) && link !== undefined) return { link };
  const id = await withFileForm(
    'file',
    source,
    async (headers, stream) => {
      const answer = await call(channel, `${phoneNumberIdOf(channel)}/media`, {
        body: { headers, stream },
        timeoutMs: UPLOAD_TIMEOUT_MS,
        signal,
        reading: true,
      });
      if (typeof answer.id === 'string' && answer.id !== '') return answer.id;
      throw new ChannelError('unavailable', { code: 'no_media_id', words: 'WhatsApp took the file without naming it' });
    },
    { messaging_product: 'whatsapp', type: mime },
  );
  if (attachment.fileId !== undefined) {
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? '');
    kept.set(key, { id, until: Date.now() + KEPT_MS });
  }
  return { id };
}

/** Forgets what was kept for these files: Meta refused a message with them. */
export function forgetUploads(attachments: Attachment[], job: UploadJob): void {
  for (const attachment of attachments) kept.delete(keptUnder(attachment, job));
}

function keptUnder({ fileId }: Attachment, { channel }: UploadJob): string {
  return `${apiRootOf(channel)} ${channel.accountId}/${phoneNumberIdOf(channel)}/${fileId ?? ''}`;
}
