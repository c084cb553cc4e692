import { type RefObject, useEffect, useRef, useState } from 'react';

/**
 * Takes files that are dropped anywhere on `target`, which stays drawn as long as the caller; answers whether some are held over it now.
 * Anything else that is dragged, a text for instance, goes its usual way.
 */
export function useFileDrop(target: RefObject<HTMLElement | null>, onFiles: (files: FileList) => void): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const element = target.current;
    if (element === null) return;
    const ours = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const listening = new AbortController();
    const { signal } = listening;
    const hold = (event: DragEvent) => {
      if (!ours(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!(event.relatedTarget instanceof Node && element.contains(event.relatedTarget))) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (event.dataTransfer === null || !ours(event)) return;
      event.preventDefault();
      latest.current(event.dataTransfer.files);
    };
    element.addEventListener('dragover', hold, { signal });
    element.addEventListener('dragleave', leave, { signal });
    element.addEventListener('drop', drop, { signal });
    return () => listening.abort();
  }, [target]);
  return over;
}
