import { IconNote } from '@tabler/icons-react';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CardOf, makeNote, useNotes } from '../data/cards.ts';
import { Empty, Skeleton, Time } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { TextArea } from '../ui/field.tsx';
import css from './tabs.module.css';

function NewNote({ card }: { card: CardOf }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const add = async (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() === '') return;
    if ((await makeNote(card, text.trim())) !== undefined) setText('');
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void add();
  };
  return (
    <form className={css.noteForm} onSubmit={(event) => void add(event)}>
      <TextArea
        label={t('note.text')}
        hint={t('note.hint')}
        rows={3}
        maxLength={10_000}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={keys}
      />
      <Button kind="primary" type="submit" disabled={text.trim() === ''}>
        {t('note.add')}
      </Button>
    </form>
  );
}

/** Notes of a card, newest first: yellow, so that nobody takes them for something a client sees. */
export function CardNotes({ card, mayEdit }: { card: CardOf; mayEdit: boolean }) {
  const { t } = useTranslation();
  const query = useNotes(card);
  const notes = query.data?.pages.flatMap((page) => page.items);
  return (
    <div className={css.tab}>
      {mayEdit && <NewNote card={card} />}
      {notes === undefined ? (
        <Skeleton height={64} />
      ) : notes.length === 0 ? (
        <Empty icon={<IconNote size={36} stroke={1.4} />} title={t('note.empty')}>
          {t('note.emptyHint')}
        </Empty>
      ) : (
        <ul className={css.notes}>
          {notes.map((note) => (
            <li key={note.id} className={css.note} data-note={note.id}>
              <p>{note.text}</p>
              <small>
                {note.author.name ?? t(`author.${note.author.kind}`)} · <Time at={note.createdAt} />
              </small>
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('lead.showAll')}
        </Button>
      )}
    </div>
  );
}
