import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { type DataConverter, METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
import type { Config } from './config.ts';

const ENCODING = 'binary/beseda-aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The same converter for every client and worker: what Temporal stores is encrypted when the configuration wants it, and readable either way. */
export function dataConverter(config: Pick<Config, 'encryptTemporalPayloads' | 'secretKey'>): DataConverter {
  return { payloadCodecs: [payloadCodec(config.secretKey, config.encryptTemporalPayloads)] };
}

/**
 * AES-256-GCM under a key derived from ours. Layout of the data: nonce, authentication tag, then encrypted: length of the metadata (4 bytes),
 * metadata as JSON with base64 values, data. Payloads that are not encrypted pass unchanged, so encryption may be switched on and off while
 * conversations are open.
 */
export function payloadCodec(secretKey: Buffer, encrypts: boolean): PayloadCodec {
  const key = Buffer.from(hkdfSync('sha256', secretKey, '', 'temporal payloads', 32));
  return {
    encode: async (payloads) => (encrypts ? payloads.map((payload) => encrypt(key, payload)) : payloads),
    decode: async (payloads) => payloads.map((payload) => (isEncrypted(payload) ? decrypt(key, payload) : payload)),
  };
}

function isEncrypted(payload: Payload): boolean {
  const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
  return encoding !== undefined && encoding !== null && Buffer.from(encoding).toString() === ENCODING;
}

function encrypt(key: Buffer, payload: Payload): Payload {
  const metadata = Object.fromEntries(
    Object.entries(payload.metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  );
  const head = Buffer.from(JSON.stringify(metadata));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const secret = Buffer.concat([cipher.update(Buffer.concat([length, head, payload.data ?? Buffer.alloc(0)])), cipher.final()]);
  return { metadata: { [METADATA_ENCODING_KEY]: Buffer.from(ENCODING) }, data: Buffer.concat([nonce, cipher.getAuthTag(), secret]) };
}

function decrypt(key: Buffer, payload: Payload): Payload {
  const data = Buffer.from(payload.data ?? []);
  const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(data.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const plain = Buffer.concat([decipher.update(data.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  const end = 4 + plain.readUInt32BE(0);
  const metadata = JSON.parse(plain.subarray(4, end).toString()) as Record<string, string>;
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')])),
    data: plain.subarray(end),
  };
}
