import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Attachment } from '../domain/message/model.ts';
import { ChannelError, type Outgoing } from './channel.ts';
import { openAddress } from './open-address.ts';

/** A file on its way to a messenger that takes uploads. */
export interface FileSource {
  name: string;
  mime: string;
  sizeBytes?: number;
  open(): Promise<Readable>;
}

/** Our own copy; an address only where the author gave one and we hold no copy. Throws ChannelError `refused` where there is neither. */
export function sourceOf(
  attachment: Attachment,
  files: Outgoing['files'],
  reading: { trustedHost: string | undefined; allowPrivateAddresses: boolean; signal: AbortSignal },
): FileSource {
  const file = attachment.fileId === undefined ? undefined : files[attachment.fileId];
  if (file !== undefined) return file;
  const { url } = attachment;
  if (url === undefined) {
    throw new ChannelError('refused', { code: 'file_missing', words: `The file "${attachment.name}" is no longer there: attach it again` });
  }
  const { trustedHost, ...rest } = reading;
  return {
    name: attachment.name,
    mime: attachment.mime,
    open: async () =>
      (await openAddress(url, { messenger: 'its address', ...(trustedHost === undefined ? {} : { trustedHost }), ...rest })).body,
  };
}

/**
 * Sends one file as the last part of a multipart body (`fields` go before it), whatever `post` does with it. A file of ours that cannot be read is told apart from the network's
 * failures: ChannelError `unavailable` with the code `file_unreadable`. Half a body is never taken for a whole one.
 */
export async function withFileForm<T>(
  field: string,
  source: FileSource,
  post: (headers: Record<string, string>, body: Readable) => Promise<T>,
  fields: Record<string, string> = {},
): Promise<T> {
  const boundary = `----${randomUUID()}`;
  const before = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = Buffer.from(
    `${before.join('')}--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${fileNameOf(source.name)}"\r\nContent-Type: ${source.mime}\r\n\r\n`,
  );
  const foot = Buffer.from(`\r\n--${boundary}--\r\n`);
  const reading: { stream?: Readable; failure?: unknown } = {};
  const body = Readable.from(framed(head, source, foot, reading), { objectMode: false });
  const { sizeBytes } = source;
  const headers = {
    'content-type': `multipart/form-data; boundary=${boundary}`,
    ...(sizeBytes === undefined ? {} : { 'content-length': String(head.length + sizeBytes + foot.length) }),
  };
  try {
    return await post(headers, body);
  } catch (error) {
    if (reading.failure === undefined) throw error;
    if (reading.failure instanceof ChannelError) throw reading.failure;
    throw new ChannelError('unavailable', {
      code: 'file_unreadable',
      words: 'The file to send could not be read from our storage',
      cause: reading.failure,
    });
  } finally {
    body.destroy();
    // An upload that was cut off leaves its file half read.
    reading.stream?.destroy();
  }
}

async function* framed(
  head: Buffer,
  source: FileSource,
  foot: Buffer,
  reading: { stream?: Readable; failure?: unknown },
): AsyncGenerator<Uint8Array> {
  try {
    reading.stream = await source.open();
    yield head;
    for await (const chunk of reading.stream) yield chunk as Uint8Array;
  } catch (error) {
    reading.failure = error;
    throw error;
  }
  yield foot;
}

/** A name that survives the header of a multipart part. */
function fileNameOf(name: string): string {
  return name.replace(/[\u0000-\u001f"\\/;]+/g, '_').trim() || 'file';
}
