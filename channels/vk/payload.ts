import { wellFormed } from '../../domain/message/clean.ts';
import { isRecord } from './api.ts';

/** VK takes no longer payloads. */
const MAX_PAYLOAD = 255;

/** What stands behind one of our buttons. Only its opaque key: what it means is looked up in our own rows, so a forged one opens nothing. */
export function payloadOf(key: string): string | undefined {
  const payload = JSON.stringify({ b: key });
  return payload.length > MAX_PAYLOAD ? undefined : payload;
}

export interface ReadPayload {
  pressedKey?: string;
  /** VK's own *Start* button. */
  start?: true;
}

/** Reads a payload, which comes as a text (buttons that write a message) or as JSON (callback buttons). Anybody can send any: never throws. */
export function readPayload(payload: unknown): ReadPayload {
  const value = typeof payload === 'string' ? parse(payload) : payload;
  if (!isRecord(value)) return {};
  if (value.command === 'start') return { start: true };
  const key = value.b;
  if (typeof key !== 'string' || key === '' || key.length > MAX_PAYLOAD) return {};
  return { pressedKey: wellFormed(key) };
}

function parse(text: string): unknown {
  if (text.length > 4 * MAX_PAYLOAD) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
