import { IconFile, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { fileSize } from '../lib/time.ts';
import css from './composer.module.css';
import type { ComposerFile } from './use-files.ts';

/** What will be sent with the text, with its progress, its removal, and another try where an upload failed. */
export function FileList({
  files,
  onRemove,
  onAgain,
}: {
  files: ComposerFile[];
  onRemove: (key: string) => void;
  onAgain: (file: ComposerFile) => void;
}) {
  const { t } = useTranslation();
  if (files.length === 0) return null;
  return (
    <div className={css.files}>
      {files.map((file) => (
        <div
          key={file.key}
          className={css.file}
          data-picture={file.preview !== undefined}
          data-failed={file.error !== undefined}
          title={file.name}
        >
          {file.preview === undefined ? (
            <>
              <IconFile size={28} stroke={1.3} aria-hidden />
              <span className={css.fileName}>
                <strong>{file.name}</strong>
                <small>{fileSize(file.blob.size)}</small>
              </span>
            </>
          ) : (
            <img src={file.preview} alt={file.name} />
          )}
          {file.stored === undefined && file.error === undefined && (
            <span className={css.progress} role="progressbar" aria-valuenow={Math.round(file.progress * 100)} aria-label={file.name}>
              <i style={{ width: `${file.progress * 100}%` }} />
            </span>
          )}
          {file.error !== undefined && (
            <button type="button" className={css.again} title={file.error} onClick={() => onAgain(file)}>
              {t('composer.uploadAgain')}
            </button>
          )}
          <button
            type="button"
            className={css.remove}
            aria-label={t('composer.removeFile', { name: file.name })}
            onClick={() => onRemove(file.key)}
          >
            <IconX size={12} aria-hidden />
          </button>
        </div>
      ))}
    </div>
  );
}
