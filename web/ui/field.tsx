import { type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes, type TextareaHTMLAttributes, useId } from 'react';
import { classes } from '../lib/classes.ts';
import css from './field.module.css';

interface FieldWords {
  label?: string;
  hint?: ReactNode;
  /** What is wrong and what to do about it; replaces the hint. */
  error?: string | undefined;
}

function Frame({ label, hint, error, id, children }: FieldWords & { id: string; children: ReactNode }) {
  return (
    <div className={css.field}>
      {label !== undefined && (
        <label className={css.label} htmlFor={id}>
          {label}
        </label>
      )}
      {children}
      {error !== undefined ? (
        <div className={css.error} id={`${id}-words`} role="alert">
          {error}
        </div>
      ) : hint !== undefined ? (
        <div className={css.hint} id={`${id}-words`}>
          {hint}
        </div>
      ) : null}
    </div>
  );
}

const described = (id: string, { hint, error }: FieldWords) =>
  hint === undefined && error === undefined ? {} : { 'aria-describedby': `${id}-words`, 'aria-invalid': error !== undefined };

export function TextField({
  label,
  hint,
  error,
  className,
  ...rest
}: FieldWords & InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  const own = useId();
  const id = rest.id ?? own;
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <input {...rest} id={id} className={classes(css.input, className)} {...described(id, { hint, error })} />
    </Frame>
  );
}

export function TextArea({ label, hint, error, className, ...rest }: FieldWords & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <textarea {...rest} id={id} className={classes(css.input, className)} {...described(id, { hint, error })} />
    </Frame>
  );
}

/** The system's own list: fast, right on a phone, known to every screen reader. */
export function Select({ label, hint, error, className, children, ...rest }: FieldWords & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <select {...rest} id={id} className={classes(css.input, className)} {...described(id, { hint, error })}>
        {children}
      </select>
    </Frame>
  );
}

interface TickProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'type'> {
  label: ReactNode;
  hint?: ReactNode;
}

export function Checkbox({ label, hint, ...rest }: TickProps) {
  return (
    <label className={css.check}>
      <input type="checkbox" {...rest} />
      <span>
        {label}
        {hint !== undefined && <small>{hint}</small>}
      </span>
    </label>
  );
}

export function Radio({ label, hint, ...rest }: TickProps) {
  return (
    <label className={css.check}>
      <input type="radio" {...rest} />
      <span>
        {label}
        {hint !== undefined && <small>{hint}</small>}
      </span>
    </label>
  );
}

/** A switch that takes effect at once; `hint` says what stops working while it is off. */
export function Switch({ label, hint, ...rest }: TickProps) {
  return (
    <label className={css.switchRow}>
      <input type="checkbox" role="switch" aria-checked={rest.checked === true} className={css.switch} {...rest} />
      <span>
        {label}
        {hint !== undefined && (
          <small className={css.hint} style={{ display: 'block' }}>
            {hint}
          </small>
        )}
      </span>
    </label>
  );
}
