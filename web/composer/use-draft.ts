import { useEffect, useState } from 'react';
import { stored } from '../lib/storage.ts';

export const draftKey = (chatId: string) => `draft.${chatId}`;

/** The text of each chat (and of each conversation's note) is kept on this device until it is sent. A text that comes back from the thread is taken up again. */
export function useDraft(chatId: string): [string, (text: string) => void] {
  const [drafts, setDrafts] = useState<Record<string, string>>({});
  const text = drafts[chatId] ?? stored.read(draftKey(chatId)) ?? '';
  const write = (next: string) => {
    stored.write(draftKey(chatId), next);
    setDrafts((now) => ({ ...now, [chatId]: next }));
  };
  useEffect(() => {
    const back = (event: Event) => {
      const id = (event as CustomEvent<string>).detail;
      setDrafts((now) => ({ ...now, [id]: stored.read(draftKey(id)) ?? '' }));
    };
    window.addEventListener('beseda:draft', back);
    return () => window.removeEventListener('beseda:draft', back);
  }, []);
  return [text, write];
}
