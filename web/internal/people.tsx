import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe, useUsers } from '../data/queries.ts';
import { Avatar } from '../ui/bits.tsx';
import { Checkbox, TextField } from '../ui/field.tsx';
import css from './internal.module.css';

interface PeopleProps {
  chosen: readonly number[];
  onChange: (ids: number[]) => void;
  /** Those who are not offered. */
  without?: readonly number[];
}

/** Colleagues to choose from, by name. */
export function People({ chosen, onChange, without = [] }: PeopleProps) {
  const { t } = useTranslation();
  const me = useMe();
  const [words, setWords] = useState('');
  const users = (useUsers().data ?? []).filter(({ id, isActive }) => isActive && id !== me.user.id && !without.includes(id));
  const found = users.filter(({ name }) => name.toLowerCase().includes(words.trim().toLowerCase()));
  return (
    <>
      <TextField
        data-autofocus
        type="search"
        label={t('internal.findPerson')}
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={(event) => {
          const [only] = found;
          if (event.key !== 'Enter' || only === undefined || words === '') return;
          event.preventDefault();
          onChange(chosen.includes(only.id) ? chosen.filter((id) => id !== only.id) : [...chosen, only.id]);
          setWords('');
        }}
      />
      <div className={css.people}>
        {found.length === 0 && <p className={css.quiet}>{t(users.length === 0 ? 'internal.noColleagues' : 'internal.nobodyFound')}</p>}
        {found.map(({ id, name }) => (
          <Checkbox
            key={id}
            checked={chosen.includes(id)}
            onChange={(event) => onChange(event.target.checked ? [...chosen, id] : chosen.filter((each) => each !== id))}
            label={
              <span className={css.person}>
                <Avatar name={name} size={24} /> {name}
              </span>
            }
          />
        ))}
      </div>
    </>
  );
}
