import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChartBar, IconCheck, IconKeyboard, IconLogout, IconSearch, IconSettings } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { call } from '../data/client.ts';
import { useMe } from '../data/queries.ts';
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
  // The page begins anew and knows nothing then. Forgotten before that, who is signed in would be missed by what is still drawn.
  location.assign('/');
}

/** The person's own things; on a phone also the sections that its bar has no room for. */
export function PersonMenu({ onKeys, onSearch }: { onKeys: () => void; onSearch: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const { pathname } = useLocation();
  const narrow = useMediaQuery('(max-width: 719px)');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const tick = (on: boolean) => (on ? <IconCheck size={16} aria-hidden /> : <span style={{ width: 16, display: 'block' }} />);
  return (
    <Menu position={narrow ? 'top-end' : 'right-end'} width={240}>
      <Menu.Target>
        <button
          type="button"
          className={css.item}
          aria-label={t('person.menu')}
          {...(narrow && /^\/(analytics|settings)/.test(pathname) ? { 'data-inside': true } : {})}
        >
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
        {narrow && (
          <>
            {me.rights.analytics && (
              <Menu.Item component={Link} to="/analytics" leftSection={<IconChartBar size={16} aria-hidden />}>
                {t('nav.analytics')}
              </Menu.Item>
            )}
            <Menu.Item component={Link} to="/settings" leftSection={<IconSettings size={16} aria-hidden />}>
              {t('nav.settings')}
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
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
