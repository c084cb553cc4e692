import { type KeyboardEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '../../api/contract/index.ts';
import { useUsers } from '../data/queries.ts';
import { Avatar } from '../ui/bits.tsx';
import { OptionLine } from '../ui/option-line.tsx';
import css from './team.module.css';

/** Active users of the account, by name. */
export function useColleagues(): User[] {
  const users = useUsers().data ?? [];
  return users.filter(({ isActive }) => isActive).toSorted((a, b) => a.name.localeCompare(b.name));
}

/** A list of colleagues that is searched and chosen from by keys: arrows move, Enter takes. */
export function Colleagues({
  except,
  aside,
  chosen,
  onChoose,
}: {
  except?: (user: User) => boolean;
  aside?: (user: User) => string | undefined;
  /** The one that is marked as taken, where taking is not all there is to do. */
  chosen?: number | undefined;
  onChoose: (user: User) => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const [search, setSearch] = useState('');
  const [at, setAt] = useState(0);
  const needle = search.trim().toLowerCase();
  const found = useColleagues().filter((user) => except?.(user) !== true && user.name.toLowerCase().includes(needle));
  const index = Math.min(at, Math.max(0, found.length - 1));
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt((index + 1) % Math.max(1, found.length));
    else if (event.key === 'ArrowUp') setAt((index - 1 + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter' && found[index] !== undefined) onChoose(found[index]);
    else return;
    event.preventDefault();
  };
  return (
    <div className={css.colleagues}>
      <input
        data-autofocus
        className={css.search}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={found[index] === undefined ? undefined : `${id}-${found[index].id}`}
        aria-label={t('team.search')}
        placeholder={t('team.search')}
        value={search}
        onChange={(event) => {
          setSearch(event.target.value);
          setAt(0);
        }}
        onKeyDown={keys}
      />
      <div className={css.found} id={id} role="listbox" aria-label={t('team.search')}>
        {found.length === 0 && <div className={css.none}>{t('team.none')}</div>}
        {found.map((user, place) => (
          <OptionLine
            key={user.id}
            id={`${id}-${user.id}`}
            className={css.colleague}
            at={place === index}
            selected={chosen === undefined ? place === index : user.id === chosen}
            onTake={() => {
              setAt(place);
              onChoose(user);
            }}
          >
            <Avatar name={user.name} size={24} />
            <span>{user.name}</span>
            <small>{aside?.(user)}</small>
          </OptionLine>
        ))}
      </div>
    </div>
  );
}
