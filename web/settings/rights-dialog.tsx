import type { ComponentProps, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import pageCss from '../ui/page.module.css';
import { RightsEditor } from './rights.tsx';

interface RightsDialogProps extends ComponentProps<typeof RightsEditor> {
  /** Whose rights. */
  name: string;
  /** Administrators may everything: there is nothing to take back. */
  resets?: boolean;
  onClose: () => void;
  /** Above the rights. */
  children?: ReactNode;
  /** Before the other buttons. */
  button?: ReactNode;
}

/** The rights of a user or a group, each changed where it stands, and the way back to what is inherited. */
export function RightsDialog({ name, resets = true, onClose, children, button, ...editor }: RightsDialogProps) {
  const { t } = useTranslation();
  const { own, disabled, onChange } = editor;
  return (
    <Dialog onClose={onClose} title={t('users.rightsOf', { name })} size={740}>
      <div className={pageCss.stack}>
        {children}
        <RightsEditor {...editor} />
        <div className={pageCss.actions}>
          {button}
          {resets && (
            <Button disabled={disabled || Object.keys(own).length === 0} onClick={() => onChange({})}>
              {t('rights.resetAll')}
            </Button>
          )}
          <Button kind="primary" onClick={onClose} style={{ marginLeft: 'auto' }}>
            {t('common.close')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
