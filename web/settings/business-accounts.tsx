import { useTranslation } from 'react-i18next';
import type { Channel } from '../../api/contract/index.ts';
import { businessAccountsIn } from '../../domain/message/business.ts';
import { Badge } from '../ui/bits.tsx';
import pageCss from '../ui/page.module.css';
import css from './settings.module.css';

/** The people's own accounts that the channel's bot answers in, and what each lets it do; without any, how one is connected. */
export function BusinessAccounts({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const accounts = businessAccountsIn(channel.facts);
  return (
    <details className={css.colleagues} open={accounts.length > 0 || undefined}>
      <summary>{t('channel.accounts')}</summary>
      <p className={pageCss.muted}>{t('channel.accountsHint')}</p>
      {accounts.length > 0 && (
        <ul>
          {accounts.map(({ ownerId, ownerName, username, isEnabled, mayReply }) => (
            <li key={ownerId}>
              <strong>{ownerName}</strong>
              {username !== undefined && <span className={pageCss.muted}>@{username}</span>}
              <Badge state={isEnabled && mayReply ? 'ok' : 'wait'}>
                {t(!isEnabled ? 'channel.account.off' : mayReply ? 'channel.account.answers' : 'channel.account.reads')}
              </Badge>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
