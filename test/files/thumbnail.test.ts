import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { folderByteStore } from '../../files/byte-store.ts';
import { openThumbnail, pictureSize } from '../../files/thumbnail.ts';

const folder = mkdtempSync(join(tmpdir(), 'beseda-small-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const bytes = folderByteStore(folder);
const put = (key: string, body: Buffer) =>
  bytes.put(
    key,
    (async function* () {
      yield body;
    })(),
  );
const picture = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#a63' } });

test('a big picture gets a small copy once; a small one is not blown up', async () => {
  await put('big', await picture(3000, 2000).jpeg().toBuffer());
  const made = await sharp(await buffer(await openThumbnail(bytes, 'big', 480))).metadata();
  expect([made.format, made.width, made.height]).toEqual(['webp', 480, 320]);
  // The copy is kept: it is there even when the original is not.
  await put('big', Buffer.from('gone'));
  expect((await sharp(await buffer(await openThumbnail(bytes, 'big', 480))).metadata()).width).toBe(480);
  await put('little', await picture(100, 40).png().toBuffer());
  expect((await sharp(await buffer(await openThumbnail(bytes, 'little', 480))).metadata()).width).toBe(100);
});

test('a photograph that a camera stored lying stands, in its copy and in its measures', async () => {
  const lying = await picture(800, 600).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  expect(await pictureSize(lying)).toEqual({ widthPx: 600, heightPx: 800 });
  await put('lying', lying);
  const made = await sharp(await buffer(await openThumbnail(bytes, 'lying', 160))).metadata();
  expect([made.width, made.height]).toEqual([160, 213]);
});

test('what is no picture gets no copy, and no measures', async () => {
  await put('text', Buffer.from('hello'));
  await expect(openThumbnail(bytes, 'text', 160)).rejects.toThrow();
  expect(await pictureSize(Buffer.from('hello'))).toBeUndefined();
});

test('the first bytes of a large picture tell its measures', async () => {
  const noise = Buffer.from(Array.from({ length: 1200 * 900 * 3 }, (_, index) => (index * 7919) % 251));
  const whole = await sharp(noise, { raw: { width: 1200, height: 900, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer();
  expect(whole.length).toBeGreaterThan(64 * 1024);
  expect(await pictureSize(whole.subarray(0, 64 * 1024))).toEqual({ widthPx: 1200, heightPx: 900 });
});
