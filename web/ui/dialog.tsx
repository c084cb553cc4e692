import { Modal, type ModalProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface DialogProps extends Omit<ModalProps, 'opened'> {
  /** Nothing inside wants to be filled in: the title takes the focus, so that no button looks chosen. */
  reading?: boolean;
}

/** A dialog that is there as long as it is drawn. Esc and a click beside it close it; the focus goes back to where it was. */
export function Dialog({ reading = false, title, ...rest }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      title={
        reading ? (
          <span data-autofocus tabIndex={-1} style={{ outline: 0 }}>
            {title}
          </span>
        ) : (
          title
        )
      }
      closeButtonProps={{ 'aria-label': t('common.close') }}
      {...rest}
    />
  );
}
