import { useTranslation } from 'react-i18next';
import type { Channel } from '../../api/contract/index.ts';
import { fieldWords } from '../data/words.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';

/** What Meta's app settings give: a token, the number's id, the app's secret. */
export function WhatsAppFields({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <>
      <ol className={pageCss.steps}>
        <li>
          {t('connect.whatsapp.1')}{' '}
          <a href="https://developers.facebook.com/apps" target="_blank" rel="noreferrer">
            developers.facebook.com
          </a>
        </li>
        <li>{t('connect.whatsapp.2')}</li>
        <li>{t('connect.whatsapp.3')}</li>
      </ol>
      <TextField
        name="token"
        label={t('connect.whatsapp.token')}
        placeholder="EAA…"
        autoComplete="off"
        spellCheck={false}
        required
        data-autofocus
        error={fieldWords(error, 'token')}
      />
      <TextField
        name="phoneNumberId"
        label={t('connect.whatsapp.phoneNumberId')}
        hint={t('connect.whatsapp.phoneNumberIdHint')}
        inputMode="numeric"
        autoComplete="off"
        required
        error={fieldWords(error, 'phoneNumberId')}
      />
      <TextField
        name="appSecret"
        label={t('connect.whatsapp.appSecret')}
        hint={t('connect.whatsapp.appSecretHint')}
        autoComplete="off"
        spellCheck={false}
        required
        error={fieldWords(error, 'appSecret')}
      />
      <TextField
        name="businessAccountId"
        label={t('connect.whatsapp.businessAccountId')}
        hint={t('connect.whatsapp.businessAccountIdHint')}
        inputMode="numeric"
        autoComplete="off"
        error={fieldWords(error, 'businessAccountId')}
      />
    </>
  );
}

/** What must be entered in the app's own settings where Meta did not let us set the address. */
export function WhatsAppAddress({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={pageCss.stack}>
      <p className={pageCss.muted}>{t('connect.whatsapp.byHand')}</p>
      <TextField label={t('connect.whatsapp.address')} value={channel.webhookUrl} readOnly data-autofocus />
      <TextField label={t('connect.whatsapp.verifyToken')} value={channel.secret ?? ''} readOnly />
      <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
        <Button kind="primary" onClick={onClose}>
          {t('common.close')}
        </Button>
      </div>
    </div>
  );
}
