import { Picture } from '../ui/picture.tsx';
import type { ComposerFile } from './use-files.ts';

/** The picture of a file that will be sent: this browser's small copy of what was just chosen, the server's of what it had before. Nothing while there is none. */
export function FilePicture({ file, sizes, className }: { file: ComposerFile; sizes: string; className?: string | undefined }) {
  const { stored, preview, name } = file;
  if (preview !== undefined) return <img src={preview} alt={name} decoding="async" className={className} />;
  if (stored === undefined || file.blob instanceof File) return null;
  return (
    <Picture
      url={stored.url}
      alt={name}
      sizes={sizes}
      isOurs
      widthPx={stored.widthPx}
      heightPx={stored.heightPx}
      {...(className === undefined ? {} : { className })}
    />
  );
}
