import { useTranslation } from 'react-i18next';
import { abilitiesOf, CHANNEL_TYPES } from '../../domain/message/abilities.ts';
import { useNow } from '../lib/use-now.ts';
import { Notice } from '../ui/bits.tsx';

const HOUR_MS = 3_600_000;

/** Says before sending that the messenger takes nothing any more: so long after the client's last message only approved templates pass (WhatsApp). */
export function WindowNotice({ channelType, lastClientAt }: { channelType: string; lastClientAt: number | null }) {
  const { t } = useTranslation();
  const now = useNow(60_000);
  const windowMs = CHANNEL_TYPES.includes(channelType) ? abilitiesOf(channelType).windowMs : undefined;
  if (windowMs === undefined || now - (lastClientAt ?? 0) < windowMs) return null;
  return <Notice state="late">{t('composer.windowClosed', { hours: Math.round(windowMs / HOUR_MS) })}</Notice>;
}
