import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ByteStore, folderByteStore } from '../../files/byte-store.ts';
import { s3ByteStore } from '../../files/s3-byte-store.ts';
import { type FakeS3, startFakeS3 } from '../fakes/s3/server.ts';

let s3: FakeS3;
const folder = mkdtempSync(join(tmpdir(), 'beseda-bytes-'));
beforeAll(async () => {
  s3 = await startFakeS3();
});
afterAll(async () => {
  await s3.stop();
  rmSync(folder, { recursive: true, force: true });
});

const bucket = (more: Partial<Parameters<typeof s3ByteStore>[0]> = {}) =>
  s3ByteStore({ bucket: s3.bucket, region: s3.region, endpoint: s3.url, credentials: s3.credentials, ...more });
const stores: [string, () => ByteStore][] = [
  ['folder', () => folderByteStore(folder)],
  ['bucket', () => bucket()],
];

async function* chunks(...parts: (string | Buffer | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield Buffer.from(part);
  }
}

describe.each(stores)('%s', (_name, open) => {
  test('what was put is read whole and in part, over what lay there before', async () => {
    const store = open();
    await store.put('7/ab/one', chunks('hel', 'lo'));
    expect(await text(await store.get('7/ab/one'))).toBe('hello');
    expect(await text(await store.get('7/ab/one', { start: 1, end: 3 }))).toBe('ell');
    await store.put('7/ab/one', chunks('anew'));
    expect(await text(await store.get('7/ab/one'))).toBe('anew');
  });

  test('25 MB stream through, byte for byte', async () => {
    const part = Buffer.alloc(1024 * 1024, 'tea');
    const store = open();
    await store.put('7/ab/big', chunks(...Array.from({ length: 25 }, () => part)));
    const read = await buffer(await store.get('7/ab/big'));
    expect(read.length).toBe(25 * part.length);
    expect(read.subarray(24 * part.length).equals(part)).toBe(true);
  });

  test('an upload that breaks off leaves nothing behind', async () => {
    const store = open();
    const big = Buffer.alloc(9 * 1024 * 1024);
    await expect(store.put('7/ab/broken', chunks(big, big, new Error('the sender went away')))).rejects.toThrow('went away');
    await expect(store.get('7/ab/broken')).rejects.toThrow();
  });

  test('what was removed is gone, and may be removed again', async () => {
    const store = open();
    await store.put('7/ab/gone', chunks('hello'));
    await store.remove('7/ab/gone');
    await expect(store.get('7/ab/gone')).rejects.toThrow();
    await store.remove('7/ab/gone');
  });

  test('what is not there rejects before an answer begins', async () => {
    await expect(open().get('7/ab/none')).rejects.toThrow();
  });
});

test('broken uploads leave no drafts in the folder and no open parts in the bucket', async () => {
  expect(readdirSync(join(folder, '7/ab')).filter((name) => name.endsWith('.part'))).toEqual([]);
  expect(s3.openUploads()).toBe(0);
});

test('a bucket that is busy is asked again', async () => {
  s3.failNext(1, 503);
  await bucket().put('7/ab/again', chunks('patience'));
  expect(s3.objects.get('7/ab/again')?.toString()).toBe('patience');
});

test('a wrong key of the bucket is told as such', async () => {
  const credentials = { ...s3.credentials, secretAccessKey: 'wrong' };
  await expect(bucket({ credentials }).put('7/ab/x', chunks('x'))).rejects.toThrow(/Signature/);
});
