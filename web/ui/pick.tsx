import type { ReactNode } from 'react';

interface PickProps {
  label: string;
  /** What stands there while nothing is picked. */
  nothing: string;
  /** Undefined: nothing is picked. */
  value: string | undefined;
  options: readonly { id: number; name: string }[];
  className?: string | undefined;
  onPick: (value: string | undefined) => void;
  /** Other options, before the named ones. */
  children?: ReactNode;
}

/** One of things that have a name, or none: a filter in a bar. */
export function Pick({ label, nothing, value, options, className, onPick, children }: PickProps) {
  return (
    <select className={className} aria-label={label} value={value ?? ''} onChange={(event) => onPick(event.target.value || undefined)}>
      <option value="">{nothing}</option>
      {children}
      {options.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
