import { useEffect, useRef } from 'react';

/** A key as it is pressed on any layout: `j`, `?`, `escape`, `mod+k`. Letters go by their place, so that they work in Russian too. */
export type Hotkeys = Record<string, (event: KeyboardEvent) => void>;

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

function nameOf(event: KeyboardEvent): string {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase();
  const key = event.key === '?' || event.key === ',' ? event.key : (letter ?? event.key.toLowerCase());
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Keys that work anywhere on the page. Plain letters are left alone while somebody types and while a dialog or menu is open. */
export function useHotkeys(keys: Hotkeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const handle = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.isComposing) return;
      const name = nameOf(event);
      const action = latest.current[name];
      if (action === undefined) return;
      const plain = !name.startsWith('mod+');
      if (plain && (typing(event.target) || document.querySelector('[role="dialog"],[role="menu"],dialog[open]') !== null)) return;
      event.preventDefault();
      action(event);
    };
    // Before anything else hears of it: the Esc that closes a dialog finds the dialog still open here, and does nothing more.
    window.addEventListener('keydown', handle, { capture: true });
    return () => window.removeEventListener('keydown', handle, { capture: true });
  }, []);
}
