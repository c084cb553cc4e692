import { Menu } from '@mantine/core';
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { AttachmentView, InternalMessage } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { problemWords } from '../data/words.ts';
import { clock, fullTime } from '../lib/time.ts';
import { Attachments } from '../thread/attachments.tsx';
import { Avatar } from '../ui/bits.tsx';
import { IconButton } from '../ui/button.tsx';
import { MentionText } from '../ui/mention-picker.tsx';
import { toast } from '../ui/toasts.tsx';
import { refreshInternal } from './data.ts';
import css from './internal.module.css';
import { discardInternal, type InternalDraft, sendInternalAgain } from './outbox.ts';

const shown = (files: InternalMessage['files']): AttachmentView[] =>
  files.map(({ id, ...file }, index) => ({ ...file, index, fileId: id, copy: 'stored', copyWords: '', durationSeconds: null }));

async function remove(message: InternalMessage): Promise<void> {
  try {
    await call('DELETE', `/api/internal-chats/${message.chatId}/messages/${message.id}`);
    await refreshInternal();
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
  }
}

interface MessageProps {
  message: InternalMessage;
  isOwn: boolean;
  /** First of its writer's lines: name and time stand above it. */
  isFirst: boolean;
  /** A search led here. */
  isFound: boolean;
  onEdit: (() => void) | undefined;
}

/** One message: name and time at its left edge, like a minute of a meeting rather than a client's bubble. */
export function Message({ message, isOwn, isFirst, isFound, onEdit }: MessageProps) {
  const { t } = useTranslation();
  const isDeleted = message.deletedAt !== null;
  return (
    <div
      className={css.message}
      data-internal-message={message.position}
      data-own={isOwn}
      data-first={isFirst}
      data-found={isFound}
      id={`internal-${message.chatId}-${message.position}`}
    >
      {isFirst ? <Avatar name={message.author.name} size={28} /> : <span aria-hidden />}
      <div className={css.body}>
        {isFirst && (
          <div className={css.author}>
            <strong>{isOwn ? t('internal.you') : message.author.name}</strong>
            <time dateTime={new Date(message.writtenAt).toISOString()} title={fullTime(message.writtenAt)}>
              {clock(message.writtenAt)}
            </time>
          </div>
        )}
        {isDeleted ? (
          <div className={css.deleted}>{t('internal.deleted')}</div>
        ) : (
          <>
            {message.text !== '' && (
              <div className={css.text}>
                <MentionText text={message.text} people={message.mentions} />
                {message.editedAt !== null && (
                  <small title={fullTime(message.editedAt)} className={css.edited}>
                    {' '}
                    {t('internal.edited')}
                  </small>
                )}
              </div>
            )}
            <Attachments attachments={shown(message.files)} />
          </>
        )}
      </div>
      {isOwn && !isDeleted && onEdit !== undefined && (
        <Menu position="bottom-end" width={180}>
          <Menu.Target>
            <IconButton small className={css.more ?? ''} label={t('internal.actions')}>
              <IconDots size={16} aria-hidden />
            </IconButton>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={onEdit}>
              {t('internal.edit')}
            </Menu.Item>
            <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => void remove(message)}>
              {t('internal.delete')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}

/** A message that is on its way, or could not be sent. */
export function Outgoing({ draft }: { draft: InternalDraft }) {
  const { t } = useTranslation();
  return (
    <div className={css.message} data-own data-first data-pending={draft.problem === undefined}>
      <span aria-hidden />
      <div className={css.body}>
        {draft.text !== '' && (
          <div className={css.text}>
            <MentionText text={draft.text} people={draft.mentions} />
          </div>
        )}
        {draft.files.map((file) => (
          <div key={file.id} className={css.edited}>
            {file.name}
          </div>
        ))}
        {draft.problem !== undefined && (
          <div className={css.failed} role="alert">
            {draft.problem}{' '}
            <button type="button" onClick={() => sendInternalAgain(draft.key)}>
              {t('common.tryAgain')}
            </button>{' '}
            <button type="button" onClick={() => discardInternal(draft.key)}>
              {t('common.dismiss')}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}
