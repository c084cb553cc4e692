import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The path of a stored file: `/files/<proof>/<id>`. The proof is made with the installation's key, so that the address cannot be guessed
 * from an id, and holds no token.
 */
export const filePath = (key: Uint8Array, fileId: string) => `/files/${proofOf(key, fileId)}/${fileId}`;

export function isFileProof(key: Uint8Array, fileId: string, proof: string): boolean {
  const wanted = Buffer.from(proofOf(key, fileId));
  const given = Buffer.from(proof);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

const proofOf = (key: Uint8Array, fileId: string) => createHmac('sha256', key).update(`file/${fileId}`).digest('base64url').slice(0, 32);
