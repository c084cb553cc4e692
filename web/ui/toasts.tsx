import { IconX } from '@tabler/icons-react';
import i18next from 'i18next';
import { useSyncExternalStore } from 'react';
import css from './toasts.module.css';

interface Toast {
  id: number;
  text: string;
  state?: 'late' | undefined;
  action?: { label: string; run: () => void } | undefined;
}

let toasts: Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: Toast[]): void {
  toasts = next.slice(-3);
  for (const listener of listeners) listener();
}

const dismiss = (id: number) => change(toasts.filter((toast) => toast.id !== id));

/** Says in one line what has just happened, with a way back where there is one. Stays 6 s, a failure 10 s. */
export function toast(words: Omit<Toast, 'id'>): void {
  lastId += 1;
  const id = lastId;
  change([...toasts, { ...words, id }]);
  setTimeout(() => dismiss(id), words.state === 'late' ? 10_000 : 6000);
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className={css.stack} role="status" aria-live="polite">
      {shown.map(({ id, text, state, action }) => (
        <div key={id} className={css.toast} data-state={state}>
          <span>{text}</span>
          {action !== undefined && (
            <button
              type="button"
              onClick={() => {
                dismiss(id);
                action.run();
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" aria-label={i18next.t('common.dismiss')} onClick={() => dismiss(id)}>
            <IconX size={16} aria-hidden />
          </button>
        </div>
      ))}
    </div>
  );
}
