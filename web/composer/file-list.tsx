import { IconChevronLeft, IconChevronRight, IconFile, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { fileSize } from '../lib/time.ts';
import css from './composer.module.css';
import { FilePicture } from './file-picture.tsx';
import type { ComposerFile } from './use-files.ts';

interface FileListProps {
  files: readonly ComposerFile[];
  onRemove: (key: string) => void;
  onAgain: (file: ComposerFile) => void;
  /** Changes places with the one before (-1) or after (1); absent where the order means nothing. */
  onMove?: ((key: string, by: -1 | 1) => void) | undefined;
}

/** What will be sent with the text, in its order, with progress, removal, and another try where an upload failed; what cannot be sent says why below. */
export function FileList({ files, ...rest }: FileListProps) {
  const { t } = useTranslation();
  if (files.length === 0) return null;
  const refused = files.filter((file) => file.refused === true);
  return (
    <>
      <ul className={css.files} aria-label={t('composer.files')}>
        {files.map((file, index) => (
          <Tile key={file.key} file={file} first={index === 0} last={index === files.length - 1} {...rest} />
        ))}
      </ul>
      {refused.length > 0 && (
        <div className={css.fileProblem} role="alert">
          {refused.map(({ error }) => error).join(' ')}
        </div>
      )}
    </>
  );
}

interface TileProps extends Omit<FileListProps, 'files'> {
  file: ComposerFile;
  first: boolean;
  last: boolean;
}

function Tile({ file, first, last, onRemove, onAgain, onMove }: TileProps) {
  const { t } = useTranslation();
  const { name } = file;
  return (
    <li className={css.file} data-picture={file.isPicture} data-failed={file.error !== undefined} title={name}>
      {file.isPicture ? (
        <FilePicture file={file} sizes="72px" />
      ) : (
        <>
          <IconFile size={28} stroke={1.3} aria-hidden />
          <span className={css.fileName}>
            <strong>{name}</strong>
            <small>{fileSize(file.blob.size)}</small>
          </span>
        </>
      )}
      {file.stored === undefined && file.error === undefined && (
        <span className={css.progress} role="progressbar" aria-valuenow={Math.round(file.progress * 100)} aria-label={name}>
          <i style={{ width: `${file.progress * 100}%` }} />
        </span>
      )}
      {file.error !== undefined && file.refused !== true && (
        <button type="button" className={css.again} title={file.error} onClick={() => onAgain(file)}>
          {t('composer.uploadAgain')}
        </button>
      )}
      <span className={css.order}>
        {onMove !== undefined && !first && (
          <button type="button" aria-label={t('composer.fileEarlier', { name })} onClick={() => onMove(file.key, -1)}>
            <IconChevronLeft size={14} aria-hidden />
          </button>
        )}
        {onMove !== undefined && !last && (
          <button type="button" aria-label={t('composer.fileLater', { name })} onClick={() => onMove(file.key, 1)}>
            <IconChevronRight size={14} aria-hidden />
          </button>
        )}
      </span>
      <button type="button" className={css.remove} aria-label={t('composer.removeFile', { name })} onClick={() => onRemove(file.key)}>
        <IconX size={12} aria-hidden />
      </button>
    </li>
  );
}
