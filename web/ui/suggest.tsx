import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { OptionLine } from './option-line.tsx';
import css from './suggest.module.css';

export interface Suggestion {
  key: string;
  label: ReactNode;
  /** Small and grey behind or under the label. */
  aside?: ReactNode;
}

interface SuggestProps<Item extends Suggestion> {
  /** Undefined: nothing is suggested at the moment. Empty: `none` is shown. */
  items: readonly Item[] | undefined;
  label: string;
  none: string;
  onTake: (item: Item) => void;
  onClose: () => void;
}

/**
 * A list over a text field that is steered from the field's own keys: arrows choose, Enter or Tab take, Esc closes. The field keeps the focus.
 * Answers what the field must carry (`field`), its keys (`onKeyDown` says whether it has taken the key) and the list itself, to be drawn
 * beside the field in a positioned parent.
 */
export function useSuggest<Item extends Suggestion>({ items, label, none, onTake, onClose }: SuggestProps<Item>) {
  const id = useId();
  const [chosen, setChosen] = useState<string>();
  const open = items !== undefined;
  const found = items?.findIndex(({ key }) => key === chosen) ?? -1;
  const at = Math.max(found, 0);
  const current = items?.[at];
  const step = (by: number) => {
    if (items === undefined || items.length === 0) return;
    setChosen(items[(at + by + items.length) % items.length]?.key);
  };
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (!open || event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === 'ArrowDown') step(1);
    else if (event.key === 'ArrowUp') step(-1);
    else if ((event.key === 'Enter' || event.key === 'Tab') && current !== undefined) onTake(current);
    else if (event.key === 'Escape') onClose();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const option = (item: Item) => `${id}-${item.key}`;
  return {
    open,
    onKeyDown,
    field: open
      ? ({ 'aria-autocomplete': 'list', 'aria-controls': id, 'aria-activedescendant': current && option(current) } as const)
      : ({ 'aria-autocomplete': 'list' } as const),
    list: !open ? null : (
      <div className={css.list} id={id} role="listbox" aria-label={label}>
        {items.length === 0 && (
          <div className={css.none} role="option" tabIndex={-1} aria-selected={false} aria-disabled>
            {none}
          </div>
        )}
        {items.map((item, index) => (
          <OptionLine
            key={item.key}
            id={option(item)}
            className={css.option}
            at={index === at}
            onPoint={() => setChosen(item.key)}
            onTake={() => onTake(item)}
          >
            <span>{item.label}</span>
            {item.aside !== undefined && <small>{item.aside}</small>}
          </OptionLine>
        ))}
      </div>
    ),
  };
}
