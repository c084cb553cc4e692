import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The path of a stored file: `/files/<proof>/<id>`. The proof is made with the installation's key, so that the address cannot be guessed
 * from an id, and holds no token.
 */
export const filePath = (key: Uint8Array, fileId: string) => `/files/${proofOf(key, fileId)}/${fileId}`;

/** Endings by type: what the bytes are says more than the name an uploader gave. */
const ENDING_OF: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'video/mp4': 'mp4',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'application/pdf': 'pdf',
};

/** The same path with the file's ending, for messengers that judge an address by it; `fileIdOf` takes the ending off again. */
export function endedFilePath(key: Uint8Array, file: { id: string; name: string; mime: string }): string {
  const ending = ENDING_OF[file.mime] ?? /\.([a-z0-9]{1,8})$/i.exec(file.name)?.[1]?.toLowerCase();
  return filePath(key, file.id) + (ending === undefined ? '' : `.${ending}`);
}

/** The file's id of a path's last segment. */
export const fileIdOf = (segment: string) => segment.replace(/\.[a-z0-9]{1,8}$/i, '');

export function isFileProof(key: Uint8Array, fileId: string, proof: string): boolean {
  const wanted = Buffer.from(proofOf(key, fileId));
  const given = Buffer.from(proof);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

const proofOf = (key: Uint8Array, fileId: string) => createHmac('sha256', key).update(`file/${fileId}`).digest('base64url').slice(0, 32);
