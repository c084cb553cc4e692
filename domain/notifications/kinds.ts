/** What a notification may tell of, in the groups that people filter by. */
export const notificationKinds = [
  'clientWrote',
  'missed',
  'botFailed',
  'channelDisconnected',
  'eventParked',
  'npsAlarm',
  'mentioned',
  'transferred',
  'invited',
  'internalMessage',
  'exportReady',
  'webhookOff',
] as const;
export type NotificationKind = (typeof notificationKinds)[number];

export const notificationGroups = ['clients', 'team', 'system'] as const;
export type NotificationGroup = (typeof notificationGroups)[number];

export const groupOfKind: Record<NotificationKind, NotificationGroup> = {
  clientWrote: 'clients',
  missed: 'clients',
  npsAlarm: 'clients',
  mentioned: 'team',
  transferred: 'team',
  invited: 'team',
  internalMessage: 'team',
  botFailed: 'system',
  channelDisconnected: 'system',
  eventParked: 'system',
  exportReady: 'system',
  webhookOff: 'system',
};

export const kindsOfGroup = (group: NotificationGroup): NotificationKind[] =>
  notificationKinds.filter((kind) => groupOfKind[kind] === group);
