import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { TextField } from '../ui/field.tsx';
import css from './leads.module.css';

interface SearchWordsProps {
  label: string;
  /** What the address asks for. */
  value: string;
  onSearch: (words: string) => void;
}

/** Words to look for; the address follows a quarter of a second after the last letter. */
export function SearchWords({ label, value, onSearch }: SearchWordsProps) {
  const [words, setWords] = useState(value);
  const look = useDebouncedCallback((next: string) => onSearch(next.trim()), 250);
  // Back, or a link that clears the filters: the field follows the address.
  useEffect(() => setWords((now) => (now.trim() === value ? now : value)), [value]);
  return (
    <div className={css.search}>
      <TextField
        type="search"
        aria-label={label}
        placeholder={label}
        value={words}
        onChange={(event) => {
          setWords(event.target.value);
          look(event.target.value);
        }}
      />
    </div>
  );
}
