/** Stored files: bytes in a folder or bucket, facts in `files`. The API takes uploads, the worker copies what clients sent and reads what goes out. */
import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Sql } from '../db/connection.ts';
import { deleteFiles, findFiles, insertFile, type StoredFile } from '../db/stores/files.ts';
import { UPLOAD_BYTES } from '../domain/message/upload.ts';
import type { ByteStore } from './byte-store.ts';
import { cleanName, kindOf, sniffMime } from './sniff.ts';
import { openThumbnail, pictureSize, type ThumbnailWidth } from './thumbnail.ts';

export const DEFAULT_FILE_BYTES = UPLOAD_BYTES;

/** Why a file was not taken; the words are for the person who sent it. */
export class FileRefused extends Error {
  readonly code: 'empty' | 'too_large' | 'type_refused';

  constructor(code: FileRefused['code'], message: string) {
    super(message);
    this.name = 'FileRefused';
    this.code = code;
  }
}

export interface NewFile {
  accountId: number;
  /** A uuid of its maker's: saved again under it, the file takes its own place. Absent: a new one each time. */
  id?: string;
  name: string;
  body: Readable | Uint8Array;
  /** Who brought it: `user:7`, `visitor`, `channel:3`. No personal data. */
  createdBy: string;
  /** Believed only where the bytes do not tell (text). */
  claimedMime?: string;
  limitBytes?: number;
  /** Words for the sender where a file of this type is not taken; asked once the first bytes have told it, before the rest is read. */
  refuseType?(mime: string): string | undefined;
  widthPx?: number;
  heightPx?: number;
}

export interface FileStorage {
  /** Stores the bytes, then the row. Throws FileRefused; nothing is left behind then. */
  save(file: NewFile): Promise<StoredFile>;
  /** Files of the account among `ids`; unknown ids and those of other accounts are simply not there. */
  find(accountId: number, ids: string[]): Promise<StoredFile[]>;
  /** The bytes, or a part of them (`end` inclusive). Rejects when they are gone. */
  open(file: StoredFile, range?: { start: number; end: number }): Promise<Readable>;
  /** A small WebP copy of a picture. Rejects where none can be made. */
  openSmall(file: StoredFile, widthPx: ThumbnailWidth): Promise<Readable>;
  /** Forgets files of the account, bytes and all; those that a message carries stay. */
  remove(accountId: number, ids: string[]): Promise<void>;
}

export function createFileStorage({ sql, bytes, now }: { sql: Sql; bytes: ByteStore; now(): number }): FileStorage {
  return {
    async save(file) {
      const id = file.id ?? randomUUID();
      const storageKey = `${file.accountId}/${id.slice(0, 2)}/${id}`;
      const limit = file.limitBytes ?? DEFAULT_FILE_BYTES;
      const hash = createHash('sha256');
      const head: Uint8Array[] = [];
      let size = 0;
      let headBytes = 0;
      let mime: string | undefined;
      const judge = async (isWhole: boolean) => {
        mime = await sniffMime(Buffer.concat(head), isWhole, file.claimedMime);
        const words = file.refuseType?.(mime);
        if (words !== undefined) throw new FileRefused('type_refused', words);
      };
      async function* counted(): AsyncGenerator<Uint8Array> {
        const source = file.body instanceof Readable ? (file.body as AsyncIterable<Uint8Array>) : [file.body];
        for await (const chunk of source) {
          size += chunk.byteLength;
          if (size > limit) throw new FileRefused('too_large', `A file may have up to ${Math.floor(limit / 1024 / 1024)} MB`);
          hash.update(chunk);
          if (headBytes < HEAD_BYTES) {
            head.push(chunk.subarray(0, HEAD_BYTES - headBytes));
            headBytes += Math.min(chunk.byteLength, HEAD_BYTES - headBytes);
            if (headBytes === HEAD_BYTES) await judge(false);
          }
          yield chunk;
        }
        if (size === 0) throw new FileRefused('empty', 'The file is empty');
        if (mime === undefined) await judge(true);
      }
      await bytes.put(storageKey, counted());
      if (mime === undefined) throw new Error('The bytes were stored without being read to their end');
      // Known before a page draws it, so that nothing moves when the picture arrives.
      const measured = file.widthPx === undefined && kindOf(mime) === 'picture' ? await pictureSize(Buffer.concat(head)) : undefined;
      const row: StoredFile = {
        accountId: file.accountId,
        id,
        name: cleanName(file.name),
        mime,
        sizeBytes: size,
        sha256: hash.digest('hex'),
        storageKey,
        widthPx: file.widthPx ?? measured?.widthPx ?? null,
        heightPx: file.heightPx ?? measured?.heightPx ?? null,
      };
      await insertFile(sql, row, file.createdBy, now());
      return row;
    },
    find: (accountId, ids) => findFiles(sql, accountId, ids),
    open: (file, range) => bytes.get(file.storageKey, range),
    openSmall: (file, widthPx) => openThumbnail(bytes, file.storageKey, widthPx),
    async remove(accountId, ids) {
      // The row first: bytes without one are never found again, a row without bytes would be.
      for (const key of await deleteFiles(sql, accountId, ids)) await bytes.remove(key);
    },
  };
}

/** Enough for every signature that file-type knows, and to tell text from binary. */
const HEAD_BYTES = 64 * 1024;
