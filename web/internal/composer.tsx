import { IconEyeOff, IconPaperclip, IconSend2, IconX } from '@tabler/icons-react';
import { type ClipboardEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { InternalChat, InternalMessage } from '../../api/contract/index.ts';
import { FileList } from '../composer/file-list.tsx';
import { useFiles } from '../composer/use-files.ts';
import { call } from '../data/client.ts';
import { useMe, useUsers } from '../data/queries.ts';
import { problemWords } from '../data/words.ts';
import { stored } from '../lib/storage.ts';
import { serverNow } from '../lib/use-now.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { mentionedIn, useMentionPicker } from '../ui/mention-picker.tsx';
import { toast } from '../ui/toasts.tsx';
import { useFileDrop } from '../ui/use-file-drop.ts';
import { placeMessage } from './data.ts';
import css from './internal.module.css';
import { sendInternal } from './outbox.ts';

const draftKey = (chatId: number) => `internal-draft.${chatId}`;

interface ComposerProps {
  chat: InternalChat;
  /** The own message that is being corrected. */
  editing: InternalMessage | undefined;
  onEdit: (message: InternalMessage | undefined) => void;
  /** The own last message, which ArrowUp in an empty field opens. */
  lastOwn: InternalMessage | undefined;
}

/** Where colleagues are written to. Nothing of it looks like the field for clients: its own ground, its own words, a band that says who does not see it. */
export function InternalComposer({ chat, editing, onEdit, lastOwn }: ComposerProps) {
  const { t } = useTranslation();
  const me = useMe();
  const users = useUsers().data ?? [];
  const [draft, setDraft] = useState(() => stored.read(draftKey(chat.id)) ?? '');
  const [edited, setEdited] = useState<string>();
  const text = editing === undefined ? draft : (edited ?? editing.text);
  const setText = (next: string) => {
    if (editing !== undefined) return setEdited(next);
    stored.write(draftKey(chat.id), next);
    setDraft(next);
  };
  const { files, add, remove, clear, again } = useFiles();
  const [sendWhenReady, setSendWhenReady] = useState(false);
  const whole = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const people = chat.kind === 'lead' ? users.filter(({ isActive }) => isActive) : chat.members.filter(({ isActive }) => isActive);
  const picker = useMentionPicker({ area, text, onText: setText, people: people.filter(({ id }) => id !== me.user.id) });

  // Another message to correct begins with its own text.
  useEffect(() => {
    setEdited(undefined);
    if (editing === undefined) return;
    area.current?.focus();
    requestAnimationFrame(() => area.current?.setSelectionRange(editing.text.length, editing.text.length));
  }, [editing]);

  const readonly = me.role === 'readonly';
  const uploading = files.some((each) => each.stored === undefined && each.error === undefined);
  const failed = files.some((each) => each.error !== undefined);
  const blocked = readonly || failed || (text.trim() === '' && (editing === undefined ? files.length === 0 : editing.files.length === 0));
  const named = () => {
    const ids = new Set(mentionedIn(text, people));
    return people.filter(({ id }) => ids.has(id)).map(({ id, name }) => ({ id, name }));
  };

  const submit = () => {
    if (blocked) return;
    if (editing !== undefined) {
      const body = { text: text.trim(), mentions: named().map(({ id }) => id) };
      onEdit(undefined);
      if (body.text === editing.text) return;
      call<InternalMessage>('PATCH', `/api/internal-chats/${chat.id}/messages/${editing.id}`, { body }).then(
        placeMessage,
        (error: unknown) => toast({ state: 'late', text: problemWords(error) }),
      );
      return;
    }
    if (uploading) return setSendWhenReady(true);
    sendInternal({
      chatId: chat.id,
      text: text.trim(),
      mentions: named(),
      files: files.flatMap((each) => each.stored ?? []),
      writtenAt: serverNow(),
    });
    setText('');
    clear();
    setSendWhenReady(false);
    area.current?.focus();
  };
  useEffect(() => {
    if (sendWhenReady && !uploading) submit();
  });

  const keys = (event: KeyboardEvent) => {
    if (picker.onKeyDown(event)) return;
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      submit();
    } else if (event.key === 'ArrowUp' && text === '' && editing === undefined && lastOwn !== undefined) {
      event.preventDefault();
      onEdit(lastOwn);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      if (editing !== undefined) onEdit(undefined);
      else area.current?.blur();
    }
  };
  const paste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length === 0 || editing !== undefined) return;
    event.preventDefault();
    add(event.clipboardData.files);
  };
  const over = useFileDrop(whole, (dropped) => {
    if (editing === undefined && !readonly) add(dropped);
  });

  return (
    <div ref={whole} className={css.composer} data-internal-composer>
      {over && <div className={css.drop}>{t('internal.drop')}</div>}
      <div className={css.band}>
        <IconEyeOff size={14} stroke={1.8} aria-hidden />
        <span>{t('internal.notForClient')}</span>
      </div>
      {editing !== undefined && (
        <div className={css.editing}>
          <span>{t('internal.editing')}</span>
          <IconButton small label={t('internal.stopEditing')} hotkey="Esc" onClick={() => onEdit(undefined)}>
            <IconX size={16} aria-hidden />
          </IconButton>
        </div>
      )}
      <div className={css.box}>
        {picker.list}
        {editing === undefined && <FileList files={files} onRemove={remove} onAgain={again} />}
        <textarea
          ref={area}
          className={css.field}
          rows={1}
          aria-label={t('internal.field')}
          placeholder={readonly ? t('internal.readonly') : t('internal.placeholder')}
          value={text}
          disabled={readonly}
          onChange={(event) => {
            setText(event.target.value);
            picker.moved();
          }}
          onSelect={picker.moved}
          onKeyDown={keys}
          onPaste={paste}
          {...picker.field}
        />
        <div className={css.bar}>
          <span className={css.hint} role="status">
            {sendWhenReady && uploading ? t('composer.sendsWhenReady') : t('internal.keys')}
          </span>
          <input
            ref={file}
            type="file"
            multiple
            hidden
            onChange={(event) => {
              add(event.target.files ?? []);
              event.target.value = '';
            }}
          />
          {editing === undefined && (
            <IconButton small label={t('internal.attach')} onClick={() => file.current?.click()} disabled={readonly}>
              <IconPaperclip size={18} stroke={1.6} aria-hidden />
            </IconButton>
          )}
          <Button small className={css.send} disabled={blocked} onClick={submit} icon={<IconSend2 size={16} stroke={1.8} aria-hidden />}>
            {editing === undefined ? t('internal.send') : t('common.save')}
          </Button>
        </div>
      </div>
    </div>
  );
}
