import { IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.tsx';
import pageCss from '../ui/page.module.css';

interface AddSectionProps {
  title: string;
  /** Words of the button. */
  add: string;
  /** Only administrators add. */
  disabled: boolean;
  onAdd: () => void;
  children: ReactNode;
}

/** A list of things that administrators add to. */
export function AddSection({ title, add, disabled, onAdd, children }: AddSectionProps) {
  const { t } = useTranslation();
  return (
    <section className={pageCss.card}>
      <div className={pageCss.cardHead}>
        <h2>{title}</h2>
        <Button
          disabled={disabled}
          title={disabled ? t('may.administer') : undefined}
          icon={<IconPlus size={18} stroke={1.6} aria-hidden />}
          onClick={onAdd}
        >
          {add}
        </Button>
      </div>
      {children}
    </section>
  );
}
