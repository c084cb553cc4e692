/** Small copies of pictures, made once when first asked for and kept beside the picture. */
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import type { ByteStore } from './byte-store.ts';

/** Widths that pages ask for, in pixels: a row of a list, a bubble, a screen. */
export const thumbnailWidths = [160, 480, 1280] as const;
export type ThumbnailWidth = (typeof thumbnailWidths)[number];

/** A picture of more pixels is shown as it is: unpacking it would take more memory than a small copy is worth. */
const MOST_PIXELS = 50_000_000;
/** Types of which small copies are made; animations and everything else are shown as they are. */
const SMALLER = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/avif']);

export const mayShrink = (mime: string) => SMALLER.has(mime);

/** Width and height in pixels as a viewer sees them, from the picture's first bytes; undefined where they do not tell. */
export async function pictureSize(head: Uint8Array): Promise<{ widthPx: number; heightPx: number } | undefined> {
  try {
    const { width, height, orientation = 1 } = await sharp(head, { limitInputPixels: MOST_PIXELS, failOn: 'none' }).metadata();
    // Turned by 90°: cameras store a portrait as a lying picture with a note.
    return orientation >= 5 ? { widthPx: height, heightPx: width } : { widthPx: width, heightPx: height };
  } catch {
    return undefined; // no picture, or one whose head says nothing of its size
  }
}

/**
 * A copy as WebP, at most `widthPx` wide and never larger than the original. Rejects where the bytes are gone or no picture can be made of them: the
 * caller shows the original then.
 */
export async function openThumbnail(bytes: ByteStore, storageKey: string, widthPx: ThumbnailWidth): Promise<Readable> {
  const key = `${storageKey}.w${widthPx}`;
  const kept = await bytes.get(key).catch(() => undefined);
  if (kept !== undefined) return kept;
  const original = await buffer(await bytes.get(storageKey));
  const small = await sharp(original, { limitInputPixels: MOST_PIXELS })
    .rotate()
    .resize({ width: widthPx, withoutEnlargement: true })
    .webp({ quality: 78 })
    .toBuffer();
  // Two requests at once make the same bytes; the later one replaces the earlier.
  await bytes.put(
    key,
    (async function* () {
      yield small;
    })(),
  );
  return bytes.get(key);
}
