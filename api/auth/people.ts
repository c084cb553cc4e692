import { randomBytes } from 'node:crypto';
import { defaultKeyHasher } from '@better-auth/api-key';
import type { Auth } from './auth.ts';

/** Finds or makes a person of the sign-in library. A person who is there keeps the password: another account's administrator cannot set it. */
export async function ensurePerson(
  auth: Auth,
  person: { email: string; name: string; password?: string },
): Promise<{ authUserId: string; password: string | null }> {
  const context = await auth.$context;
  const email = person.email.toLowerCase();
  const found = await context.internalAdapter.findUserByEmail(email);
  if (found !== null) return { authUserId: found.user.id, password: null };
  const password = person.password ?? randomBytes(12).toString('base64url');
  const made = await context.internalAdapter.createUser({ email, name: person.name, emailVerified: false }, { method: 'admin' });
  await context.internalAdapter.linkAccount({
    userId: made.id,
    providerId: 'credential',
    accountId: made.id,
    password: await context.password.hash(password),
  });
  return { authUserId: made.id, password: person.password === undefined ? password : null };
}

/** Gives a person a new password; sessions that are open stay. */
export async function setPassword(auth: Auth, authUserId: string, password: string): Promise<void> {
  const context = await auth.$context;
  await context.internalAdapter.updatePassword(authUserId, await context.password.hash(password));
}

/** Makes the organisation that stands for an account, with its owner. */
export async function makeOrganization(auth: Auth, account: { name: string; slug: string; ownerId: string }): Promise<string> {
  const made = await auth.api.createOrganization({ body: { name: account.name, slug: account.slug, userId: account.ownerId } });
  if (made === null) throw new Error('The organisation was not made');
  return made.id;
}

export async function joinOrganization(auth: Auth, organizationId: string, authUserId: string, role: 'admin' | 'member'): Promise<void> {
  const context = await auth.$context;
  const where = [
    { field: 'organizationId', value: organizationId },
    { field: 'userId', value: authUserId },
  ];
  if ((await context.adapter.findOne({ model: 'member', where })) !== null) return;
  await auth.api.addMember({ body: { organizationId, userId: authUserId, role } });
}

/** Makes an API key of a user in one account. The token is shown once; only its hash is kept. */
export async function makeToken(auth: Auth, owner: { authUserId: string; accountId: number; name: string }) {
  const made = await auth.api.createApiKey({
    body: { name: owner.name, userId: owner.authUserId, metadata: { accountId: owner.accountId }, rateLimitEnabled: false },
  });
  return { id: made.id, token: made.key, start: made.start ?? null, createdAt: new Date(made.createdAt).getTime() };
}

/** Makes a token of given text (the demo account's), or leaves it as it is; an earlier text under the same id stops working. */
export async function fixToken(
  auth: Auth,
  id: string,
  owner: { authUserId: string; accountId: number; name: string; token: string },
): Promise<void> {
  const { adapter } = await auth.$context;
  const where = [{ field: 'id', value: id }];
  const row = {
    key: await defaultKeyHasher(owner.token),
    referenceId: owner.authUserId,
    metadata: JSON.stringify({ accountId: owner.accountId }),
    updatedAt: new Date(),
  };
  const updated = await adapter.update({ model: 'apikey', where, update: row });
  if (updated !== null) return;
  await adapter.create({
    model: 'apikey',
    forceAllowId: true,
    data: {
      id,
      configId: 'default',
      name: owner.name,
      enabled: true,
      rateLimitEnabled: false,
      requestCount: 0,
      createdAt: new Date(),
      ...row,
    },
  });
}
