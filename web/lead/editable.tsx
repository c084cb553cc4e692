import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from '../ui/toasts.tsx';
import css from './panel.module.css';

interface EditableProps {
  label: string;
  value: string;
  /** Stores the value; answers whether it was taken. */
  onSave: (value: string) => Promise<boolean>;
  type?: 'text' | 'number' | 'tel' | 'email' | 'url' | 'date';
  lines?: number;
  required?: boolean;
  disabled?: boolean;
  className?: string | undefined;
  placeholder?: string;
  /** How the value looks while nobody edits it, where that differs (`12 000`). */
  shown?: string;
}

/**
 * A value that is its own field: click or Tab into it, Enter or leaving saves, Esc gives up. Saving offers the way back.
 * What arrives from elsewhere meanwhile replaces the shown value, never a text that is being written.
 */
export function Editable({
  label,
  value,
  onSave,
  type = 'text',
  lines,
  required = false,
  disabled = false,
  className,
  placeholder,
  shown,
}: EditableProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<string>();
  const cancelled = useRef(false);
  const [saving, setSaving] = useState<string>();
  useEffect(() => {
    if (saving !== undefined && saving === value) setSaving(undefined);
  }, [saving, value]);

  const leave = async () => {
    const next = draft?.trim();
    setDraft(undefined);
    if (cancelled.current || next === undefined || next === value || (required && next === '')) {
      cancelled.current = false;
      return;
    }
    setSaving(next);
    const before = value;
    const taken = await onSave(next);
    setSaving(undefined);
    if (taken) toast({ text: t('field.saved', { label }), action: { label: t('common.undo'), run: () => void onSave(before) } });
  };
  const keys = (event: KeyboardEvent<HTMLInputElement | HTMLTextAreaElement>) => {
    if (event.key === 'Escape') cancelled.current = true;
    else if (event.key !== 'Enter' || (lines !== undefined && !event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    event.currentTarget.blur();
  };
  const shared = {
    'aria-label': label,
    className: `${css.value} ${className ?? ''}`,
    value: draft ?? saving ?? (shown !== undefined && draft === undefined ? shown : value),
    disabled,
    placeholder: placeholder ?? '—',
    onFocus: () => setDraft(value),
    onBlur: () => void leave(),
    onKeyDown: keys,
    onChange: (event: { target: { value: string } }) => setDraft(event.target.value),
  };
  // A formatted number is a text until somebody edits it.
  const now = type === 'number' && draft === undefined ? 'text' : type;
  return lines === undefined ? <input {...shared} type={now} /> : <textarea {...shared} rows={lines} style={{ resize: 'vertical' }} />;
}
