/** Wide enough for the widest place a chosen picture is shown in, on a dense screen. */
const WIDTH_PX = 480;

/**
 * The address, in this browser, of a small copy of a picture that was just chosen: ten photographs in a row would else be decoded and kept in full size.
 * The caller gives it back by `URL.revokeObjectURL`. undefined: this browser cannot show such a picture.
 */
export async function smallPicture(picture: Blob): Promise<string | undefined> {
  try {
    const bitmap = await createImageBitmap(picture, { resizeWidth: WIDTH_PX, resizeQuality: 'medium' });
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('bitmaprenderer')?.transferFromImageBitmap(bitmap);
    return URL.createObjectURL(await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 }));
  } catch {
    return undefined;
  }
}
