import type { Virtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef } from 'react';

/**
 * The row of the list that keys are about, by its index, and moving it. It is the focused row, else the open one. Whoever has scrolled away from it goes on
 * from what is seen.
 */
export function useRowKeys(numbers: readonly number[], open: number | undefined, rows: Virtualizer<HTMLDivElement, Element>) {
  /** Where the focus goes once that row is drawn; a key pressed meanwhile goes on from there. */
  const wanted = useRef<number>(undefined);
  const focusWanted = () => {
    if (wanted.current === undefined) return;
    const row = rows.scrollElement?.querySelector<HTMLElement>(`[data-number="${wanted.current}"]`);
    if (row == null) return;
    wanted.current = undefined;
    row.focus({ preventScroll: true });
  };
  useLayoutEffect(focusWanted);

  const focused = () => {
    const row = document.activeElement?.closest<HTMLElement>('[data-row]');
    return row == null ? undefined : Number(row.dataset.row);
  };
  /** -1 where no row is meant. */
  const current = () => numbers.indexOf(wanted.current ?? focused() ?? open ?? 0);
  const move = (step: number) => {
    const from = current();
    const isDrawn = wanted.current !== undefined || rows.getVirtualItems().some(({ index }) => index === from);
    const index = isDrawn ? Math.max(0, Math.min(numbers.length - 1, from + step)) : (rows.range?.startIndex ?? 0);
    if (numbers[index] === undefined) return;
    wanted.current = numbers[index];
    rows.scrollToIndex(index);
    focusWanted();
  };
  return { current, move };
}
