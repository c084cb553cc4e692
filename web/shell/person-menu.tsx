import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconKeyboard, IconLogout, IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { call } from '../data/client.ts';
import { useMe } from '../data/queries.ts';
import { queryClient } from '../data/query-client.ts';
import { changeLanguage, currentLanguage, type Language } from '../i18n/index.ts';
import { turnPushOff } from '../notifications/push.ts';
import { Avatar } from '../ui/bits.tsx';
import css from './shell.module.css';

const languages: { value: Language; label: string }[] = [
  { value: 'ru', label: 'Русский' },
  { value: 'en', label: 'English' },
];
const schemes: MantineColorScheme[] = ['auto', 'light', 'dark'];

export async function signOut(): Promise<void> {
  await turnPushOff().catch(() => undefined);
  await call('DELETE', '/api/session');
  queryClient.clear();
  location.assign('/');
}

export function PersonMenu({ onKeys, onSearch }: { onKeys: () => void; onSearch: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const tick = (on: boolean) => (on ? <IconCheck size={16} aria-hidden /> : <span style={{ width: 16, display: 'block' }} />);
  return (
    <Menu position="right-end" width={240}>
      <Menu.Target>
        <button type="button" className={css.item} aria-label={t('person.menu')}>
          <Avatar name={me.user.name} size={28} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={css.who}>
          <strong>{me.user.name}</strong>
          <small>{me.user.email}</small>
          <small>
            {me.account.name} · {t(`role.${me.role}`)}
          </small>
        </div>
        <Menu.Divider />
        <Menu.Label>{t('person.language')}</Menu.Label>
        {languages.map(({ value, label }) => (
          <Menu.Item key={value} lang={value} leftSection={tick(currentLanguage() === value)} onClick={() => void changeLanguage(value)}>
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('person.theme')}</Menu.Label>
        {schemes.map((scheme) => (
          <Menu.Item key={scheme} leftSection={tick(colorScheme === scheme)} onClick={() => setColorScheme(scheme)}>
            {t(`theme.${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconSearch size={16} aria-hidden />} onClick={onSearch}>
          {t('nav.search')}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={onKeys}>
          {t('keys.title')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          {t('person.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
