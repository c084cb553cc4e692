import { type RefObject, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QuickReply } from '../../api/contract/index.ts';
import { quickReplyOrders, useQuickReplies } from '../data/team.ts';
import { problemWords } from '../data/words.ts';
import { useSuggest } from '../ui/suggest.tsx';
import { toast } from '../ui/toasts.tsx';

/** Most that the list shows: whoever has more types another letter. */
const SHOWN = 30;

/** `/` with what follows it up to the caret, at the beginning or after a blank. */
export function slashAt(text: string, caret: number): { from: number; query: string } | undefined {
  const match = /(?:^|\s)\/([^\n/]{0,40})$/u.exec(text.slice(0, caret));
  return match === null ? undefined : { from: caret - (match[1] ?? '').length - 1, query: match[1] ?? '' };
}

interface QuickProps {
  area: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onText: (text: string) => void;
  /** Files of a taken reply join the message. */
  onFiles: (files: QuickReply['files']) => void;
  client: { contact: number; conversation?: number | undefined; lead?: number | undefined };
  enabled: boolean;
}

/** Quick replies in the answer's field: `/` opens the list, letters narrow it, Enter puts the text in with the client's own values. */
export function useQuickReplyPicker({ area, text, onText, onFiles, client, enabled }: QuickProps) {
  const { t } = useTranslation();
  const [caret, setCaret] = useState<number>();
  const [closedAt, setClosedAt] = useState<number>();
  const place = caret === undefined || !enabled ? undefined : slashAt(text, caret);
  const replies = useQuickReplies(place !== undefined).data;
  const words = place?.query.toLowerCase().split(/\s+/).filter(Boolean) ?? [];
  const fits = (reply: QuickReply) => words.every((word) => `${reply.title} ${reply.text}`.toLowerCase().includes(word));
  const byTitle = (reply: QuickReply) => Number(!reply.title.toLowerCase().startsWith(words[0] ?? ''));
  const found = (replies ?? [])
    .filter(fits)
    .sort((a, b) => byTitle(a) - byTitle(b))
    .slice(0, SHOWN)
    .map((reply) => ({
      key: String(reply.id),
      reply,
      label: reply.shared ? `${reply.title} · ${t('composer.quickShared')}` : reply.title,
      aside: reply.text.replace(/\s+/g, ' ').slice(0, 120),
    }));
  // A sentence that merely holds a slash goes on undisturbed.
  const idle = place === undefined || closedAt === place.from || replies === undefined || (found.length === 0 && words.length > 1);
  const take = async (reply: QuickReply, at: { from: number; to: number }) => {
    setCaret(undefined);
    try {
      const filled = await quickReplyOrders.filled(reply.id, client);
      const before = text.slice(0, at.from) + filled;
      onText(before + text.slice(at.to));
      onFiles(reply.files);
      requestAnimationFrame(() => {
        area.current?.focus();
        area.current?.setSelectionRange(before.length, before.length);
      });
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
  };
  const suggest = useSuggest({
    items: idle ? undefined : found,
    label: t('composer.quick'),
    none: t('composer.quickNone'),
    onTake: ({ reply }) => {
      if (place !== undefined && caret !== undefined) void take(reply, { from: place.from, to: caret });
    },
    onClose: () => setClosedAt(place?.from),
  });
  /** Opens the list by the button: a slash is written where the caret stands. */
  const open = () => {
    const at = area.current?.selectionStart ?? text.length;
    const before = text.slice(0, at);
    const next = `${before}${before === '' || /\s$/.test(before) ? '' : ' '}/`;
    setClosedAt(undefined);
    onText(next + text.slice(at));
    setCaret(next.length);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(next.length, next.length);
    });
  };
  return {
    ...suggest,
    openByHand: open,
    moved: () => {
      setCaret(area.current?.selectionStart ?? undefined);
      setClosedAt((at) => (at !== undefined && area.current?.value[at] !== '/' ? undefined : at));
    },
  };
}
