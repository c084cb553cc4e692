import { IconArrowBackUp, IconExternalLink, IconMapPin, IconPhone } from '@tabler/icons-react';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { order } from '../data/orders.ts';
import { problemWords, serverWords } from '../data/words.ts';
import { classes } from '../lib/classes.ts';
import { keyed } from '../ui/keyed.ts';
import { Pieces, piecesOf } from '../ui/pieces.tsx';
import { toast } from '../ui/toasts.tsx';
import { Attachments } from './attachments.tsx';
import type { ThreadMessage } from './blocks.ts';
import { REPLY, type ReplyDetail } from './reply.ts';
import { StatusMark } from './status.tsx';
import css from './thread.module.css';

/** Addresses in a text become links; the text itself stays what was written. */
function Text({ text }: { text: string }) {
  return (
    <Pieces
      of={piecesOf(text, /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'»])/g)}
      hit={(address) => (
        <a href={address} target="_blank" rel="noreferrer">
          {address}
        </a>
      )}
    />
  );
}

function Extra({ message }: { message: ThreadMessage }) {
  const { t } = useTranslation();
  const { location, contact, unsupported } = message.extra;
  return (
    <>
      {location !== undefined && (
        <div>
          <a
            href={`https://www.openstreetmap.org/?mlat=${location.latitude}&mlon=${location.longitude}#map=16/${location.latitude}/${location.longitude}`}
            target="_blank"
            rel="noreferrer"
          >
            <IconMapPin size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {t('message.location')} {location.latitude.toFixed(5)},{' '}
            {location.longitude.toFixed(5)}
          </a>
        </div>
      )}
      {contact !== undefined && (
        <div>
          <IconPhone size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {[contact.name, contact.phone].filter(Boolean).join(' · ')}
        </div>
      )}
      {unsupported !== undefined && (
        <div>
          <em>{t('message.unsupported', { kind: unsupported })}</em>
        </div>
      )}
    </>
  );
}

/** A message in a few words: its text, or what its first file is. */
function useWordsOf(text: string, kind: NonNullable<ThreadMessage['replyTo']>['kind']): string {
  const { t } = useTranslation();
  return text !== '' ? text : kind === null ? '…' : t(`message.kind.${kind}`);
}

/** The message that is answered, small; pressing it shows it where it stands. */
function Quote({ quote }: { quote: NonNullable<ThreadMessage['replyTo']> }) {
  const { t } = useTranslation();
  const words = useWordsOf(quote.text, quote.kind);
  return (
    <button
      type="button"
      className={css.quote}
      title={t('message.quoted')}
      onClick={() => document.querySelector(`[data-message="${quote.id}"]`)?.scrollIntoView({ block: 'center', behavior: 'smooth' })}
    >
      {words}
    </button>
  );
}

/** Answers this very message. */
function Reply({ message }: { message: ThreadMessage }) {
  const { t } = useTranslation();
  const text = useWordsOf(message.text.slice(0, 200), message.attachments[0]?.kind ?? null);
  const detail: ReplyDetail = { id: message.id, chatId: message.chatId, text };
  return (
    <button
      type="button"
      className={css.reply}
      aria-label={t('message.reply')}
      title={t('message.reply')}
      onClick={() => window.dispatchEvent(new CustomEvent(REPLY, { detail }))}
    >
      <IconArrowBackUp size={16} aria-hidden />
    </button>
  );
}

/** What stands under it in the messenger: whose it is says the title. */
function Reactions({ reactions }: { reactions: ThreadMessage['reactions'] }) {
  const { t } = useTranslation();
  return (
    <ul className={css.reactions} aria-label={t('message.reactions')}>
      {reactions.map(({ emoji, side, count }) => (
        <li key={`${side} ${emoji}`} data-side={side} title={t(`author.${side}`)}>
          {emoji}
          {count > 1 && <span>{count}</span>}
        </li>
      ))}
    </ul>
  );
}

/** Sends once more what was refused or whose outcome nobody knows; where nobody knows, somebody may say that it arrived. */
function Retry({ message }: { message: ThreadMessage }) {
  const { t } = useTranslation();
  const [working, setWorking] = useState(false);
  const tell = (what: 'retry' | 'arrived') => {
    setWorking(true);
    order(`/api/messages/${message.id}/${what}`)
      .catch((error: unknown) => toast({ state: 'late', text: problemWords(error) }))
      .finally(() => setWorking(false));
  };
  return (
    <>
      {message.parts.some(({ status }) => status === 'unknown') && (
        <button type="button" disabled={working} onClick={() => tell('arrived')}>
          {t('message.arrived')}
        </button>
      )}
      <button type="button" disabled={working} onClick={() => tell('retry')}>
        {t(message.status === 'unknown' ? 'message.sendAgain' : 'message.retry')}
      </button>
    </>
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
        {out && !failed && <Reply message={message} />}
        {(mark || failed) && (
          <>
            {message.status === 'withdrawn' && <span>{t('status.withdrawn')}</span>}
            <StatusMark status={message.status} words={message.statusWords} />
          </>
        )}
        <div className={classes(css.bubble, bare && css.bare)} data-kind={kind} data-failed={failed} data-message={message.id}>
          {message.replyTo !== null && <Quote quote={message.replyTo} />}
          <Attachments attachments={message.attachments} />
          {message.text !== '' && <Text text={message.text} />}
          <Extra message={message} />
          {message.reactions.length > 0 && <Reactions reactions={message.reactions} />}
        </div>
        {!out && <Reply message={message} />}
      </div>
      {message.buttons.length > 0 && (
        <div className={css.buttons}>
          {keyed(message.buttons, ({ label, url }) => `${label} ${url}`).map(({ key, item: button }) => (
            <span key={key} className={css.optionButton} title={button.url ?? undefined}>
              {button.label}
              {button.type === 'url' && <IconExternalLink size={13} aria-hidden />}
            </span>
          ))}
        </div>
      )}
      {message.extra.template !== undefined && (
        <div className={css.meta}>{t('message.template', { name: message.extra.template.name })}</div>
      )}
      {message.deletedAt !== null && <div className={css.meta}>{t(out ? 'message.deletedByUs' : 'message.deleted')}</div>}
      {message.previousText !== null && (
        <div className={css.meta}>
          <details className={css.edited}>
            <summary>{t(out ? 'message.editedByUs' : 'message.edited')}</summary>
            <p>{message.previousText}</p>
          </details>
        </div>
      )}
      {message.extra.pressed !== undefined && <div className={css.meta}>{t('message.pressed')}</div>}
      {differ && (
        <ul className={css.parts}>
          {message.parts.map((part) => (
            <li key={part.index}>
              <span className={css.part}>{t('message.part', { part: part.index + 1, of: message.parts.length })}</span>
              <PartFailure {...part} />
              <StatusMark status={part.status} words={part.words} />
            </li>
          ))}
        </ul>
      )}
      {failed && (
        <div className={css.meta}>
          {!(differ && message.parts.some(({ words }) => words !== '')) && (
            <span className={css.failed}>
              {message.status === 'refused' ? t('message.refused') : t('message.unknown')} {serverWords(message.statusWords)}
            </span>
          )}
          <Retry message={message} />
        </div>
      )}
    </>
  );
});

/** What kept one call of a message from arriving: the messenger's words, or that it was not tried since one before it failed. */
function PartFailure({ status, words: said }: ThreadMessage['parts'][number]) {
  const { t } = useTranslation();
  const words = serverWords(said);
  if (status === 'refused') return <span className={css.failed}>{words === '' ? t('message.partNotTried') : words}</span>;
  if (status === 'unknown') return <span className={css.failed}>{`${t('message.unknownPart')} ${words}`.trim()}</span>;
  return words === '' ? null : <span className={css.failed}>{words}</span>;
}
