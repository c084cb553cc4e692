import { IconChevronLeft, IconChevronRight, IconDownload, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import css from './attachments.module.css';

interface Picture {
  url: string;
  name: string;
}

/** Pictures of one message, large. Arrows move, Esc closes; the focus returns to where it was. */
export function Viewer({ pictures, start, onClose }: { pictures: Picture[]; start: number; onClose: () => void }) {
  const { t } = useTranslation();
  const [at, setAt] = useState(start);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const move = (step: number) => setAt((now) => (now + step + pictures.length) % pictures.length);
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'ArrowRight') move(1);
    else if (event.key === 'ArrowLeft') move(-1);
    else return;
    event.preventDefault();
  };
  const picture = pictures[at];
  if (picture === undefined) return null;
  return (
    <dialog ref={dialog} className={css.viewer} onClose={onClose} onKeyDown={keys} aria-label={picture.name}>
      <div className={css.viewerHead}>
        <span>
          {picture.name} {pictures.length > 1 && `· ${at + 1} / ${pictures.length}`}
        </span>
        <a href={picture.url} download={picture.name} aria-label={t('attachment.download')}>
          <IconDownload size={20} aria-hidden />
        </a>
        <button type="button" aria-label={t('common.close')} onClick={() => dialog.current?.close()}>
          <IconX size={20} aria-hidden />
        </button>
      </div>
      <div className={css.viewerStage}>
        {pictures.length > 1 ? (
          <button type="button" aria-label={t('attachment.previous')} onClick={() => move(-1)}>
            <IconChevronLeft size={28} aria-hidden />
          </button>
        ) : (
          <span />
        )}
        <img src={picture.url} alt={picture.name} />
        {pictures.length > 1 && (
          <button type="button" aria-label={t('attachment.next')} onClick={() => move(1)}>
            <IconChevronRight size={28} aria-hidden />
          </button>
        )}
      </div>
    </dialog>
  );
}
