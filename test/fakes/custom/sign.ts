import { createHash, createHmac } from 'node:crypto';

/** The headers of a signed call of the chats API, written from its documentation and apart from the program's own code. */
export function signedHeaders(
  secret: string,
  call: { method: string; path: string; body: string; contentType?: string; date?: string },
): Record<string, string> {
  const md5 = createHash('md5').update(Buffer.from(call.body, 'utf8')).digest('hex');
  const type = call.contentType ?? 'application/json';
  const date = call.date ?? rfc2822(new Date());
  const signature = createHmac('sha1', secret).update(`${call.method}\n${md5}\n${type}\n${date}\n${call.path}`).digest('hex');
  return { 'Content-Type': type, 'Content-MD5': md5, Date: date, 'X-Signature': signature };
}

/** `Sun, 04 Jan 2026 10:00:00 +0000` */
export const rfc2822 = (at: Date): string => at.toUTCString().replace('GMT', '+0000');

/** Whether a hook is signed as documented: the raw body alone, a newline at its end cut off. */
export const isHookSigned = (secret: string, raw: string, given: string | undefined): boolean =>
  createHmac('sha1', secret).update(raw.replace(/\n$/, '')).digest('hex') === given;
