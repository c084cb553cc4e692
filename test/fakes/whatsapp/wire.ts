import { createHmac } from 'node:crypto';

/** JSON as Meta's serialiser writes it: everything beyond ASCII escaped, and slashes too. A body parsed and written again has another signature. */
export function toWire(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function sign(appSecret: string, body: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

/** Epoch milliseconds with fractions: latencies are measured with them. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
