import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const SESSION_AGE_SECONDS = 400 * 24 * 3600;
const WINDOW_SECONDS = 7 * 24 * 3600;

/** Makes the id of a visitor nobody can guess: 128 random bits. It is the external id of the person and of the chat. */
export function newVisitorId(): string {
  return randomBytes(16).toString('base64url');
}

/** Signs a visitor's session for one channel. Needs no row anywhere; a new key ends every session. */
export function signSession(key: Uint8Array, channelKey: string, visitorId: string, nowMs: number): string {
  const issuedAt = Math.floor(nowMs / 1000);
  return `${visitorId}.${issuedAt}.${mac(key, 'session', channelKey, visitorId, issuedAt)}`;
}

/** The visitor a token speaks for; undefined when it is forged, belongs to another channel or is older than 400 days. */
export function readSession(key: Uint8Array, channelKey: string, token: string, nowMs: number): string | undefined {
  const match = /^([A-Za-z0-9_-]{22})\.(\d{1,12})\.([A-Za-z0-9_-]{43})$/.exec(token);
  if (match === null) return undefined;
  const [, visitorId, issuedAt, given] = match as unknown as [string, string, string, string];
  if (!sameText(given, mac(key, 'session', channelKey, visitorId, issuedAt))) return undefined;
  return Number(issuedAt) + SESSION_AGE_SECONDS > nowMs / 1000 ? visitorId : undefined;
}

/**
 * Names a file for one visitor: the address can be put into an `<img>`, cannot be guessed, and works for one to two weeks.
 * It changes once a week only, so that browsers keep what they have.
 */
export function signFile(key: Uint8Array, channelKey: string, visitorId: string, fileId: string, nowMs: number): string {
  const expiresAt = (Math.floor(nowMs / 1000 / WINDOW_SECONDS) + 2) * WINDOW_SECONDS;
  const name = Buffer.from(fileId).toString('base64url');
  return `${name}.${visitorId}.${expiresAt}.${mac(key, 'file', channelKey, visitorId, fileId, expiresAt)}`;
}

/** The file and the visitor a handle was made for; undefined when it is forged, of another channel or too old. */
export function readFileHandle(
  key: Uint8Array,
  channelKey: string,
  handle: string,
  nowMs: number,
): { visitorId: string; fileId: string; expiresAt: number } | undefined {
  const match = /^([A-Za-z0-9_-]{1,100})\.([A-Za-z0-9_-]{22})\.(\d{1,12})\.([A-Za-z0-9_-]{43})$/.exec(handle);
  if (match === null) return undefined;
  const [, name, visitorId, expiresAt, given] = match as unknown as [string, string, string, string, string];
  const fileId = Buffer.from(name, 'base64url').toString();
  if (!sameText(given, mac(key, 'file', channelKey, visitorId, fileId, expiresAt))) return undefined;
  return Number(expiresAt) > nowMs / 1000 ? { visitorId, fileId, expiresAt: Number(expiresAt) } : undefined;
}

/** JSON of a list keeps the fields apart: no two lists have the same text. */
function mac(key: Uint8Array, ...fields: (string | number)[]): string {
  return createHmac('sha256', key)
    .update(JSON.stringify(fields.map(String)))
    .digest('base64url');
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
