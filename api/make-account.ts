import { randomBytes } from 'node:crypto';
import type { Sql } from '../db/connection.ts';
import { type Account, insertAccount } from '../db/stores/accounts.ts';
import { insertUser } from '../db/stores/users.ts';
import type { Auth } from './auth/auth.ts';
import { ensurePerson, makeOrganization } from './auth/people.ts';

export interface AccountWanted {
  name: string;
  subdomain?: string | undefined;
  language: 'ru' | 'en';
  timeZone: string;
  isDemo: boolean;
  administrator: { name: string; email: string; password?: string | undefined };
}

export interface AccountMade {
  account: Account;
  userId: number;
  authUserId: string;
  /** Made for a new person who brought none; null otherwise. */
  password: string | null;
}

/** Makes an account that can work at once, with its administrator. A subdomain that is taken throws Postgres' unique violation. */
export async function makeAccount(deps: { sql: Sql; auth: Auth; now(): number }, wanted: AccountWanted): Promise<AccountMade> {
  const { administrator } = wanted;
  const person = await ensurePerson(deps.auth, {
    email: administrator.email,
    name: administrator.name,
    ...(administrator.password === undefined ? {} : { password: administrator.password }),
  });
  const subdomain = wanted.subdomain ?? `a${randomBytes(5).toString('hex')}`;
  const slug = `${subdomain}-${randomBytes(4).toString('hex')}`;
  const organizationId = await makeOrganization(deps.auth, { name: wanted.name, slug, ownerId: person.authUserId });
  return deps.sql.begin(async (tx) => {
    const { name, timeZone, language, isDemo } = wanted;
    const account = await insertAccount(tx, { name, subdomain, timeZone, language, organizationId, isDemo }, deps.now());
    const user = await insertUser(
      tx,
      account.id,
      {
        name: administrator.name,
        email: administrator.email.toLowerCase(),
        role: 'administrator',
        rights: {},
        authUserId: person.authUserId,
      },
      deps.now(),
    );
    return { account, userId: user!.id, authUserId: person.authUserId, password: person.password };
  });
}
