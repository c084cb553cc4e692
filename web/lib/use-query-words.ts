import { useCallback } from 'react';
import { type SetURLSearchParams, useSearchParams } from 'react-router';

/** Undefined and empty: the word is taken out of the address. */
type Changes = Record<string, string | undefined>;

/**
 * The query of the address, where pages keep what is looked at and by which filters, and how some of its words are changed: in the place of the address that
 * is there, so that Back leaves the page. The router's own setter comes third, for what changes the whole of it.
 */
export function useQueryWords(): [URLSearchParams, (changes: Changes) => void, SetURLSearchParams] {
  const [search, setSearch] = useSearchParams();
  const change = useCallback(
    (changes: Changes) =>
      setSearch(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            if (value === undefined || value === '') next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      ),
    [setSearch],
  );
  return [search, change, setSearch];
}
