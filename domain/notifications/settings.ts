/** What one user wants to be told, and how. Stored in part; what is absent has the default. */
import { DAY_MS, MINUTE_MS, offsetAt } from '../schedule/zone.ts';
import { type NotificationKind, notificationKinds } from './kinds.ts';

/** The ways a kind of notification reaches a person. */
export interface Ways {
  /** It stands in the notification centre and counts there. */
  centre: boolean;
  push: boolean;
  sound: boolean;
}

export interface NotificationSettings {
  kinds: Record<NotificationKind, Ways>;
  /** Also what concerns clients nobody answers for. */
  nobodys: boolean;
  /** The sound of open pages, for all kinds together. */
  sound: boolean;
  /** A push shows the client's words; off: only who wrote. */
  showText: boolean;
  /** No push and no sound in these minutes of the local day; `from` after `to` means over midnight. */
  quiet: { enabled: boolean; from: number; to: number; timeZone: string };
  /** The language of pushes: they come while no page is open that would know it. */
  language: 'ru' | 'en';
}

/** As stored: anything may be missing. */
export interface StoredNotificationSettings extends Partial<Omit<NotificationSettings, 'kinds' | 'quiet'>> {
  kinds?: Partial<Record<NotificationKind, Partial<Ways>>>;
  quiet?: Partial<NotificationSettings['quiet']>;
}

const all: Ways = { centre: true, push: true, sound: true };
const silent: Ways = { centre: true, push: true, sound: false };
const centreOnly: Ways = { centre: true, push: false, sound: false };

const defaultWays: Record<NotificationKind, Ways> = {
  clientWrote: all,
  missed: all,
  npsAlarm: all,
  mentioned: all,
  transferred: all,
  invited: all,
  internalMessage: all,
  botFailed: silent,
  channelDisconnected: silent,
  eventParked: centreOnly,
  exportReady: centreOnly,
  webhookOff: centreOnly,
};

/** Kinds that stand in the centre whatever the user chose: an alarm goes to whom the account has named for it. */
export const alwaysInCentre: readonly NotificationKind[] = ['npsAlarm'];

/** Stored settings with defaults. `account` gives language and zone to who never chose any. */
export function completeNotificationSettings(
  stored: StoredNotificationSettings,
  account: { language: string; timeZone: string },
): NotificationSettings {
  const ways = notificationKinds.map((kind) => {
    const chosen = { ...defaultWays[kind], ...stored.kinds?.[kind] };
    return [kind, alwaysInCentre.includes(kind) ? { ...chosen, centre: true } : chosen] as const;
  });
  return {
    kinds: Object.fromEntries(ways) as Record<NotificationKind, Ways>,
    nobodys: stored.nobodys ?? true,
    sound: stored.sound ?? true,
    showText: stored.showText ?? true,
    quiet: { enabled: false, from: 22 * 60, to: 8 * 60, timeZone: account.timeZone, ...stored.quiet },
    language: stored.language ?? (account.language === 'en' ? 'en' : 'ru'),
  };
}

/** Whether the instant lies in the user's quiet hours; the first minute does, the last one does not. */
export function isQuiet({ quiet }: NotificationSettings, at: number): boolean {
  if (!quiet.enabled || quiet.from === quiet.to) return false;
  const local = (((at + offsetAt(quiet.timeZone, at)) % DAY_MS) + DAY_MS) % DAY_MS;
  const minute = local / MINUTE_MS;
  return quiet.from < quiet.to ? quiet.from <= minute && minute < quiet.to : minute >= quiet.from || minute < quiet.to;
}
