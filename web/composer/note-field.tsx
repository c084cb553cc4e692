import { IconLock, IconNote } from '@tabler/icons-react';
import { type RefObject, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../data/queries.ts';
import { noteOrders } from '../data/team.ts';
import { tellTyping } from '../data/typing.ts';
import { problemWords } from '../data/words.ts';
import { isMac } from '../lib/hotkeys.ts';
import { useColleagues } from '../thread/colleagues.tsx';
import { tellNotSeeing } from '../thread/tell-not-seeing.ts';
import { Button } from '../ui/button.tsx';
import { mentionedIn, useMentionPicker } from '../ui/mention-picker.tsx';
import { toast } from '../ui/toasts.tsx';
import { Box } from './box.tsx';
import css from './composer.module.css';
import { useDraft } from './use-draft.ts';
import { useFiles } from './use-files.ts';

/** Where a private note is written: to colleagues, never to the client. */
export function NoteField({
  number,
  area,
  onSwitch,
}: {
  number: number;
  area: RefObject<HTMLTextAreaElement | null>;
  onSwitch: () => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const [text, setText] = useDraft(`note-${number}`);
  const [working, setWorking] = useState(false);
  const files = useFiles();
  const people = useColleagues().filter(({ id }) => id !== me.user.id);
  const write = (next: string) => {
    setText(next);
    tellTyping(number, next.trim() === '' ? 'stopped' : 'note');
  };
  const picker = useMentionPicker({ area, text, onText: write, people });
  const unready = files.files.some(({ stored }) => stored === undefined);
  const blocked = working || unready || (text.trim() === '' && files.files.length === 0);
  const submit = async () => {
    if (blocked) return;
    setWorking(true);
    try {
      const made = await noteOrders.add(number, {
        text: text.trim(),
        mentions: mentionedIn(text, people),
        files: files.files.flatMap(({ stored }) => stored?.id ?? []),
      });
      setText('');
      files.clear();
      tellTyping(number, 'stopped');
      tellNotSeeing(number, made.notSeeing);
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
    setWorking(false);
    area.current?.focus();
  };
  return (
    <Box
      kind="note"
      area={area}
      label={t('composer.noteLabel')}
      placeholder={t('composer.notePlaceholder')}
      text={text}
      disabled={false}
      files={files}
      suggest={picker}
      onText={write}
      onSubmit={() => void submit()}
      onSwitch={onSwitch}
      start={
        <span className={css.private}>
          <IconLock size={14} stroke={1.8} aria-hidden /> {t('note.private')}
        </span>
      }
      end={
        <Button
          small
          disabled={blocked}
          onClick={() => void submit()}
          title={`${isMac ? '⌘' : 'Ctrl'} Enter`}
          icon={<IconNote size={16} stroke={1.8} aria-hidden />}
        >
          {t('composer.noteSave')}
        </Button>
      }
    />
  );
}
