import {
  IconAlertTriangle,
  IconBrandTelegram,
  IconBrandViber,
  IconBrandVk,
  IconBrandWhatsapp,
  IconCircleLetterM,
  IconMessageCircle,
  IconMessages,
  IconX,
} from '@tabler/icons-react';
import type { CSSProperties, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { agoTime, fullTime, shortTime } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';
import css from './bits.module.css';

/** What a colour on the page may say. */
export type State = 'wait' | 'late' | 'ok' | 'bot';

const initials = (name: string): string =>
  name
    .trim()
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase() || '·';

const channelIcons: Record<string, typeof IconMessages> = {
  telegram: IconBrandTelegram,
  vk: IconBrandVk,
  whatsapp: IconBrandWhatsapp,
  viber: IconBrandViber,
  max: IconCircleLetterM,
  webchat: IconMessageCircle,
};

/** Type of a channel (`telegram`, `webchat`) as a small picture. */
export function ChannelIcon({ type, size = 14 }: { type: string; size?: number }) {
  const Icon = channelIcons[type] ?? IconMessages;
  return <Icon size={size} stroke={1.8} aria-hidden />;
}

export function Avatar({
  name,
  size = 36,
  channelType,
  channelName,
}: {
  name: string;
  size?: number;
  channelType?: string;
  channelName?: string;
}) {
  return (
    <span
      className={css.avatar}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.36) }}
      aria-hidden={channelName === undefined}
    >
      {initials(name)}
      {channelType !== undefined && (
        <span className={css.avatarBadge} title={channelName} role="img" aria-label={channelName}>
          <ChannelIcon type={channelType} size={11} />
        </span>
      )}
    </span>
  );
}

export function Badge({ state, title, children }: { state?: State | undefined; title?: string | undefined; children: ReactNode }) {
  return (
    <span className={css.badge} data-state={state} title={title}>
      {children}
    </span>
  );
}

export const Dot = ({ state }: { state?: State | undefined }) => <span className={css.dot} data-state={state} aria-hidden />;

export const Count = ({ value }: { value: number }) => (value > 0 ? <span className={css.count}>{value > 99 ? '99+' : value}</span> : null);

/** A filter in force, in plain words, with its removal; `removal`: what that says where it is no filter. */
export function Chip({ children, removal, onRemove }: { children: ReactNode; removal?: string; onRemove: () => void }) {
  const { t } = useTranslation();
  return (
    <span className={css.chip}>
      <span>{children}</span>
      <button type="button" aria-label={removal ?? t('common.removeFilter')} onClick={onRemove}>
        <IconX size={14} aria-hidden />
      </button>
    </span>
  );
}

/** A short time that stays true while the page is open, with the whole instant on hover. `ago`: behind a word of what happened then. */
export function Time({ at, ago = false, className }: { at: number; ago?: boolean; className?: string | undefined }) {
  const now = useNow(10_000);
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at)} className={className}>
      {ago ? agoTime(at, now) : shortTime(at, now)}
    </time>
  );
}

/** Nothing here yet: says so, and what to do next. */
export function Empty({ icon, title, children, action }: { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={css.empty}>
      {icon !== undefined && <div className={css.emptyIcon}>{icon}</div>}
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {action !== undefined && <div className={css.emptyActions}>{action}</div>}
    </div>
  );
}

/** A grey stand-in of exactly the size of what will come. */
export const Skeleton = ({ width = '100%', height = 12, style }: { width?: number | string; height?: number; style?: CSSProperties }) => (
  <div className={css.skeleton} style={{ width, height, ...style }} aria-hidden />
);

export const Kbd = ({ children }: { children: ReactNode }) => <kbd className={css.kbd}>{children}</kbd>;

/** A quiet line that says something about the state of what it stands beside. */
export function Notice({ state, icon, children }: { state?: State | undefined; icon?: ReactNode; children: ReactNode }) {
  return (
    <div className={css.notice} data-state={state} role={state === 'late' ? 'alert' : 'status'}>
      {icon ?? (state === 'late' || state === 'wait' ? <IconAlertTriangle size={16} aria-hidden /> : null)}
      <span>{children}</span>
    </div>
  );
}
