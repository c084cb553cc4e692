import { IconChecklist } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Task } from '../../api/contract/index.ts';
import { type CardOf, changeTask, makeTask, useTasks } from '../data/cards.ts';
import { useMe, useUsers } from '../data/queries.ts';
import { useNow } from '../lib/use-now.ts';
import { Badge, Empty, Skeleton, Time } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Select, TextField } from '../ui/field.tsx';
import { toast } from '../ui/toasts.tsx';
import css from './tabs.module.css';

/** Local time as `datetime-local` writes it. */
const localText = (at: number) => new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
/** Tomorrow at the same full hour: what most tasks mean. */
const tomorrow = () => new Date(Date.now() + 86_400_000).setMinutes(0, 0, 0);

function TaskLine({ task, mayEdit }: { task: Task; mayEdit: boolean }) {
  const { t } = useTranslation();
  const now = useNow(60_000);
  const done = task.completedAt !== null;
  const complete = async (completed: boolean) => {
    if ((await changeTask(task.id, { completed })) === undefined) return;
    toast({
      text: t(completed ? 'task.done' : 'task.undone', { text: task.text }),
      action: { label: t('common.undo'), run: () => void changeTask(task.id, { completed: !completed }) },
    });
  };
  return (
    <li className={css.item} data-task={task.id} data-done={done}>
      <input
        type="checkbox"
        aria-label={t('task.complete', { text: task.text })}
        checked={done}
        disabled={!mayEdit}
        onChange={(event) => void complete(event.target.checked)}
      />
      <span className={css.words}>{task.text}</span>
      <span className={css.meta}>
        {task.completedAt !== null ? (
          <>
            {t('task.doneAt')} <Time at={task.completedAt} ago />
          </>
        ) : (
          <Badge state={task.dueAt < now ? 'late' : task.dueAt < now + 86_400_000 ? 'wait' : undefined}>
            {mayEdit ? <DueField task={task} /> : <Time at={task.dueAt} />}
          </Badge>
        )}
        <span>{task.responsible?.name ?? t('lead.nobody')}</span>
      </span>
    </li>
  );
}

/** The deadline is its own field: choosing another one moves the task. */
function DueField({ task }: { task: Task }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<string>();
  const save = () => {
    const at = draft === undefined ? Number.NaN : Date.parse(draft);
    setDraft(undefined);
    if (Number.isFinite(at) && at !== task.dueAt) void changeTask(task.id, { dueAt: at });
  };
  return (
    <input
      type="datetime-local"
      className={css.due}
      aria-label={t('task.due')}
      value={draft ?? localText(task.dueAt)}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={save}
    />
  );
}

function NewTask({ card }: { card: CardOf }) {
  const { t } = useTranslation();
  const me = useMe();
  const users = useUsers().data?.filter(({ isActive }) => isActive) ?? [];
  const [text, setText] = useState('');
  const [due, setDue] = useState(() => localText(tomorrow()));
  const [who, setWho] = useState(me.user.id);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const dueAt = Date.parse(due);
    if (text.trim() === '' || !Number.isFinite(dueAt)) return;
    const made = await makeTask(card, { text: text.trim(), dueAt, responsibleId: who === 0 ? null : who });
    if (made !== undefined) setText('');
  };
  return (
    <form className={css.taskForm} onSubmit={(event) => void add(event)}>
      <TextField label={t('task.text')} value={text} maxLength={2000} onChange={(event) => setText(event.target.value)} />
      <TextField label={t('task.due')} type="datetime-local" required value={due} onChange={(event) => setDue(event.target.value)} />
      <Select label={t('task.who')} value={who} onChange={(event) => setWho(Number(event.target.value))}>
        <option value={0}>{t('lead.nobody')}</option>
        {users.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Button kind="primary" type="submit" disabled={text.trim() === ''}>
        {t('task.add')}
      </Button>
    </form>
  );
}

/** Tasks of a card: what is to be done above, the next one due first; what is done below. */
export function CardTasks({ card, mayEdit }: { card: CardOf; mayEdit: boolean }) {
  const { t } = useTranslation();
  const { data } = useTasks(card);
  return (
    <div className={css.tab}>
      {mayEdit && <NewTask card={card} />}
      {data === undefined ? (
        <Skeleton height={44} />
      ) : data.length === 0 ? (
        <Empty icon={<IconChecklist size={36} stroke={1.4} />} title={t('task.empty')}>
          {t('task.emptyHint')}
        </Empty>
      ) : (
        <ul className={css.items}>
          {data.map((task) => (
            <TaskLine key={task.id} task={task} mayEdit={mayEdit} />
          ))}
        </ul>
      )}
    </div>
  );
}
