import type { Readable } from 'node:stream';
import { ChannelError, type ConnectedChannel } from '../channel.ts';
import { openAddress } from '../open-address.ts';
import { call, phoneNumberIdOf, tokenOf, trustedHostOf } from './api.ts';

/** Where Meta keeps clients' files. The token goes nowhere else. */
const META_HOST = /(^|\.)(fbsbx\.com|facebook\.com|fbcdn\.net|whatsapp\.net)$/;

/**
 * Brings a client's file by its id: the address it names lives for minutes, so it is asked for each time, and it is read with the token.
 * Throws ChannelError only.
 */
export async function fetchMedia(
  channel: ConnectedChannel,
  ref: string,
  options: { allowPrivateAddresses: boolean; signal: AbortSignal },
): Promise<{ body: Readable; sizeBytes?: number; mime?: string }> {
  const { url, mime_type: mime } = await call(channel, encodeURIComponent(ref), {
    method: 'GET',
    query: { phone_number_id: phoneNumberIdOf(channel) },
    signal: options.signal,
    reading: true,
  });
  if (typeof url !== 'string' || !URL.canParse(url)) {
    throw new ChannelError('unavailable', { code: 'no_address', words: 'WhatsApp did not say where the file lies' });
  }
  const trustedHost = trustedHostOf(channel);
  const { hostname } = new URL(url);
  const isMetas = META_HOST.test(hostname) || hostname === trustedHost;
  const opened = await openAddress(url, {
    messenger: 'WhatsApp',
    ...(trustedHost === undefined ? {} : { trustedHost }),
    ...options,
    ...(isMetas ? { headers: { authorization: `Bearer ${tokenOf(channel)}`, 'user-agent': 'beseda' } } : {}),
  });
  return { ...(typeof mime === 'string' && mime !== '' ? { mime: mime.split(';')[0]!.trim() } : {}), ...opened };
}
