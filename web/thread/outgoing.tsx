import { useTranslation } from 'react-i18next';
import { draftKey } from '../composer/use-draft.ts';
import { discard, type OutgoingMessage, sendAgain, sendAnyway } from '../data/outbox.ts';
import { classes } from '../lib/classes.ts';
import { stored } from '../lib/storage.ts';
import { clock } from '../lib/time.ts';
import { useAnsweredWords } from './answered.ts';
import { Attachments } from './attachments.tsx';
import { StatusMark } from './status.tsx';
import css from './thread.module.css';

/** A message of ours that the server has not confirmed: it looks like the one it will be, and says when it failed. */
export function OutgoingBubble({ message }: { message: OutgoingMessage }) {
  const { t } = useTranslation();
  const failed = message.state === 'failed';
  const bare = message.text === '' && message.files.length > 0 && message.files.every(({ kind }) => kind === 'picture');
  return (
    <div className={css.group} data-side="out" data-author="user">
      <div className={css.groupHead}>
        <strong>{message.author.name}</strong>
        <time>{clock(message.writtenAt)}</time>
      </div>
      <div className={css.line}>
        {!failed && <StatusMark status="planned" />}
        <div className={classes(css.bubble, bare && css.bare)} data-kind="user" data-failed={failed}>
          <Attachments
            attachments={message.files.map((file, index) => ({
              ...file,
              index,
              fileId: file.id,
              copy: 'stored',
              copyWords: '',
              durationSeconds: null,
            }))}
          />
          {message.text}
        </div>
      </div>
      {message.buttons.length > 0 && (
        <div className={css.buttons}>
          {message.buttons.map(({ label }) => (
            <span key={label} className={css.optionButton}>
              {label}
            </span>
          ))}
        </div>
      )}
      {message.template !== undefined && <div className={css.meta}>{t('message.template', { name: message.template.name })}</div>}
      {failed && message.answered !== undefined && <AnsweredSince message={message} answered={message.answered} />}
      {failed && message.answered === undefined && (
        <div className={css.meta}>
          <span className={css.failed} role="alert">
            {t('message.notSent')} {message.words}
          </span>
          <button type="button" onClick={() => sendAgain(message.key)}>
            {t('message.retry')}
          </button>
          <button type="button" onClick={() => discard(message.key)}>
            {t('message.discard')}
          </button>
        </div>
      )}
    </div>
  );
}

/** Somebody was quicker: whether it is still to be sent is asked, nothing is sent by itself. */
function AnsweredSince({ message, answered }: { message: OutgoingMessage; answered: NonNullable<OutgoingMessage['answered']> }) {
  const { t } = useTranslation();
  const words = useAnsweredWords(answered);
  return (
    <div className={css.meta}>
      <span className={css.failed} role="alert">
        {words}
      </span>
      <button type="button" onClick={() => sendAnyway(message.key)}>
        {t('composer.sendAnyway')}
      </button>
      <button
        type="button"
        onClick={() => {
          stored.write(draftKey(message.chatId), message.text);
          window.dispatchEvent(new CustomEvent('beseda:draft', { detail: message.chatId }));
          discard(message.key);
        }}
      >
        {t('composer.toDraft')}
      </button>
    </div>
  );
}
