import { createHmac } from 'node:crypto';

/** The demo user's e-mail. It signs in by one click on loopback, or with the password that the start prints. */
export const DEMO_EMAIL = 'demo@beseda.local';

/** Made from the installation's key, so that they stay the same over restarts and nothing has to be stored. */
export const demoPassword = (secretKey: Uint8Array) => made(secretKey, 'demo password').slice(0, 16);
export const demoToken = (secretKey: Uint8Array) => `bsd_${made(secretKey, 'demo token')}`;

const made = (secretKey: Uint8Array, what: string) => createHmac('sha256', secretKey).update(what).digest('base64url');
