import { Modal, type ModalProps } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface DialogProps extends Omit<ModalProps, 'opened'> {
  /** Nothing inside wants to be filled in: the title takes the focus, so that no button looks chosen. */
  reading?: boolean;
}

/** What had the focus before; for a line of a menu, which vanishes with it, the button that opened the menu. */
function focusOrigin(): HTMLElement | null {
  const focused = document.activeElement;
  const menu = focused?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  const origin = menu === null || menu === undefined ? focused : document.getElementById(menu);
  return origin instanceof HTMLElement ? origin : null;
}

/** A dialog that is there as long as it is drawn. Esc and a click beside it close it; the focus goes back to where it was. */
export function Dialog({ reading = false, title, ...rest }: DialogProps) {
  const { t } = useTranslation();
  const [origin] = useState(focusOrigin);
  useEffect(() => () => origin?.focus(), [origin]);
  return (
    <Modal
      opened
      returnFocus={false}
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
