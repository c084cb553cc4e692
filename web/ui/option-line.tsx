import type { KeyboardEvent, ReactNode } from 'react';

interface OptionLineProps {
  /** What the field's `aria-activedescendant` names. */
  id: string;
  className: string | undefined;
  /** Where Enter in the field takes: kept in sight. */
  at: boolean;
  /** What a screen reader calls chosen, where that is not the same. */
  selected?: boolean;
  onPoint?: () => void;
  onTake: () => void;
  children: ReactNode;
}

const intoSight = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'nearest' });

/** A line of a list that a field's keys choose from; the field keeps the focus. Where a reader's own keys come to the line itself, Enter and Space take it. */
export function OptionLine({ id, className, at, selected = at, onPoint, onTake, children }: OptionLineProps) {
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onTake();
  };
  return (
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      data-at={at}
      className={className}
      ref={at ? intoSight : undefined}
      onMouseDown={(event) => event.preventDefault()}
      onMouseMove={at ? undefined : onPoint}
      onClick={onTake}
      onKeyDown={keys}
    >
      {children}
    </div>
  );
}
