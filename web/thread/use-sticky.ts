import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** Within this distance of the end the reader counts as being there. */
const NEAR_PX = 48;
/** Older pages are asked for when this little is left above. */
const AHEAD_PX = 800;

/**
 * Keeps a thread still. At the end it stays at the end while lines arrive; anywhere else the line at the top of the view stays where it is,
 * whatever grows above or below. The scroller grows upwards (`column-reverse`), so its scrollTop is 0 at the end and negative above.
 */
export function useSticky(scroller: RefObject<HTMLElement | null>, inner: RefObject<HTMLElement | null>, onNearTop: () => void) {
  const [atEnd, setAtEnd] = useState(true);
  const anchor = useRef<{ element: HTMLElement; fromEnd: number }>(undefined);
  const nearTop = useRef(onNearTop);
  nearTop.current = onNearTop;

  useEffect(() => {
    const box = scroller.current;
    const content = inner.current;
    if (box === null || content === null) return;
    const fromEnd = (element: HTMLElement) => content.offsetHeight - element.offsetTop;
    const remember = () => {
      const top = content.offsetHeight + box.scrollTop - box.clientHeight;
      const lines = content.children;
      let low = 0;
      let high = lines.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        const line = lines[middle] as HTMLElement;
        if (line.offsetTop + line.offsetHeight <= top) low = middle + 1;
        else high = middle;
      }
      const element = lines[low] as HTMLElement | undefined;
      anchor.current = element === undefined ? undefined : { element, fromEnd: fromEnd(element) };
    };
    const scrolled = () => {
      const end = box.scrollTop > -NEAR_PX;
      setAtEnd(end);
      remember();
      if (box.scrollHeight + box.scrollTop - box.clientHeight < AHEAD_PX) nearTop.current();
    };
    const held = new ResizeObserver(() => {
      const kept = anchor.current;
      if (box.scrollTop <= -NEAR_PX && kept?.element.isConnected === true) box.scrollTop -= fromEnd(kept.element) - kept.fromEnd;
      remember();
      if (box.scrollHeight <= box.clientHeight + AHEAD_PX) nearTop.current();
    });
    held.observe(content);
    box.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      held.disconnect();
      box.removeEventListener('scroll', scrolled);
    };
  }, [scroller, inner]);

  const toEnd = useCallback(() => scroller.current?.scrollTo({ top: 0 }), [scroller]);
  return { atEnd, toEnd };
}
