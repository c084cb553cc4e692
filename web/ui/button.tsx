import { Tooltip } from '@mantine/core';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Link, type LinkProps } from 'react-router';
import { classes } from '../lib/classes.ts';
import css from './button.module.css';

export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger' | 'link';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: ButtonKind;
  small?: boolean;
  icon?: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

/** A button with words. Its width never changes while it works: it is disabled, not replaced. */
export function Button({ kind = 'plain', small = false, icon, className, children, type = 'button', ...rest }: ButtonProps) {
  return (
    <button type={type} className={classes(css.button, css[kind], small && css.small, className)} {...rest}>
      {icon}
      {children}
    </button>
  );
}

/** A link that looks like a button, for next steps that are places. */
export function ButtonLink({ kind = 'plain', icon, children, ...rest }: LinkProps & { kind?: ButtonKind; icon?: ReactNode }) {
  return (
    <Link className={classes(css.button, css[kind])} {...rest}>
      {icon}
      {children}
    </Link>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** What it does, for the tooltip and for those who hear the page. */
  label: string;
  hotkey?: string;
  small?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** A button without words; its name is shown on hover together with its key. */
export function IconButton({ label, hotkey, small = false, className, children, type = 'button', ...rest }: IconButtonProps) {
  return (
    <Tooltip
      label={
        <>
          {label}
          {hotkey !== undefined && <> · {hotkey}</>}
        </>
      }
    >
      <button type={type} aria-label={label} className={classes(css.button, css.icon, small && css.small, className)} {...rest}>
        {children}
      </button>
    </Tooltip>
  );
}
