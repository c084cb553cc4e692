import { IconFile, IconFileMusic, IconLoader } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttachmentView } from '../../api/contract/index.ts';
import { serverWords } from '../data/words.ts';
import { fileSize } from '../lib/time.ts';
import { Picture } from '../ui/picture.tsx';
import css from './attachments.module.css';
import { Viewer } from './viewer.tsx';

const isPicture = (attachment: AttachmentView) => attachment.kind === 'picture';

/** A file on its way to our storage, or one that never came: named, with the reason, in the place it will have. */
function NotHere({ attachment }: { attachment: AttachmentView }) {
  const { t } = useTranslation();
  return (
    <div className={css.waiting}>
      {attachment.copy === 'failed' ? (
        <span>
          {attachment.name || t(`attachment.${attachment.kind}`)}
          <br />
          {t('attachment.failed')} {serverWords(attachment.copyWords)}
        </span>
      ) : (
        <span>
          <IconLoader size={18} stroke={1.6} aria-hidden />
          <br />
          {t('attachment.copying')}
        </span>
      )}
    </div>
  );
}

function FileCard({ attachment }: { attachment: AttachmentView }) {
  const { t } = useTranslation();
  const words = (
    <>
      {attachment.kind === 'audio' ? <IconFileMusic size={28} stroke={1.3} aria-hidden /> : <IconFile size={28} stroke={1.3} aria-hidden />}
      <span style={{ minWidth: 0 }}>
        <strong title={attachment.name}>{attachment.name || t('attachment.file')}</strong>
        <small>
          {attachment.copy === 'failed'
            ? `${t('attachment.failed')} ${serverWords(attachment.copyWords)}`
            : attachment.url === null
              ? t('attachment.copying')
              : attachment.sizeBytes === null
                ? attachment.mime
                : fileSize(attachment.sizeBytes)}
        </small>
      </span>
    </>
  );
  return attachment.url === null ? (
    <div className={css.file}>{words}</div>
  ) : (
    <a className={css.file} href={attachment.url} download={attachment.name} target="_blank" rel="noreferrer">
      {words}
    </a>
  );
}

function Playable({ attachment, url }: { attachment: AttachmentView; url: string }) {
  const { t } = useTranslation();
  const label = attachment.name || t(`attachment.${attachment.kind}`);
  // Nobody has written down what clients record: the player says so, instead of leaving it to be looked for.
  const captions = t('attachment.noCaptions');
  return attachment.kind === 'video' ? (
    <video className={css.video} src={url} controls preload="metadata" aria-label={label}>
      <track kind="captions" label={captions} />
    </video>
  ) : (
    <audio className={css.audio} src={url} controls preload="metadata" aria-label={label}>
      <track kind="captions" label={captions} />
    </audio>
  );
}

/** A picture alone keeps its shape, within bounds; its place is there before it is. */
function shapeOf({ widthPx, heightPx }: AttachmentView): { aspectRatio: number } | undefined {
  if (widthPx === null || heightPx === null || widthPx === 0 || heightPx === 0) return undefined;
  return { aspectRatio: Math.min(2.5, Math.max(0.6, widthPx / heightPx)) };
}

/** Everything a message carries besides its text: pictures as a grid, sound and video to play, the rest as files. */
export function Attachments({ attachments }: { attachments: AttachmentView[] }) {
  const [shown, setShown] = useState<number>();
  const { t } = useTranslation();
  const pictures = attachments.filter(isPicture);
  const viewable = pictures.filter((picture): picture is AttachmentView & { url: string } => picture.url !== null);
  return (
    <>
      {pictures.length > 0 && (
        <div className={css.grid} data-count={pictures.length}>
          {pictures.map((picture) =>
            picture.url === null ? (
              <NotHere key={picture.index} attachment={picture} />
            ) : (
              <button
                key={picture.index}
                type="button"
                className={css.picture}
                style={pictures.length === 1 ? shapeOf(picture) : undefined}
                aria-label={t('attachment.open', { name: picture.name || t('attachment.picture') })}
                onClick={() => setShown(viewable.findIndex(({ index }) => index === picture.index))}
              >
                <Picture
                  url={picture.url}
                  alt=""
                  sizes={pictures.length === 1 ? '240px' : '136px'}
                  isOurs={picture.fileId !== null}
                  widthPx={picture.widthPx}
                  heightPx={picture.heightPx}
                />
              </button>
            ),
          )}
        </div>
      )}
      {attachments
        .filter((attachment) => !isPicture(attachment))
        .map((attachment) =>
          attachment.kind === 'sticker' && attachment.url !== null && attachment.mime.startsWith('image/') ? (
            <img key={attachment.index} className={css.sticker} src={attachment.url} alt={t('attachment.sticker')} loading="lazy" />
          ) : ['audio', 'voice', 'video'].includes(attachment.kind) && attachment.url !== null ? (
            <Playable key={attachment.index} attachment={attachment} url={attachment.url} />
          ) : (
            <FileCard key={attachment.index} attachment={attachment} />
          ),
        )}
      {shown !== undefined && <Viewer pictures={viewable} start={shown} onClose={() => setShown(undefined)} />}
    </>
  );
}
