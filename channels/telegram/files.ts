import type { Readable } from 'node:stream';
import { ChannelError, type ConnectedChannel } from '../channel.ts';
import { download } from '../http.ts';
import { apiRootOf, CALL_TIMEOUT_MS, call, tokenOf } from './api.ts';
import { toChannelError } from './errors.ts';

/** The Bot API hands out no larger files. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;

/**
 * Opens an inbound file by its file_id. The address it is read from holds the bot's token, so it stays inside this function.
 * Errors: `refused` for a file that Telegram no longer has or that is larger than 20 MB, else `unavailable` (reading again does no harm).
 */
export async function fetchFile(
  channel: ConnectedChannel,
  fileId: string,
  signal: AbortSignal,
): Promise<{ body: Readable; sizeBytes?: number; mime?: string; name?: string }> {
  const file = await call(channel, { timeoutMs: CALL_TIMEOUT_MS, signal, reading: true }, (api, apiSignal) =>
    api.raw.getFile({ file_id: fileId }, apiSignal),
  );
  if (file.file_path === undefined || (file.file_size ?? 0) > MAX_FILE_BYTES) {
    throw new ChannelError('refused', { code: 'file_too_big', words: 'Telegram gives bots no files over 20 MB' });
  }
  const answer = await open(channel, file.file_path, signal);
  if (answer.status !== 200) {
    answer.body.destroy();
    throw statusError(answer.status, answer.headers['retry-after']);
  }
  const sizeBytes = Number(answer.headers['content-length'] ?? file.file_size);
  const mime = String(answer.headers['content-type'] ?? '');
  return {
    body: answer.body,
    ...(Number.isFinite(sizeBytes) ? { sizeBytes } : {}),
    // Telegram labels nearly everything an octet stream, which says less than the message did.
    ...(mime === '' || mime.startsWith('application/octet-stream') ? {} : { mime }),
    name: file.file_path.split('/').at(-1) ?? 'file',
  };
}

async function open(channel: ConnectedChannel, filePath: string, signal: AbortSignal) {
  const token = tokenOf(channel);
  try {
    return await download(new URL(`${apiRootOf(channel)}/file/bot${token}/${filePath}`), signal);
  } catch (error) {
    throw toChannelError(error, { token, reading: true });
  }
}

function statusError(status: number, retryAfter: string | string[] | undefined): ChannelError {
  const code = String(status);
  const words = `Telegram answered ${status} to the download of a file`;
  if (status === 429) return new ChannelError('rateLimited', { code, words, retryAfterMs: (Number(retryAfter) || 1) * 1000 });
  if (status === 401) return new ChannelError('refused', { scope: 'account', code, words });
  return new ChannelError(status >= 500 ? 'unavailable' : 'refused', { code, words });
}
