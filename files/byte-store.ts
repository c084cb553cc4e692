import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

/** Where bytes lie. Keys are ours: account, two letters, id. */
export interface ByteStore {
  /** All or nothing: a half-written file is never found under its key. */
  put(key: string, body: AsyncIterable<Uint8Array>): Promise<void>;
  get(key: string, range?: { start: number; end: number }): Promise<Readable>;
  /** Harmless where nothing lies under the key. */
  remove(key: string): Promise<void>;
}

/** A folder on this machine, the default. Several processes may share it. */
export function folderByteStore(folder: string): ByteStore {
  return {
    async put(key, body) {
      const target = join(folder, key);
      await mkdir(dirname(target), { recursive: true });
      const draft = `${target}.${randomUUID()}.part`;
      // Opened here: a stream that is given up while it still opens its file would make it after it was removed.
      const written = await open(draft, 'wx', 0o640);
      try {
        try {
          await writeFile(written, body);
          // The row that follows must not outlive a machine that loses power with the bytes still in memory.
          await written.sync();
        } finally {
          await written.close();
        }
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
    remove: (key) => rm(join(folder, key), { force: true }),
  };
}
