import { Menu } from '@mantine/core';
import { IconChevronDown, IconPaperclip, IconSend2 } from '@tabler/icons-react';
import { type ClipboardEvent, type DragEvent, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact, ContactChat, ConversationItem } from '../../api/contract/index.ts';
import { send } from '../data/outbox.ts';
import { useMe } from '../data/queries.ts';
import { isMac } from '../lib/hotkeys.ts';
import { stored } from '../lib/storage.ts';
import { serverNow } from '../lib/use-now.ts';
import { ChannelIcon, Notice, Time } from '../ui/bits.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import css from './composer.module.css';
import { FileList } from './file-list.tsx';
import { planOf } from './plan.ts';
import { useFiles } from './use-files.ts';

function ChatPicker({ chats, chat, onChat }: { chats: ContactChat[]; chat: ContactChat; onChat: (id: string) => void }) {
  const { t } = useTranslation();
  return (
    <Menu position="top-start" width={280} disabled={chats.length < 2}>
      <Menu.Target>
        <button
          type="button"
          className={css.channel}
          aria-label={t('composer.channel', { name: chat.channel.name })}
          disabled={chats.length < 2}
        >
          <ChannelIcon type={chat.channel.type} size={16} />
          <span>{chat.channel.name}</span>
          {chats.length > 1 && <IconChevronDown size={14} aria-hidden />}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {chats.map((each) => (
          <Menu.Item
            key={each.id}
            leftSection={<ChannelIcon type={each.channel.type} />}
            rightSection={each.lastClientAt === null ? undefined : <Time at={each.lastClientAt} />}
            onClick={() => onChat(each.id)}
          >
            {each.channel.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const draftKey = (chatId: string) => `draft.${chatId}`;

/** The text of each chat is kept on this device until it is sent. */
function useDraft(chatId: string): [string, (text: string) => void] {
  const [drafts, setDrafts] = useState<Record<string, string>>({});
  const text = drafts[chatId] ?? stored.read(draftKey(chatId)) ?? '';
  const write = (next: string) => {
    stored.write(draftKey(chatId), next);
    setDrafts((now) => ({ ...now, [chatId]: next }));
  };
  return [text, write];
}

interface ComposerProps {
  contact: Contact;
  chat: ContactChat;
  talk: ConversationItem | undefined;
  onChat: (id: string) => void;
}

/** Where an answer is written: to which messenger, with which files, and in how many messages it will arrive. */
export function Composer({ contact, chat, talk, onChat }: ComposerProps) {
  const { t } = useTranslation();
  const me = useMe();
  const [text, setText] = useDraft(chat.id);
  const { files, add, remove, clear, again } = useFiles();
  const [over, setOver] = useState(false);
  const [sendWhenReady, setSendWhenReady] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);

  const uploading = files.some((file) => file.stored === undefined && file.error === undefined);
  const failed = files.some((file) => file.error !== undefined);
  const empty = text.trim() === '' && files.length === 0;
  const plan = useMemo(() => planOf(text, files, chat.channel.type), [text, files, chat.channel.type]);
  const readonly = !me.rights.write;
  const blocked = empty || failed || readonly || !chat.reachable || plan.problem !== undefined;

  const submit = () => {
    if (blocked) return;
    if (uploading) {
      setSendWhenReady(true);
      return;
    }
    send(
      {
        chatId: chat.id,
        channelId: chat.channel.id,
        contactId: contact.id,
        conversationNumber: chat.conversationNumber,
        author: { id: me.user.id, name: me.user.name },
        text: text.trim(),
        files: files.flatMap((file) => file.stored ?? []),
      },
      serverNow(),
    );
    setText('');
    clear();
    setSendWhenReady(false);
    area.current?.focus();
  };
  useEffect(() => {
    if (sendWhenReady && !uploading) submit();
  });

  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === 'Escape') area.current?.blur();
  };
  const paste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    add(event.clipboardData.files);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    add(event.dataTransfer.files);
  };

  const hint =
    plan.problem !== undefined
      ? plan.problem
      : plan.messages > 1
        ? t('composer.split', { count: plan.messages, name: chat.channel.name })
        : uploading && sendWhenReady
          ? t('composer.sendsWhenReady')
          : '';
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the whole composer takes dropped files; buttons and the field do the same by keys
    <div
      className={css.composer}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={drop}
    >
      {over && <div className={css.drop}>{t('composer.drop')}</div>}
      {!chat.reachable && <Notice state="late">{t('composer.unreachable', { words: chat.words })}</Notice>}
      {chat.reachable && talk?.status === 'closed' && <span className={css.notice}>{t('composer.closed')}</span>}
      <div className={css.box}>
        <FileList files={files} onRemove={remove} onAgain={again} />
        <textarea
          ref={area}
          data-composer
          className={css.text}
          rows={1}
          aria-label={t('composer.label')}
          placeholder={t('composer.placeholder', { name: chat.channel.name })}
          value={text}
          disabled={!chat.reachable || readonly}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={keys}
          onPaste={paste}
        />
        <div className={css.bar}>
          <ChatPicker chats={contact.chats} chat={chat} onChat={onChat} />
          <span className={css.hint} role="status" title={hint}>
            {hint}
          </span>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            onChange={(event) => {
              add(event.target.files ?? []);
              event.target.value = '';
            }}
          />
          <IconButton small label={t('composer.attach')} onClick={() => picker.current?.click()} disabled={!chat.reachable || readonly}>
            <IconPaperclip size={18} stroke={1.6} aria-hidden />
          </IconButton>
          <Button
            small
            kind="primary"
            disabled={blocked}
            onClick={submit}
            title={`${isMac ? '⌘' : 'Ctrl'} Enter`}
            icon={<IconSend2 size={16} stroke={1.8} aria-hidden />}
          >
            {t('composer.send')}
          </Button>
        </div>
      </div>
    </div>
  );
}
