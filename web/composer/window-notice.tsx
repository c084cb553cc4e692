import { useTranslation } from 'react-i18next';
import { duration } from '../lib/time.ts';
import { Notice } from '../ui/bits.tsx';
import type { MessengerWindow } from './window.ts';

const HOUR_MS = 3_600_000;
/** From here on the writer is told how long it still is open. */
const SOON_MS = 4 * HOUR_MS;

/** Says before sending what the messenger takes: everything for so long still, only approved templates (WhatsApp), or nothing. `never`: the client has not written there yet. */
export function WindowNotice({ window, never }: { window: MessengerWindow; never: boolean }) {
  const { t } = useTranslation();
  if (never) return <Notice>{t('composer.windowNever')}</Notice>;
  if (window.closed)
    return (
      <Notice state="late">
        {t(window.takesTemplates ? 'composer.windowClosed' : 'composer.windowOver', { hours: Math.round(window.windowMs / HOUR_MS) })}
      </Notice>
    );
  if (window.leftMs > SOON_MS) return null;
  return (
    <Notice state="wait">
      {t(window.takesTemplates ? 'composer.windowSoon' : 'composer.windowSoonOver', { left: duration(window.leftMs) })}
    </Notice>
  );
}
