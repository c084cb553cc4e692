import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, useParams } from 'react-router';
import { useMe } from '../data/queries.ts';
import { DuplicatesSection } from '../duplicates/section.tsx';
import { Notice } from '../ui/bits.tsx';
import pageCss from '../ui/page.module.css';
import { Channels } from './channels.tsx';
import { Chats } from './chats.tsx';
import { NotificationSettings } from './notifications.tsx';
import { QuickReplies } from './quick-replies.tsx';
import css from './settings.module.css';
import { Tokens } from './tokens.tsx';
import { Users } from './users.tsx';
import { AccountWebhooks } from './webhooks.tsx';

const sections = ['channels', 'chats', 'quick', 'duplicates', 'users', 'programs', 'notifications'] as const;

export default function SettingsPage() {
  const { t } = useTranslation();
  const params = useParams();
  const section = sections.find((each) => each === params.section) ?? 'channels';
  const me = useMe();
  const disabled = !me.rights.administer;
  useEffect(() => {
    document.title = `${t('nav.settings')} · Beseda`;
  }, [t]);
  return (
    <main className={css.page}>
      <nav className={css.nav} aria-label={t('nav.settings')}>
        <h1>{t('nav.settings')}</h1>
        {sections.map((each) => (
          <NavLink key={each} to={`/settings/${each}`} aria-current={each === section ? 'page' : undefined}>
            {t(`settings.${each}.title`)}
          </NavLink>
        ))}
      </nav>
      <div className={css.body}>
        <div className={pageCss.column}>
          {section === 'chats' || section === 'duplicates'
            ? !me.rights.settings && <Notice>{t('may.right', { right: t('right.settings') })}</Notice>
            : disabled && section !== 'notifications' && section !== 'quick' && <Notice>{t('settings.readOnly')}</Notice>}
          {section === 'channels' && <Channels disabled={disabled} />}
          {section === 'chats' && <Chats disabled={!me.rights.settings} />}
          {section === 'duplicates' && <DuplicatesSection />}
          {section === 'quick' && <QuickReplies />}
          {section === 'notifications' && <NotificationSettings />}
          {section === 'users' && <Users disabled={disabled} />}
          {section === 'programs' && (
            <>
              <Tokens />
              {!disabled && <AccountWebhooks />}
            </>
          )}
        </div>
      </div>
    </main>
  );
}
