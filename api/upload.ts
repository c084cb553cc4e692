import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import type { StoredFile } from '../db/stores/files.ts';
import { DEFAULT_FILE_BYTES, FileRefused } from '../files/storage.ts';
import type { ApiDeps, AppContext } from './deps.ts';
import { ApiError } from './errors.ts';

/** Stores one file of a form; its type is told by its bytes. */
export async function storeUpload(deps: ApiDeps, c: AppContext, upload: File, field: string): Promise<StoredFile> {
  const { accountId, userId } = c.var.actor;
  try {
    return await deps.files.save({
      accountId,
      name: upload.name,
      body: Readable.fromWeb(upload.stream() as WebStream<Uint8Array>),
      createdBy: `user:${userId}`,
      claimedMime: upload.type,
      limitBytes: deps.fileBytesLimit ?? DEFAULT_FILE_BYTES,
    });
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    const message = `${field}: ${error.message}`;
    throw new ApiError(error.code === 'too_large' ? 'too_large' : 'invalid', message, {
      fields: [{ field, message: error.message }],
      cause: error,
    });
  }
}
