import { type RefObject, useLayoutEffect, useRef } from 'react';

/** How many rows are looked at for one that has not moved by itself: a windowful. */
const MOST_LOOKED = 30;

/**
 * By how many rows what stood at the index `at` of the old list has moved in the new one; 0 where nothing of it is left. A row that went elsewhere by
 * itself says nothing: it counts only together with the one below it.
 */
export function shiftOf(old: readonly number[], now: readonly number[], at: number): number {
  for (let index = at; index < Math.min(at + MOST_LOOKED, old.length); index += 1) {
    const place = now.indexOf(old[index]!);
    if (place >= 0 && now[place + 1] === old[index + 1]) return place - index;
  }
  return 0;
}

/**
 * Keeps what somebody looks at in its place while rows come, go and move above it. At the top nothing is held: there the newest is what one looks at.
 * `list` names the list; another one begins at its top. All rows are `rowPx` high.
 */
export function useKeptPlace(scroller: RefObject<HTMLElement | null>, list: string, ids: readonly number[], rowPx: number): void {
  const before = useRef({ list, ids });
  useLayoutEffect(() => {
    const { list: oldList, ids: old } = before.current;
    before.current = { list, ids };
    const element = scroller.current;
    if (element === null) return;
    if (oldList !== list) element.scrollTop = 0;
    else if (old !== ids && element.scrollTop >= rowPx)
      element.scrollTop += shiftOf(old, ids, Math.floor(element.scrollTop / rowPx)) * rowPx;
  }, [scroller, list, ids, rowPx]);
}
