import { cleanText, wellFormed } from '../../domain/message/clean.ts';

export type Fields = Record<string, unknown>;

const MAX_ID = 500;
const DAY_MS = 86_400_000;

/** A field is missing or of another type than documented; the message names it, and is answered as 400. */
export class FieldError extends Error {
  override name = 'FieldError';
}

/** The JSON of a call's body. */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new FieldError('The body is no JSON');
  }
}

/** Fields of a call's body. Each throws FieldError. */
export function record(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new FieldError(`${name} must be an object`);
  return value as Fields;
}

/** An object that may be left out (also as null, an empty list or an empty text, as languages without objects write one). */
export function optionalRecord(value: unknown, name: string): Fields | undefined {
  const absent = value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return absent ? undefined : record(value, name);
}

/** An id of the other side; numbers are taken as their digits. */
export function identity(value: unknown, name: string): string {
  const id = optionalIdentity(value, name);
  if (id === undefined) throw new FieldError(`${name} is missing`);
  return id;
}

export function optionalIdentity(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string') throw new FieldError(`${name} must be a text`);
  const id = wellFormed(value);
  if (id.length > MAX_ID || id.trim() === '') throw new FieldError(`${name} must have 1 to ${MAX_ID} characters`);
  return id;
}

/** A text that may be left out; clean and never longer than a message may be. */
export function text(value: unknown, name: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw new FieldError(`${name} must be a text`);
  return cleanText(value);
}

export function number(value: unknown, name: string): number {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof read !== 'number' || !Number.isFinite(read)) throw new FieldError(`${name} must be a number`);
  return read;
}

/** Epoch ms of the two fields of a call; now where neither makes sense. Some integrations write milliseconds into the field for seconds. */
export function instantOf({ msec_timestamp, timestamp }: Fields, nowAt: number): number {
  const given = (value: unknown) => (typeof value === 'number' || typeof value === 'string' ? Math.trunc(Number(value)) : Number.NaN);
  const seconds = given(timestamp);
  for (const at of [given(msec_timestamp), seconds > 1e11 ? seconds : seconds * 1000]) {
    if (at > 0 && at < nowAt + DAY_MS) return at;
  }
  return nowAt;
}
