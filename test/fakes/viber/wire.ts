import { createHmac, randomUUID } from 'node:crypto';

const MARK = `int:${randomUUID()}:`;
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g');

/** JSON in which a bigint stands as its digits, without quotes: what Viber's own serialiser writes for 64-bit numbers. */
export function toWire(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${MARK}${item}` : item));
  return text.replace(MARKED, '$1');
}

export function sign(token: string, body: string): string {
  return createHmac('sha256', token).update(body).digest('hex');
}

/** Epoch milliseconds with fractions: latencies are measured with them. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
