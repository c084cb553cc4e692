import type { ComponentProps } from 'react';

interface ScrollerProps extends Omit<ComponentProps<'section'>, 'tabIndex'> {
  /** What stands in it, for a screen reader. */
  label: string;
  role?: 'region' | 'log' | 'group';
}

/** What scrolls by itself. It takes the focus: whoever has no pointer scrolls it with the arrows, also in browsers that let no scroller have it. */
export function Scroller({ label, role = 'region', ...rest }: ScrollerProps) {
  return <section role={role} aria-label={label} tabIndex={0} {...rest} />;
}
