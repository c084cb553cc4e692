import { IconArrowBackUp, IconBolt, IconSend2, IconSquareRoundedPlus, IconX } from '@tabler/icons-react';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact } from '../../api/contract/index.ts';
import { send } from '../data/outbox.ts';
import { useMe } from '../data/queries.ts';
import { tellTyping } from '../data/typing.ts';
import { isMac } from '../lib/hotkeys.ts';
import { serverNow } from '../lib/use-now.ts';
import { useAnsweredWords } from '../thread/answered.ts';
import { REPLY, type ReplyDetail } from '../thread/reply.ts';
import { Notice } from '../ui/bits.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Box } from './box.tsx';
import { type ButtonDraft, ButtonsField, buttonsAreRight, buttonsOf, newButton } from './buttons-field.tsx';
import { ChannelPicker, type Target } from './channel-picker.tsx';
import css from './composer.module.css';
import { LinkToggle } from './link-toggle.tsx';
import { planOf } from './plan.ts';
import { PlanHint } from './plan-hint.tsx';
import { useDraft } from './use-draft.ts';
import { useFiles } from './use-files.ts';
import { useQuickReplyPicker } from './use-quick-replies.tsx';
import { type Answered, useSeen } from './use-seen.ts';

interface ClientFieldProps {
  contact: Contact;
  target: Target;
  leadId: number | undefined;
  area: RefObject<HTMLTextAreaElement | null>;
  onTarget: (target: Target) => void;
  onSwitch: () => void;
}

/** A chat that is about to begin has no id of its own yet. */
export const beginning = (contactId: number, channelId: number) => `begin/${contactId}/${channelId}`;

/** Where an answer to the client is written: to which messenger, with which files, and in how many messages it will arrive. */
export function ClientField({ contact, target, leadId, area, onTarget, onSwitch }: ClientFieldProps) {
  const { t } = useTranslation();
  const me = useMe();
  const chat = contact.chats.find(({ id }) => id === target.chatId);
  const chatId = chat?.id ?? beginning(contact.id, target.channel.id);
  const number = chat?.conversationNumber ?? null;
  const [text, setText] = useDraft(chatId);
  const files = useFiles();
  const [sendWhenReady, setSendWhenReady] = useState(false);
  const [asking, setAsking] = useState(false);
  /** What the writer chose for this message; absent: as the channel is set. */
  const [shorten, setShorten] = useState<boolean>();
  const [drafts, setDrafts] = useState<ButtonDraft[]>([]);
  const buttons = useMemo(() => buttonsOf(drafts), [drafts]);
  const [reply, setReply] = useState<ReplyDetail>();
  const replyTo = reply?.chatId === chat?.id ? reply : undefined;
  const seen = useSeen({ contactId: contact.id, chatId: chat?.id, me: me.user.id, writing: text.trim() !== '' });

  const uploading = files.files.some((file) => file.stored === undefined && file.error === undefined);
  const failed = files.files.some((file) => file.error !== undefined);
  const empty = text.trim() === '' && files.files.length === 0;
  const plan = useMemo(() => {
    const sendable = files.files.filter(({ refused }) => refused !== true);
    return planOf(text, sendable, buttons, target.channel.type);
  }, [text, files.files, buttons, target.channel.type]);
  const mayWrite = contact.mayEdit;
  const reachable = chat?.reachable !== false;
  const blocked = empty || failed || !mayWrite || !reachable || plan.problem !== undefined || !buttonsAreRight(drafts);

  const write = (next: string) => {
    setText(next);
    tellTyping(number, next.trim() === '' ? 'stopped' : 'writing');
  };
  const quick = useQuickReplyPicker({
    area,
    text,
    onText: write,
    onFiles: files.addStored,
    client: { contact: contact.id, conversation: number ?? undefined, lead: leadId },
    enabled: mayWrite && reachable,
  });

  const submit = (anyway = false) => {
    if (blocked) return;
    if (uploading) {
      setSendWhenReady(true);
      return;
    }
    if (seen.answered !== undefined && !anyway) {
      setAsking(true);
      return;
    }
    send(
      {
        chatId,
        channelId: target.channel.id,
        contactId: contact.id,
        conversationNumber: number,
        author: { id: me.user.id, name: me.user.name },
        text: text.trim(),
        files: files.files.flatMap((file) => file.stored ?? []),
        buttons,
        seenPosition: anyway ? undefined : seen.position,
        shorten,
        replyTo: replyTo?.id,
      },
      serverNow(),
    );
    setText('');
    files.clear();
    setDrafts([]);
    setShorten(undefined);
    setReply(undefined);
    setSendWhenReady(false);
    setAsking(false);
    tellTyping(number, 'stopped');
    area.current?.focus();
  };
  useEffect(() => {
    const answer = (event: Event) => {
      const { detail } = event as CustomEvent<ReplyDetail>;
      const other = contact.chats.find(({ id }) => id === detail.chatId);
      if (other === undefined) return;
      setReply(detail);
      if (other.id !== target.chatId) onTarget({ chatId: other.id, channel: other.channel });
      requestAnimationFrame(() => area.current?.focus());
    };
    window.addEventListener(REPLY, answer);
    return () => window.removeEventListener(REPLY, answer);
  }, [contact.chats, target.chatId, onTarget, area]);
  useEffect(() => {
    if (sendWhenReady && !uploading) submit();
  });

  const hint =
    plan.problem ??
    (!buttonsAreRight(drafts) ? t('composer.buttonUrlWrong') : uploading && sendWhenReady ? t('composer.sendsWhenReady') : '');
  return (
    <>
      {seen.answered !== undefined && !empty && (
        <Asking
          answered={seen.answered}
          asked={asking}
          onSend={() => submit(true)}
          onLook={() => {
            seen.look();
            setAsking(false);
            area.current?.focus();
          }}
        />
      )}
      {replyTo !== undefined && (
        <div className={css.replying}>
          <IconArrowBackUp size={16} aria-hidden />
          <span>{replyTo.text}</span>
          <IconButton small label={t('composer.noReply')} onClick={() => setReply(undefined)}>
            <IconX size={16} aria-hidden />
          </IconButton>
        </div>
      )}
      <Box
        kind="client"
        area={area}
        label={t('composer.label')}
        placeholder={t(chat === undefined ? 'composer.beginPlaceholder' : 'composer.placeholder', { name: target.channel.name })}
        text={text}
        disabled={!reachable || !mayWrite}
        files={files}
        suggest={quick}
        onText={write}
        onSubmit={() => submit()}
        onSwitch={onSwitch}
        below={<ButtonsField buttons={drafts} onChange={setDrafts} />}
        start={
          <>
            <ChannelPicker contact={contact} target={target} onTarget={onTarget} />
            <span className={css.hint} role="status" title={hint} data-problem={plan.problem !== undefined}>
              {hint !== '' ? hint : (plan.parts?.length ?? 0) > 1 && <PlanHint parts={plan.parts!} channelName={target.channel.name} />}
            </span>
            <LinkToggle text={text} channelId={target.channel.id} chosen={shorten} onChoose={setShorten} />
            <IconButton
              small
              label={t('composer.buttonAdd')}
              onClick={() => setDrafts((now) => [...now, newButton()])}
              disabled={!reachable || !mayWrite}
            >
              <IconSquareRoundedPlus size={18} stroke={1.6} aria-hidden />
            </IconButton>
            <IconButton small label={t('composer.quick')} hotkey="/" onClick={quick.openByHand} disabled={!reachable || !mayWrite}>
              <IconBolt size={18} stroke={1.6} aria-hidden />
            </IconButton>
          </>
        }
        end={
          <Button
            small
            kind="primary"
            disabled={blocked}
            onClick={() => submit()}
            title={`${isMac ? '⌘' : 'Ctrl'} Enter`}
            icon={<IconSend2 size={16} stroke={1.8} aria-hidden />}
          >
            {t('composer.send')}
          </Button>
        }
      />
    </>
  );
}

/** A colleague has answered while this was being written: said at once, and asked before anything is sent. */
function Asking({ answered, asked, onSend, onLook }: { answered: Answered; asked: boolean; onSend: () => void; onLook: () => void }) {
  const { t } = useTranslation();
  const words = useAnsweredWords(answered);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asked) button.current?.focus();
  }, [asked]);
  return (
    <div className={css.asking} data-answered>
      <Notice state={asked ? 'late' : 'wait'}>{words}</Notice>
      <Button small onClick={onLook}>
        {t('composer.look')}
      </Button>
      <Button small kind="primary" ref={button} onClick={onSend}>
        {t('composer.sendAnyway')}
      </Button>
    </div>
  );
}
