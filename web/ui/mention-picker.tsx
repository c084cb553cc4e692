import { type RefObject, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { Avatar } from './bits.tsx';
import { Pieces, piecesOf } from './pieces.tsx';
import { useSuggest } from './suggest.tsx';

export interface Mentionable {
  id: number;
  name: string;
}

/** `@` with what follows it up to the caret, where somebody is just being named: at a line's or word's beginning, two words at most. */
export function mentionAt(text: string, caret: number): { from: number; query: string } | undefined {
  const match = /(?:^|[\s(])@([^\s@]*(?: [^\s@]*)?)$/u.exec(text.slice(0, caret));
  return match === null ? undefined : { from: caret - (match[1] ?? '').length - 1, query: match[1] ?? '' };
}

/** Ids of those whose `@Name` stands in the text. A longer name is not taken for a shorter one that it begins with. */
export function mentionedIn(text: string, people: readonly Mentionable[]): number[] {
  let rest = text;
  const found: number[] = [];
  for (const person of [...people].sort((a, b) => b.name.length - a.name.length)) {
    const name = `@${person.name}`;
    if (person.name === '' || !rest.includes(name)) continue;
    found.push(person.id);
    rest = rest.replaceAll(name, ' ');
  }
  return found;
}

/**
 * Naming colleagues in a text field: `@` opens a list of people, arrows and Enter take one. The field's `onKeyDown` asks `picker.onKeyDown` first and
 * stops where it answers true; `picker.moved()` is called when the caret may have moved (onSelect, onChange); `picker.list` is drawn in a
 * positioned parent of the field, `picker.field` are attributes of the field.
 */
export function useMentionPicker({
  area,
  text,
  onText,
  people,
  enabled = true,
}: {
  area: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onText: (text: string) => void;
  people: readonly Mentionable[];
  enabled?: boolean;
}) {
  const { t } = useTranslation();
  const [caret, setCaret] = useState<number>();
  const [closedAt, setClosedAt] = useState<number>();
  const place = caret === undefined || !enabled ? undefined : mentionAt(text, caret);
  const needle = place?.query.toLowerCase() ?? '';
  const found = people
    .filter(
      ({ name }) =>
        name
          .toLowerCase()
          .split(/\s+/)
          .some((word) => word.startsWith(needle)) || name.toLowerCase().startsWith(needle),
    )
    .slice(0, 8)
    .map((person) => ({
      key: String(person.id),
      person,
      label: (
        <span style={{ display: 'inline-flex', alignItems: 'center', gap: 8 }}>
          <Avatar name={person.name} size={22} /> {person.name}
        </span>
      ),
    }));
  // After a second word nobody has such a name: the sentence simply goes on.
  const shown = place === undefined || closedAt === place.from || (found.length === 0 && needle.includes(' ')) ? undefined : found;
  const suggest = useSuggest({
    items: shown,
    label: t('mention.list'),
    none: t('mention.none'),
    onTake: ({ person }) => {
      if (place === undefined || caret === undefined) return;
      const before = `${text.slice(0, place.from)}@${person.name} `;
      // At once: a letter typed before the next frame must not be overtaken by the caret.
      flushSync(() => {
        onText(before + text.slice(caret).replace(/^ /, ''));
        setCaret(undefined);
      });
      area.current?.setSelectionRange(before.length, before.length);
    },
    onClose: () => setClosedAt(place?.from),
  });
  return { ...suggest, moved: () => setCaret(area.current?.selectionStart ?? undefined) };
}

/** A text with `@Name` of the mentioned set off. */
export function MentionText({ text, people }: { text: string; people: readonly Mentionable[] }) {
  const names = people.map(({ name }) => name).filter((name) => name !== '');
  if (names.length === 0) return text;
  const escaped = names.sort((a, b) => b.length - a.length).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return <Pieces of={piecesOf(text, new RegExp(`(@(?:${escaped.join('|')}))`, 'u'))} hit={(name) => <strong>{name}</strong>} />;
}
