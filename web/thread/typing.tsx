import { IconPencil } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMe, useUsers } from '../data/queries.ts';
import { useTyping } from '../data/typing.ts';
import css from './team.module.css';

/** “Ivan is writing an answer…”: colleagues who write in a chat at the moment. Nothing where nobody does. */
export function TypingLine({ chatId, inList = false }: { chatId: string | undefined; inList?: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const typing = useTyping(chatId, me.user.id);
  const users = useUsers().data ?? [];
  const named = typing.flatMap(({ userId, state }) => {
    const name = users.find(({ id }) => id === userId)?.name;
    return name === undefined ? [] : [{ name, state }];
  });
  const [first, second] = named;
  if (first === undefined) return null;
  const words =
    second === undefined
      ? t(first.state === 'note' ? 'typing.note' : 'typing.one', { name: first.name })
      : t('typing.many', { names: named.map(({ name }) => name).join(', ') });
  return (
    <span className={inList ? css.typingInList : css.typing} role={inList ? undefined : 'status'} data-typing>
      <IconPencil size={14} stroke={1.8} aria-hidden /> {words}
    </span>
  );
}
