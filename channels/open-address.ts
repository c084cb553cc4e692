import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import ipaddr from 'ipaddr.js';
import { Agent, type Dispatcher } from 'undici';
import { ChannelError } from './channel.ts';
import { download, TransportError } from './http.ts';

const MAX_REDIRECTS = 5;
/** The code of a connection that was not made because a name leads to a private address. */
export const PRIVATE_ADDRESS = 'PRIVATE_ADDRESS';

/** Looks a name up and refuses it when any of its addresses is not a public one: the connection is made to what was checked, not to a later answer. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => !isPublic(address))) {
      return callback(Object.assign(new Error('not a public address'), { code: PRIVATE_ADDRESS }), '', 0);
    }
    return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

const publicOnly = new Agent({ connect: { timeout: 5_000, lookup: publicLookup } });
const anywhere = new Agent({ connect: { timeout: 5_000 } });

export interface OpenedAddress {
  body: Readable;
  sizeBytes?: number;
  mime?: string;
}

/**
 * Opens a file by an address that a messenger or an author gave; redirects are followed. Private addresses are refused unless the installation allows
 * them; `trustedHost` (the host name of a channel's `apiRoot`) was allowed by whoever connected the channel. `messenger` names it in errors.
 * Errors: `refused` for a file that is gone or not ours to read, else `unavailable` or `rateLimited` (reading again does no harm).
 */
export async function openAddress(
  address: string,
  options: {
    messenger: string;
    trustedHost?: string;
    allowPrivateAddresses: boolean;
    signal: AbortSignal;
    /** Go to the first host only: a redirect elsewhere is followed without them. */
    headers?: Record<string, string>;
  },
): Promise<OpenedAddress> {
  let url = webAddress(address);
  const { origin } = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const trusted = options.allowPrivateAddresses || url.hostname === options.trustedHost;
    const headers = url.origin === origin ? options.headers : undefined;
    const answer = await open(url, options.messenger, options.signal, trusted ? anywhere : dispatcherFor(url), headers);
    const { location } = answer.headers;
    if (answer.status >= 300 && answer.status < 400 && typeof location === 'string') {
      answer.body.destroy();
      url = webAddress(location, url);
      continue;
    }
    if (answer.status === 200) return { body: answer.body, ...describe(answer.headers) };
    answer.body.destroy();
    throw statusError(answer.status, answer.headers['retry-after'], options.messenger);
  }
  throw new ChannelError('refused', { code: 'redirects', words: 'The address of the file leads in circles' });
}

function webAddress(address: string, base?: URL): URL {
  const url = URL.canParse(address, base) ? new URL(address, base) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new ChannelError('refused', { code: 'bad_address', words: 'The address of the file is none that can be read' });
  }
  return url;
}

/** What may connect to an address that an account gave: never a private one. Throws ChannelError `refused` for a private address written as a number. */
export function dispatcherFor(url: URL): Dispatcher {
  // A literal address is connected to without being looked up.
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !isPublic(literal)) throw privateAddress();
  return publicOnly;
}

async function open(url: URL, messenger: string, signal: AbortSignal, dispatcher: Dispatcher, headers?: Record<string, string>) {
  try {
    return await download(url, signal, dispatcher, headers);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    if (error.code === PRIVATE_ADDRESS) throw privateAddress();
    throw new ChannelError('unavailable', { code: error.code, words: `The file could not be read from ${messenger} (${error.code})` });
  }
}

/** True for an address of the open internet. */
export function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

function privateAddress(): ChannelError {
  return new ChannelError('refused', { code: 'private_address', words: 'The file lies on a private address and was not read' });
}

function describe(headers: Record<string, string | string[] | undefined>): { sizeBytes?: number; mime?: string } {
  const sizeBytes = Number(headers['content-length'] ?? Number.NaN);
  const mime = String(headers['content-type'] ?? '')
    .split(';')[0]!
    .trim();
  return {
    ...(Number.isFinite(sizeBytes) ? { sizeBytes } : {}),
    // An octet stream says less than the message did.
    ...(mime === '' || mime === 'application/octet-stream' ? {} : { mime }),
  };
}

function statusError(status: number, retryAfter: string | string[] | undefined, messenger: string): ChannelError {
  const code = String(status);
  const words = `${messenger} answered ${status} to the download of a file`;
  if (status === 429) return new ChannelError('rateLimited', { code, words, retryAfterMs: (Number(retryAfter) || 1) * 1000 });
  return new ChannelError(status >= 500 ? 'unavailable' : 'refused', { code, words });
}
