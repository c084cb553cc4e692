/** Channel credentials at rest: AES-256-GCM with the installation's key. Worker and API share this file. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const PREFIX = 'v1.';

/**
 * Seals credentials into text for a column. `context` (account and channel) is bound to it: text copied into another row does not open.
 */
export function seal(key: Uint8Array, value: Record<string, string>, context: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return PREFIX + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Opens what `seal` made; throws when the key is another one or the text was changed. Empty text stands for no credentials. */
export function unseal(key: Uint8Array, text: string, context: string): Record<string, string> {
  if (text === '') return {};
  if (!text.startsWith(PREFIX)) throw new Error('Sealed credentials of an unknown form');
  const bytes = Buffer.from(text.slice(PREFIX.length), 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')) as Record<string, string>;
}

/** The context that binds a channel's credentials to its row. */
export const channelContext = (accountId: number, channelId: number) => `channel/${accountId}/${channelId}`;
