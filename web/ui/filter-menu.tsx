import { Menu } from '@mantine/core';
import { IconFilterPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';

/** The button behind which a list's filters are; what they are is the caller's. */
export function FilterMenu({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Menu width={260}>
      <Menu.Target>
        <Button small kind="quiet" icon={<IconFilterPlus size={16} stroke={1.6} aria-hidden />}>
          {t('leads.addFilter')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        {children}
      </Menu.Dropdown>
    </Menu>
  );
}
