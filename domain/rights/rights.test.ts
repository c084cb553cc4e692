import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesNothing, effectiveRights, permissions, type Rights, type Role, rightsOfRole, type Scope } from './rights.ts';

const roles: Role[] = ['administrator', 'manager', 'readonly'];
const scopes: Scope[] = ['none', 'own', 'group', 'all'];
const wide = (scope: Scope) => scopes.indexOf(scope);

/** Rights as a group or a user may have them: any of them, or none. */
const some: fc.Arbitrary<Partial<Rights>> = fc.record(
  {
    see: fc.constantFrom(...scopes),
    edit: fc.constantFrom(...scopes),
    ...Object.fromEntries(permissions.map((permission) => [permission, fc.boolean()])),
  },
  { requiredKeys: [] },
);
const anyRole = fc.constantFrom(...roles);

describe('the rights in force', () => {
  test('are those of the role where neither group nor user says otherwise', () => {
    for (const role of roles) {
      expect(effectiveRights(role, null, null)).toEqual(rightsOfRole[role]);
      expect(effectiveRights(role, {}, {})).toEqual(rightsOfRole[role]);
    }
  });

  test('the group overrules the role, the user overrules the group, one right at a time', () => {
    const rights = effectiveRights('manager', { see: 'group', edit: 'own', export: true, merge: false }, { edit: 'group', export: false });
    expect(rights).toEqual({ ...rightsOfRole.manager, see: 'group', edit: 'group', export: false, merge: false });
  });

  test('nobody changes what they do not see: the right to change is cut to the right to see', () => {
    expect(effectiveRights('manager', null, { see: 'own' })).toMatchObject({ see: 'own', edit: 'own' });
    expect(effectiveRights('manager', { see: 'none' }, { edit: 'all' })).toMatchObject({ see: 'none', edit: 'none' });
    expect(effectiveRights('manager', null, { see: 'all', edit: 'own' })).toMatchObject({ see: 'all', edit: 'own' });
    fc.assert(
      fc.property(anyRole, some, some, (role, ofGroup, ofUser) => {
        const { see, edit } = effectiveRights(role, ofGroup, ofUser);
        return wide(edit) <= wide(see);
      }),
    );
  });

  test('an administrator may do everything, whatever a group or the user themselves was given', () => {
    fc.assert(
      fc.property(some, some, (ofGroup, ofUser) => {
        expect(effectiveRights('administrator', ofGroup, ofUser)).toEqual(rightsOfRole.administrator);
      }),
    );
  });

  test('a read-only user gains nothing that changes something, but may see less, report and export', () => {
    fc.assert(fc.property(some, some, (ofGroup, ofUser) => changesNothing(effectiveRights('readonly', ofGroup, ofUser))));
    expect(effectiveRights('readonly', { see: 'group', analytics: false }, { export: true, editBots: true, edit: 'all' })).toEqual({
      ...rightsOfRole.readonly,
      see: 'group',
      analytics: false,
      export: true,
    });
  });

  test('every right is there, whatever was stored', () => {
    fc.assert(
      fc.property(anyRole, some, some, (role, ofGroup, ofUser) => {
        const rights = effectiveRights(role, ofGroup, ofUser);
        expect(Object.keys(rights).sort()).toEqual(['see', 'edit', ...permissions].sort());
      }),
    );
  });
});

describe('who may change nothing', () => {
  test('is a read-only user, and a manager from whom everything was taken', () => {
    const nothing = Object.fromEntries(permissions.map((permission) => [permission, false]));
    expect(changesNothing(rightsOfRole.readonly)).toBe(true);
    expect(changesNothing(effectiveRights('manager', { ...nothing, edit: 'none' }, null))).toBe(true);
    expect(changesNothing(effectiveRights('manager', { ...nothing, edit: 'none', analytics: true, export: true }, null))).toBe(true);
  });

  test('is nobody who may change one client or holds one right that changes something', () => {
    const nothing = Object.fromEntries(permissions.map((permission) => [permission, false]));
    expect(changesNothing(rightsOfRole.manager)).toBe(false);
    expect(changesNothing(effectiveRights('manager', { ...nothing, edit: 'own' }, null))).toBe(false);
    for (const permission of ['closeConversations', 'runBots', 'editBots', 'merge', 'settings'] as const) {
      expect(changesNothing(effectiveRights('manager', { ...nothing, edit: 'none' }, { [permission]: true }))).toBe(false);
    }
  });
});
