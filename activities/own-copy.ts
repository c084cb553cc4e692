/** Our own copy of a file that an author gave by its address: messengers and clients get our bytes, whatever becomes of the address later. */
import { ChannelError } from '../channels/channel.ts';
import { type OpenedAddress, openAddress } from '../channels/open-address.ts';
import type { StoredFile } from '../db/stores/files.ts';
import { DEFAULT_FILE_BYTES, FileRefused } from '../files/storage.ts';
import type { ActivityDeps } from './deps.ts';
import { isPassing } from './turn/failures.ts';

/** The address's fault and not the messenger's: nothing was sent, and nothing follows for the channel. */
export class AddressError extends ChannelError {}

export interface AddressedFile {
  accountId: number;
  channelId: number;
  url: string;
  name: string;
  /** Named when the address has no name. */
  kind: string;
}

/**
 * Fetches the address (never a private one, unless the installation allows them) and stores it with its sniffed type. Throws AddressError: `refused`
 * where another try would end the same way (gone, private, empty, too large), else `unavailable`.
 */
export async function copyFromAddress(
  deps: Pick<ActivityDeps, 'files' | 'allowPrivateAddresses'>,
  file: AddressedFile,
  signal: AbortSignal,
): Promise<StoredFile> {
  const host = URL.canParse(file.url) ? new URL(file.url).host : 'its address';
  let opened: OpenedAddress | undefined;
  try {
    opened = await openAddress(file.url, { messenger: host, allowPrivateAddresses: deps.allowPrivateAddresses === true, signal });
    if ((opened.sizeBytes ?? 0) > DEFAULT_FILE_BYTES) {
      throw new FileRefused('too_large', `A file may have up to ${Math.floor(DEFAULT_FILE_BYTES / 1024 / 1024)} MB`);
    }
    return await deps.files.save({
      accountId: file.accountId,
      name: file.name || file.kind,
      body: opened.body,
      createdBy: `channel:${file.channelId}`,
      claimedMime: opened.mime ?? 'application/octet-stream',
    });
  } catch (error) {
    opened?.body.destroy();
    throw addressError(error, host);
  }
}

/** What a failed copy means for whoever waits for it; a database that is away stays what it is. */
function addressError(error: unknown, host: string): unknown {
  if (error instanceof ChannelError) {
    const { kind, code, words, retryAfterMs } = error;
    const options = { code: `address_${code}`, words, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    // Too many calls of that server say nothing about the messenger's own limits.
    return new AddressError(kind === 'refused' ? 'refused' : 'unavailable', options);
  }
  if (error instanceof FileRefused) {
    return new AddressError('refused', { code: `address_${error.code}`, words: `The file from ${host} was not taken: ${error.message}` });
  }
  if (isPassing(error) && !isOfNetwork(error)) return error;
  return new AddressError('unavailable', { code: 'address_broken', words: `The file could not be read whole from ${host}`, cause: error });
}

/** A transfer that broke off: the network's own codes, which the database's driver shares only in part. */
function isOfNetwork(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(UND_ERR|ECONNRESET|EPIPE|ETIMEDOUT)/.test(code);
}
