/** Who answers for new contacts of a channel. `lastUserId` is who got the one before. */
export type ResponsibleRule =
  | { rule: 'connectingUser'; userId: number }
  | { rule: 'fixed'; userId: number }
  | { rule: 'roundRobin'; userIds: readonly number[]; lastUserId?: number }
  | { rule: 'nobody' };

/**
 * The user responsible for a new lead: the contact's own, else the channel's setting. Users who are no longer active are passed over;
 * undefined means nobody is responsible, and everybody who may see the conversation is notified.
 */
export function chooseResponsible({
  contactResponsibleId,
  setting,
  activeUserIds,
}: {
  contactResponsibleId?: number;
  setting: ResponsibleRule;
  activeUserIds: ReadonlySet<number>;
}): number | undefined {
  if (contactResponsibleId !== undefined && activeUserIds.has(contactResponsibleId)) return contactResponsibleId;
  switch (setting.rule) {
    case 'connectingUser':
    case 'fixed':
      return activeUserIds.has(setting.userId) ? setting.userId : undefined;
    case 'roundRobin': {
      // indexOf gives -1 for nobody and for a user taken off the list: both begin at the first.
      const start = setting.lastUserId === undefined ? 0 : setting.userIds.indexOf(setting.lastUserId) + 1;
      const inTurn = [...setting.userIds.slice(start), ...setting.userIds.slice(0, start)];
      return inTurn.find((userId) => activeUserIds.has(userId));
    }
    case 'nobody':
      return undefined;
  }
}
