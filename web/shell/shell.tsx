import { IconAddressBook, IconChartBar, IconInbox, IconRobot, IconSearch, IconSettings, IconUsers } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, Outlet, useLocation } from 'react-router';
import { useLink } from '../data/live.ts';
import { useCounts, useMe } from '../data/queries.ts';
import { useInternalCounts } from '../internal/data.ts';
import { isMac, useHotkeys } from '../lib/hotkeys.ts';
import { Count } from '../ui/bits.tsx';
import { Bell } from './bell.tsx';
import { PersonMenu } from './person-menu.tsx';
import css from './shell.module.css';

const loadSpotlight = () => import('./spotlight.tsx');
const Spotlight = lazy(loadSpotlight);
const HotkeyList = lazy(() => import('./hotkey-list.tsx'));

interface RailLinkProps {
  to: string;
  /** Another place of the same section. */
  also?: string;
  icon: ReactNode;
  label: string;
  count?: number;
  /** On a phone it stands in the menu instead. */
  onlyWide?: boolean;
}

function RailLink({ to, also, icon, label, count = 0, onlyWide = false }: RailLinkProps) {
  const isInside = useLocation().pathname.startsWith(also ?? to);
  return (
    <NavLink
      to={to}
      className={`${css.item} ${onlyWide ? css.desk : ''}`}
      {...(also !== undefined && isInside ? { 'data-inside': true } : {})}
    >
      {icon}
      <span>{label}</span>
      {count > 0 && (
        <span className={css.itemCount}>
          <Count value={count} />
        </span>
      )}
    </NavLink>
  );
}

/** True once the link has been away for 3 s: a short hiccup is nobody's business. */
function useLost(): boolean {
  const link = useLink();
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (link !== 'lost') {
      setLost(false);
      return;
    }
    const timer = setTimeout(() => setLost(true), 3000);
    return () => clearTimeout(timer);
  }, [link]);
  return lost;
}

/** The frame of every page: rail, search, bell, and the keys that work everywhere. */
export function Shell() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const counts = useCounts();
  const me = useMe();
  const fromColleagues = useInternalCounts();
  const lost = useLost();
  const [open, setOpen] = useState<'search' | 'keys'>();
  // Fetched while nobody waits, so that it opens under the first letter.
  useEffect(() => {
    const timer = setTimeout(() => loadSpotlight().catch(() => undefined), 1500);
    return () => clearTimeout(timer);
  }, []);
  useHotkeys({ 'mod+k': () => setOpen((now) => (now === 'search' ? undefined : 'search')), '?': () => setOpen('keys') });
  // On a phone an opened conversation or card has the whole height.
  const bare = /^\/(inbox|leads|customers|bots|team)\/\d+/.test(pathname);
  return (
    <div className={css.shell} data-bare={bare}>
      <nav className={css.rail} aria-label={t('nav.label')}>
        <div className={css.mark}>
          <img src="/icon.svg" width={28} height={28} alt="Beseda" />
        </div>
        <RailLink
          to="/inbox"
          icon={<IconInbox size={22} stroke={1.6} aria-hidden />}
          label={t('nav.inbox')}
          count={counts.data?.unread ?? 0}
        />
        <RailLink to="/leads" also="/customers" icon={<IconAddressBook size={22} stroke={1.6} aria-hidden />} label={t('nav.leads')} />
        <RailLink
          to="/team"
          icon={<IconUsers size={22} stroke={1.6} aria-hidden />}
          label={t('nav.team')}
          count={fromColleagues.data?.unread ?? 0}
        />
        <RailLink to="/bots" icon={<IconRobot size={22} stroke={1.6} aria-hidden />} label={t('nav.bots')} />
        {me.rights.analytics && (
          <RailLink to="/analytics" onlyWide icon={<IconChartBar size={22} stroke={1.6} aria-hidden />} label={t('nav.analytics')} />
        )}
        <RailLink to="/settings" onlyWide icon={<IconSettings size={22} stroke={1.6} aria-hidden />} label={t('nav.settings')} />
        <div className={css.space} />
        <button
          type="button"
          className={`${css.item} ${css.desk}`}
          onClick={() => setOpen('search')}
          title={`${t('nav.search')} · ${isMac ? '⌘' : 'Ctrl'} K`}
        >
          <IconSearch size={20} stroke={1.6} aria-hidden />
          <span>{isMac ? '⌘K' : 'Ctrl K'}</span>
          <span className="visually-hidden">{t('nav.search')}</span>
        </button>
        <Bell />
        <PersonMenu onKeys={() => setOpen('keys')} onSearch={() => setOpen('search')} />
      </nav>
      <div className={css.main}>
        {lost && (
          <div className={css.lost} role="status">
            {t('common.reconnecting')}
          </div>
        )}
        <Suspense>
          <Outlet />
        </Suspense>
      </div>
      <Suspense>
        {open === 'search' && <Spotlight onClose={() => setOpen(undefined)} onKeys={() => setOpen('keys')} />}
        {open === 'keys' && <HotkeyList onClose={() => setOpen(undefined)} />}
      </Suspense>
    </div>
  );
}
