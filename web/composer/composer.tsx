import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact, ConversationItem } from '../../api/contract/index.ts';
import { serverWords } from '../data/words.ts';
import { unblock } from '../thread/block.tsx';
import { TypingLine } from '../thread/typing.tsx';
import { Notice } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import type { Target } from './channel-picker.tsx';
import { ClientField } from './client-field.tsx';
import css from './composer.module.css';
import { NoteField } from './note-field.tsx';
import { TemplateField } from './template-field.tsx';
import { useWindow } from './window.ts';
import { WindowNotice } from './window-notice.tsx';

interface ComposerProps {
  contact: Contact;
  /** Undefined: nobody can be written to yet; a note still can be left. */
  target: Target | undefined;
  talk: ConversationItem | undefined;
  leadId: number | undefined;
  onTarget: (target: Target) => void;
}

/** What is written: an answer to the client or a note for colleagues, in two fields that cannot be mistaken. It begins with the answer. */
export function Composer({ contact, target, talk, leadId, onTarget }: ComposerProps) {
  const { t } = useTranslation();
  const [mode, setMode] = useState<'client' | 'note'>('client');
  const area = useRef<HTMLTextAreaElement>(null);
  const chat = contact.chats.find(({ id }) => id === target?.chatId);
  const limits = useWindow(target?.channel.type, chat);
  const byTemplate = limits?.closed === true && limits.takesTemplates;
  const number = talk?.number ?? chat?.conversationNumber ?? undefined;
  const turn = (next: 'client' | 'note') => {
    setMode(next);
    requestAnimationFrame(() => area.current?.focus());
  };
  const toNote = () => number !== undefined && turn('note');
  if (!contact.mayEdit)
    return (
      <div className={css.composer}>
        <Notice>{t('may.edit')}</Notice>
      </div>
    );
  return (
    <div className={css.composer} data-mode={mode}>
      {contact.blocked !== null && (
        <Notice state="late">
          {t('composer.blocked')}{' '}
          <Button small kind="link" onClick={() => void unblock(contact.id)}>
            {t('composer.unblock')}
          </Button>
        </Notice>
      )}
      {mode === 'client' && chat?.reachable === false && !byTemplate && (
        <Notice state="late">{t('composer.unreachable', { words: serverWords(chat.words) })}</Notice>
      )}
      {mode === 'client' && limits !== undefined && (chat?.reachable !== false || byTemplate) && (
        <WindowNotice window={limits} never={(chat?.lastClientAt ?? null) === null} />
      )}
      <div className={css.above}>
        <fieldset className={css.modes} aria-label={t('composer.mode')}>
          {(['client', 'note'] as const).map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={mode === each}
              data-kind={each}
              disabled={each === 'note' && number === undefined}
              title={each === 'note' && number === undefined ? t('composer.noteNeedsTalk') : t('composer.typingKeys')}
              onClick={() => turn(each)}
            >
              {t(each === 'client' ? 'composer.toClient' : 'composer.toColleagues')}
            </button>
          ))}
        </fieldset>
        <TypingLine chatId={target?.chatId} />
        <span className={css.notice}>
          {mode === 'note'
            ? ''
            : target !== undefined && chat === undefined
              ? byTemplate
                ? ''
                : t('composer.begins')
              : chat?.reachable !== false && talk?.status === 'closed'
                ? t('composer.closed')
                : ''}
        </span>
      </div>
      {mode === 'note' && number !== undefined ? (
        <NoteField key={number} number={number} area={area} onSwitch={() => turn('client')} />
      ) : target === undefined ? (
        <Notice>{t('composer.noChat')}</Notice>
      ) : byTemplate ? (
        <TemplateField key={target.channel.id} contact={contact} target={target} onTarget={onTarget} />
      ) : (
        <ClientField contact={contact} target={target} leadId={leadId} area={area} onTarget={onTarget} onSwitch={toNote} />
      )}
    </div>
  );
}
