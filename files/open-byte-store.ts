import type { Config } from '../config.ts';
import { type ByteStore, folderByteStore } from './byte-store.ts';

/** Where this installation keeps its files: a bucket where one is configured, else a folder. */
export async function openByteStore({ filesBucket, filesFolder }: Config): Promise<ByteStore> {
  if (filesBucket === undefined) return folderByteStore(filesFolder);
  // The client of buckets is large; who keeps files in a folder does not load it.
  const { s3ByteStore } = await import('./s3-byte-store.ts');
  return s3ByteStore(filesBucket);
}
