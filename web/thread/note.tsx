import { IconLock } from '@tabler/icons-react';
import { memo, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../data/queries.ts';
import { noteOrders } from '../data/team.ts';
import { problemWords } from '../data/words.ts';
import { clock, fullTime } from '../lib/time.ts';
import { Button } from '../ui/button.tsx';
import { MentionText, mentionedIn, useMentionPicker } from '../ui/mention-picker.tsx';
import { toast } from '../ui/toasts.tsx';
import { Attachments } from './attachments.tsx';
import type { ThreadNote } from './blocks.ts';
import { useColleagues } from './colleagues.tsx';
import css from './team.module.css';
import { tellNotSeeing } from './tell-not-seeing.ts';

/** A private note between the messages: yellow, wide, with a lock, so that nobody takes it for something the client has read. */
export const NoteCard = memo(function NoteCard({ note }: { note: ThreadNote }) {
  const { t } = useTranslation();
  const me = useMe();
  const [editing, setEditing] = useState(false);
  const own = note.author?.id === me.user.id;
  const remove = () =>
    noteOrders.remove(note.conversationNumber, note.id).then(
      () => toast({ text: t('note.deleted') }),
      (error: unknown) => toast({ state: 'late', text: problemWords(error) }),
    );
  return (
    <article className={css.note} data-note={note.id}>
      <header>
        <IconLock size={14} stroke={1.8} aria-hidden />
        <strong>{note.author?.name ?? t('author.user')}</strong>
        <span>{t('note.private')}</span>
        <time dateTime={new Date(note.at).toISOString()} title={fullTime(note.at)}>
          {clock(note.at)}
        </time>
        {note.editedAt !== null && <span title={fullTime(note.editedAt)}>{t('note.edited')}</span>}
        {me.rights.write && (own || me.role === 'administrator') && !editing && (
          <span className={css.noteActions}>
            {own && (
              <button type="button" onClick={() => setEditing(true)}>
                {t('note.edit')}
              </button>
            )}
            <button type="button" onClick={() => void remove()}>
              {t('note.delete')}
            </button>
          </span>
        )}
      </header>
      {editing ? (
        <EditNote note={note} onDone={() => setEditing(false)} />
      ) : (
        <>
          {note.text !== '' && (
            <p>
              <MentionText text={note.text} people={note.mentions} />
            </p>
          )}
          <Attachments
            attachments={note.files.map((file, index) => ({
              ...file,
              index,
              fileId: file.id,
              copy: 'stored',
              copyWords: '',
              durationSeconds: null,
            }))}
          />
        </>
      )}
    </article>
  );
});

function EditNote({ note, onDone }: { note: ThreadNote; onDone: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(note.text);
  const [working, setWorking] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const people = useColleagues();
  const picker = useMentionPicker({ area, text, onText: setText, people });
  // Whoever has pressed "edit" wants to write.
  useEffect(() => area.current?.focus(), []);
  const save = async () => {
    setWorking(true);
    try {
      const files = note.files.map(({ id }) => id);
      const made = await noteOrders.change(note.conversationNumber, note.id, { text, mentions: mentionedIn(text, people), files });
      onDone();
      tellNotSeeing(note.conversationNumber, made.notSeeing);
    } catch (error) {
      setWorking(false);
      toast({ state: 'late', text: problemWords(error) });
    }
  };
  return (
    <div className={css.noteEdit}>
      {picker.list}
      <textarea
        ref={area}
        aria-label={t('note.field')}
        value={text}
        rows={3}
        {...picker.field}
        onChange={(event) => {
          setText(event.target.value);
          picker.moved();
        }}
        onSelect={picker.moved}
        onKeyDown={(event) => {
          if (picker.onKeyDown(event)) return;
          if (event.key === 'Escape') onDone();
          else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save();
        }}
      />
      <div className={css.noteButtons}>
        <Button small onClick={onDone}>
          {t('common.cancel')}
        </Button>
        <Button small kind="primary" disabled={working || (text.trim() === '' && note.files.length === 0)} onClick={() => void save()}>
          {t('note.save')}
        </Button>
      </div>
    </div>
  );
}
