/** Files that the tests of adapters send and bring. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { OutgoingFile } from '../../../channels/channel.ts';
import type { AttachmentKind } from '../../../domain/message/model.ts';
import { SAMPLE_PNG } from '../../fakes/telegram/images.ts';

/** How names of files of this kind end. */
export const ENDINGS: Record<AttachmentKind, string> = {
  picture: 'png',
  video: 'mp4',
  audio: 'mp3',
  voice: 'ogg',
  file: 'pdf',
  sticker: 'webp',
};
export const MIMES: Record<AttachmentKind, string> = {
  picture: 'image/png',
  video: 'video/mp4',
  audio: 'audio/mpeg',
  voice: 'audio/ogg',
  file: 'application/pdf',
  sticker: 'image/webp',
};

/** SHA-256 in hex. */
export function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** SHA-256 in hex of all that the stream gives. */
export async function digestOf(stream: Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}

type StoredFile = OutgoingFile & { content: Buffer };

/** A file of ours with a valid picture in it, different by `mark`. */
export function storedFile(name: string, mime: string, mark = name): StoredFile {
  const content = Buffer.concat([SAMPLE_PNG, Buffer.from(mark)]);
  return {
    name,
    mime,
    sizeBytes: content.length,
    content,
    open: async () => Readable.from([content.subarray(0, 20), content.subarray(20)]),
  };
}

/** A file of ours that cannot be opened, or breaks off after its first bytes. */
export function brokenFile(name: string, where: 'at the start' | 'in the middle'): StoredFile {
  const file = storedFile(name, 'image/png');
  const broken = async function* () {
    yield file.content;
    throw new Error('the disk is gone');
  };
  return { ...file, open: async () => (where === 'at the start' ? Promise.reject(new Error('no such file')) : Readable.from(broken())) };
}

/** The file as an attachment of a message. */
export function attachmentOf(kind: AttachmentKind, file: OutgoingFile) {
  return { kind, fileId: file.name, name: file.name, mime: file.mime, sizeBytes: file.sizeBytes };
}
