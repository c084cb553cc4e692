import { IconExternalLink, IconMapPin, IconPhone } from '@tabler/icons-react';
import { Fragment, memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { order } from '../data/orders.ts';
import { problemWords } from '../data/words.ts';
import { classes } from '../lib/classes.ts';
import { toast } from '../ui/toasts.tsx';
import { Attachments } from './attachments.tsx';
import type { ThreadMessage } from './blocks.ts';
import { StatusMark } from './status.tsx';
import css from './thread.module.css';

/** Addresses in a text become links; the text itself stays what was written. */
function Text({ text }: { text: string }) {
  const pieces = text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'»])/g);
  return pieces.map((piece, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never change places
      <a key={index} href={piece} target="_blank" rel="noreferrer">
        {piece}
      </a>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never change places
      <Fragment key={index}>{piece}</Fragment>
    ),
  );
}

function Extra({ message }: { message: ThreadMessage }) {
  const { t } = useTranslation();
  const { location, contact, unsupported } = message.extra;
  return (
    <>
      {location !== undefined && (
        <a
          href={`https://www.openstreetmap.org/?mlat=${location.latitude}&mlon=${location.longitude}#map=16/${location.latitude}/${location.longitude}`}
          target="_blank"
          rel="noreferrer"
        >
          <IconMapPin size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {t('message.location')} {location.latitude.toFixed(5)},{' '}
          {location.longitude.toFixed(5)}
        </a>
      )}
      {contact !== undefined && (
        <span>
          <IconPhone size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {[contact.name, contact.phone].filter(Boolean).join(' · ')}
        </span>
      )}
      {unsupported !== undefined && <em>{t('message.unsupported', { kind: unsupported })}</em>}
    </>
  );
}

/** Sends once more what was refused or whose outcome nobody knows. */
function Retry({ message }: { message: ThreadMessage }) {
  const { t } = useTranslation();
  const [working, setWorking] = useState(false);
  return (
    <button
      type="button"
      disabled={working}
      onClick={() => {
        setWorking(true);
        order(`/api/messages/${message.id}/retry`)
          .catch((error: unknown) => toast({ state: 'late', text: problemWords(error) }))
          .finally(() => setWorking(false));
      }}
    >
      {t('message.retry')}
    </button>
  );
}

/** One message as one bubble with its state beside it; several calls of it show their own states where they differ. */
export const Bubble = memo(function Bubble({ message, mark }: { message: ThreadMessage; mark: boolean }) {
  const { t } = useTranslation();
  const out = message.direction === 'out';
  const failed = out && (message.status === 'refused' || message.status === 'unknown');
  const differ = message.parts.length > 1 && message.parts.some(({ status }) => status !== message.parts[0]?.status);
  const bare =
    message.text === '' &&
    message.attachments.length > 0 &&
    message.attachments.every(({ kind }) => kind === 'picture' || kind === 'sticker');
  const kind = message.author.kind === 'bot' ? 'bot' : out ? 'user' : 'client';
  return (
    <>
      <div className={css.line}>
        {(mark || failed) && (
          <>
            {message.status === 'withdrawn' && <span>{t('status.withdrawn')}</span>}
            <StatusMark status={message.status} words={message.statusWords} />
          </>
        )}
        <div className={classes(css.bubble, bare && css.bare)} data-kind={kind} data-failed={failed} data-message={message.id}>
          <Attachments attachments={message.attachments} />
          {message.text !== '' && <Text text={message.text} />}
          <Extra message={message} />
        </div>
      </div>
      {message.buttons.length > 0 && (
        <div className={css.buttons}>
          {message.buttons.map((button, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: buttons of a sent message never change
            <span key={index} className={css.optionButton} title={button.url ?? undefined}>
              {button.label}
              {button.type === 'url' && <IconExternalLink size={13} aria-hidden />}
            </span>
          ))}
        </div>
      )}
      {message.previousText !== null && (
        <div className={css.meta}>
          <details className={css.edited}>
            <summary>{t('message.edited')}</summary>
            <p>{message.previousText}</p>
          </details>
        </div>
      )}
      {message.extra.pressed !== undefined && <div className={css.meta}>{t('message.pressed')}</div>}
      {differ && (
        <ul className={css.parts}>
          {message.parts.map((part) => (
            <li key={part.index}>
              {t('message.part', { part: part.index + 1, of: message.parts.length })}
              {part.words !== '' && <span className={css.failed}>{part.words}</span>}
              <StatusMark status={part.status} words={part.words} />
            </li>
          ))}
        </ul>
      )}
      {failed && (
        <div className={css.meta}>
          {!(differ && message.parts.some(({ words }) => words !== '')) && (
            <span className={css.failed}>
              {message.status === 'refused' ? t('message.refused') : t('message.unknown')} {message.statusWords}
            </span>
          )}
          <Retry message={message} />
        </div>
      )}
    </>
  );
});
