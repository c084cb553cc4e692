import { useUsers } from '../data/queries.ts';
import { Chip } from '../ui/bits.tsx';
import { Select } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import css from './settings.module.css';

interface PeopleProps {
  label: string;
  hint?: string;
  /** What the list of those who are not chosen yet invites to. */
  add: string;
  ids: number[];
  disabled: boolean;
  onChange: (ids: number[]) => void;
}

/** Users who are told of something besides those whom it concerns. */
export function People({ label, hint, add, ids, disabled, onChange }: PeopleProps) {
  const { data: users } = useUsers();
  const others = users?.filter((user) => user.isActive && !ids.includes(user.id)) ?? [];
  const nameOf = (id: number) => users?.find((user) => user.id === id)?.name ?? '…';
  return (
    <div className={pageCss.stack} style={{ gap: 8 }}>
      <Select
        label={label}
        hint={hint}
        value=""
        disabled={disabled || others.length === 0}
        onChange={(event) => event.target.value !== '' && onChange([...ids, Number(event.target.value)])}
      >
        <option value="">{add}</option>
        {others.map((user) => (
          <option key={user.id} value={user.id}>
            {user.name}
          </option>
        ))}
      </Select>
      {ids.length > 0 && (
        <div className={css.people}>
          {ids.map((id) =>
            disabled ? (
              <span key={id}>{nameOf(id)}</span>
            ) : (
              <Chip key={id} onRemove={() => onChange(ids.filter((one) => one !== id))}>
                {nameOf(id)}
              </Chip>
            ),
          )}
        </div>
      )}
    </div>
  );
}
