import { IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../ui/bits.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import type { Told } from './connect-forms.ts';
import css from './settings.module.css';

/** What the vendor or the integration must be told; each value can be copied. */
export function ConnectTold({ told: { warning, about, values, below }, onClose }: { told: Told; onClose: () => void }) {
  const { t } = useTranslation();
  const copy = (value: string) => void navigator.clipboard.writeText(value).then(() => toast({ text: t('custom.copied') }));
  return (
    <div className={pageCss.stack}>
      {warning !== undefined && <Notice state="wait">{t(warning)}</Notice>}
      {about !== undefined && <p className={pageCss.muted}>{t(about)}</p>}
      {values.map(({ label, value }, index) => (
        <div key={label} className={css.told}>
          <TextField label={t(label)} value={value} readOnly spellCheck={false} {...(index === 0 ? { 'data-autofocus': true } : {})} />
          <IconButton label={t('custom.copy', { name: t(label) })} onClick={() => copy(value)}>
            <IconCopy size={18} stroke={1.6} aria-hidden />
          </IconButton>
        </div>
      ))}
      {below !== undefined && <p className={pageCss.muted}>{t(below)}</p>}
      <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
        <Button kind="primary" onClick={onClose}>
          {t('common.close')}
        </Button>
      </div>
    </div>
  );
}
