/**
 * What a user may do. Pure: the API asks it for every request, the pages hide what it forbids. A user's own rights overrule those of the group,
 * which overrule those of the role. Administrators may do everything.
 */

/** Whose clients: of nobody but oneself, of the group's users too, or of all. Clients nobody answers for count as everybody's, unless `none`. */
export type Scope = 'none' | 'own' | 'group' | 'all';
export type Role = 'administrator' | 'manager' | 'readonly';

export interface Rights {
  /** Contacts with everything that hangs on them: leads, chats, conversations, files, runs, events. */
  see: Scope;
  /** Write to them, change their cards; never wider than `see`. */
  edit: Scope;
  closeConversations: boolean;
  runBots: boolean;
  /** Import, change, publish and switch bots. */
  editBots: boolean;
  analytics: boolean;
  export: boolean;
  merge: boolean;
  /** Channels, settings, tokens of others, users are an administrator's; this is the rest of the settings pages. */
  settings: boolean;
}

export type Permission = Exclude<keyof Rights, 'see' | 'edit'>;
export const permissions = [
  'closeConversations',
  'runBots',
  'editBots',
  'analytics',
  'export',
  'merge',
  'settings',
] as const satisfies Permission[];
const width: Record<Scope, number> = { none: 0, own: 1, group: 2, all: 3 };

export const rightsOfRole: Record<Role, Rights> = {
  administrator: {
    see: 'all',
    edit: 'all',
    closeConversations: true,
    runBots: true,
    editBots: true,
    analytics: true,
    export: true,
    merge: true,
    settings: true,
  },
  manager: {
    see: 'all',
    edit: 'all',
    closeConversations: true,
    runBots: true,
    editBots: false,
    analytics: true,
    export: false,
    merge: true,
    settings: false,
  },
  readonly: {
    see: 'all',
    edit: 'none',
    closeConversations: false,
    runBots: false,
    editBots: false,
    analytics: true,
    export: false,
    merge: false,
    settings: false,
  },
};

/** Whether somebody may change nothing at all: then no route that changes something lets them in. */
export function changesNothing(rights: Rights): boolean {
  const changing: Permission[] = ['closeConversations', 'runBots', 'editBots', 'merge', 'settings'];
  return rights.edit === 'none' && !changing.some((permission) => rights[permission]);
}

/** The rights in force: role, then the group's, then the user's own. A read-only user never gains what changes something. */
export function effectiveRights(role: Role, ofGroup: Partial<Rights> | null, ofUser: Partial<Rights> | null): Rights {
  if (role === 'administrator') return rightsOfRole.administrator;
  const rights = { ...rightsOfRole[role], ...ofGroup, ...ofUser };
  if (role === 'readonly') return { ...rightsOfRole.readonly, see: rights.see, analytics: rights.analytics, export: rights.export };
  return { ...rights, edit: width[rights.edit] > width[rights.see] ? rights.see : rights.edit };
}
