import type { CSSProperties } from 'react';

/** Widths in which the server has small copies (`files/thumbnail.ts`). */
const WIDTHS = [160, 480, 1280] as const;

interface PictureProps {
  url: string;
  alt: string;
  /** How wide it is drawn, as `sizes` says it: `136px`, `(max-width: 600px) 100vw, 240px`. */
  sizes: string;
  /** Stored by us, so there are small copies; an address of the author's own is asked for as it is. */
  isOurs: boolean;
  widthPx: number | null;
  heightPx: number | null;
  className?: string;
  style?: CSSProperties;
}

/** A picture in the size in which it is drawn: fetched when it comes near, with its place kept before. The original stands behind a click. */
export function Picture({ url, alt, sizes, isOurs, widthPx, heightPx, className, style }: PictureProps) {
  const small = (width: number) => `${url}?w=${width}`;
  return (
    <img
      alt={alt}
      loading="lazy"
      decoding="async"
      className={className}
      style={style}
      {...(isOurs ? { sizes, srcSet: WIDTHS.map((width) => `${small(width)} ${width}w`).join(', '), src: small(480) } : { src: url })}
      {...(widthPx === null || heightPx === null ? {} : { width: widthPx, height: heightPx })}
    />
  );
}
