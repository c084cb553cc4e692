/** The keys by which push services know this installation. */
import { createECDH, hkdfSync } from 'node:crypto';

export interface VapidKeys {
  /** Uncompressed point of P-256, base64url: what browsers subscribe with. */
  publicKey: string;
  privateKey: string;
}

/** The order of P-256, less one. */
const MOST = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n - 1n;

/**
 * Derived from the installation's key, so that every process has the same pair and nothing is to be stored: subscriptions stay valid as long as the
 * installation's key does.
 */
export function vapidKeys(secretKey: Uint8Array): VapidKeys {
  // 16 bytes more than the order has: what is left after the division is as good as evenly spread.
  const bytes = Buffer.from(hkdfSync('sha256', secretKey, '', 'beseda web push vapid', 48));
  const scalar = (BigInt(`0x${bytes.toString('hex')}`) % MOST) + 1n;
  // Always 32 bytes: the pair itself gives its private key without leading zeros, and then signs for another public key.
  const privateKey = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(privateKey);
  return { publicKey: pair.getPublicKey().toString('base64url'), privateKey: privateKey.toString('base64url') };
}
