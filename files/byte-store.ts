import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Where bytes lie. Keys are ours: account, two letters, id. */
export interface ByteStore {
  /** All or nothing: a half-written file is never found under its key. */
  put(key: string, body: AsyncIterable<Uint8Array>): Promise<void>;
  get(key: string, range?: { start: number; end: number }): Promise<Readable>;
}

/** A folder on this machine, the default. Several processes may share it. */
export function folderByteStore(folder: string): ByteStore {
  return {
    async put(key, body) {
      const target = join(folder, key);
      await mkdir(dirname(target), { recursive: true });
      const draft = `${target}.${randomUUID()}.part`;
      try {
        await pipeline(body, createWriteStream(draft, { mode: 0o640 }));
        const written = await open(draft, 'r+');
        // The row that follows must not outlive a machine that loses power with the bytes still in memory.
        await written.sync().finally(() => written.close());
        await rename(draft, target);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    async get(key, range) {
      // Opened first, so that a missing file rejects here and not in the middle of an answer.
      const handle = await open(join(folder, key), 'r');
      return createReadStream('', { fd: handle, ...(range ?? {}) });
    },
  };
}
