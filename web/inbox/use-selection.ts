import { useCallback, useMemo, useRef, useState } from 'react';

/** Which rows of the list of this name are marked for an order to many. A range goes from the row that was marked last. */
export function useSelection(numbers: readonly number[], list: string) {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [active, setActive] = useState(false);
  const last = useRef<number>(undefined);
  const latest = useRef(numbers);
  latest.current = numbers;
  const toggle = useCallback((number: number, range = false) => {
    const list = latest.current;
    const from = last.current === undefined ? -1 : list.indexOf(last.current);
    const to = list.indexOf(number);
    setActive(true);
    setChosen((before) => {
      const next = new Set(before);
      if (range && from >= 0 && to >= 0) for (const each of list.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(each);
      else if (next.has(number)) next.delete(number);
      else next.add(number);
      return next;
    });
    last.current = number;
  }, []);
  const clear = useCallback(() => {
    setChosen(new Set());
    setActive(false);
    last.current = undefined;
  }, []);
  // What was marked in one list means nothing in another.
  const [markedIn, setMarkedIn] = useState(list);
  if (markedIn !== list) {
    setMarkedIn(list);
    clear();
  }
  const all = useCallback(() => setChosen(new Set(latest.current)), []);
  const start = useCallback(() => setActive(true), []);
  // In the list's own order, so that progress runs from top to bottom.
  const picked = useMemo(() => numbers.filter((number) => chosen.has(number)), [numbers, chosen]);
  return { chosen, picked, active: active || chosen.size > 0, toggle, clear, all, start };
}
export type Selection = ReturnType<typeof useSelection>;
