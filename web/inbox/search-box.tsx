import { IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Kbd } from '../ui/bits.tsx';
import css from './inbox.module.css';

const PAUSE_MS = 200;

/** What is typed here goes into the address after a short pause; Esc empties it and gives the list back. */
export function SearchBox({ q, onChange }: { q: string; onChange: (q: string | undefined) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(q);
  const sent = useRef(q);
  // The address changed by itself: another view, Back.
  useEffect(() => {
    if (q !== sent.current) setText(q);
    sent.current = q;
  }, [q]);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => {
    if (text.trim() === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text.trim();
      latest.current(text.trim() === '' ? undefined : text.trim());
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const empty = () => {
    setText('');
    sent.current = '';
    onChange(undefined);
  };
  return (
    <search className={css.search}>
      <IconSearch size={16} stroke={1.8} aria-hidden />
      <input
        data-inbox-search
        type="text"
        enterKeyHint="search"
        autoComplete="off"
        maxLength={200}
        aria-label={t('search.label')}
        placeholder={t('search.placeholder')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            if (text === '') event.currentTarget.blur();
            else empty();
          } else if (event.key === 'ArrowDown') {
            event.preventDefault();
            document.querySelector<HTMLElement>('[data-hit],a[data-number]')?.focus();
          }
        }}
      />
      {text === '' ? (
        <Kbd>/</Kbd>
      ) : (
        <button type="button" aria-label={t('search.clear')} onClick={empty}>
          <IconX size={16} aria-hidden />
        </button>
      )}
    </search>
  );
}
