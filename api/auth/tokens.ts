import { createHash } from 'node:crypto';
import { defaultKeyHasher } from '@better-auth/api-key';
import type { Sql } from '../../db/connection.ts';
import { accountsOfPerson, type Membership } from '../../db/stores/accounts.ts';
import type { Actor } from '../actor.ts';
import { ApiError } from '../errors.ts';
import type { Auth } from './auth.ts';

/** A token is verified once and believed for this long: verification writes a row, and a revoked token must end soon. */
const BELIEVED_MS = 10_000;
const MOST_KEPT = 10_000;

export interface TokenCheck {
  /** The actor a token speaks for; undefined for an unknown, disabled or expired one. */
  actorOf(token: string): Promise<Actor | undefined>;
  /** After roles, users or tokens were changed. Other processes follow within ten seconds. */
  forget(): void;
}

export function createTokenCheck(auth: Auth, sql: Sql, now: () => number): TokenCheck {
  const known = new Map<string, { until: number; actor: Promise<Actor | undefined> }>();
  return {
    actorOf(token) {
      const hash = createHash('sha256').update(token).digest('base64');
      const hit = known.get(hash);
      if (hit !== undefined && hit.until > now()) return hit.actor;
      if (known.size >= MOST_KEPT) known.clear();
      const actor = verify(auth, sql, token);
      known.set(hash, { until: now() + BELIEVED_MS, actor });
      // A failed question (database away) is asked again at the next request, and so is a token that may be made this moment.
      actor.then(
        (found) => found === undefined && known.delete(hash),
        () => known.delete(hash),
      );
      return actor;
    },
    forget: () => known.clear(),
  };
}

async function verify(auth: Auth, sql: Sql, token: string): Promise<Actor | undefined> {
  const { valid, key } = await auth.api.verifyApiKey({ body: { key: token } });
  if (!valid || key === null) return refused(sql, token);
  const accountId = accountOf(key.metadata);
  return accountId === undefined ? undefined : actorIn(sql, key.referenceId, (account) => account.id === accountId, 'token');
}

/** The library calls a token invalid also when the database failed it: only a token that really is not there may be refused. */
async function refused(sql: Sql, token: string): Promise<undefined> {
  const [row] = await sql`
    select 1 from auth_api_keys where key = ${await defaultKeyHasher(token)} and enabled and (expires_at is null or expires_at > now())`;
  if (row !== undefined) throw new ApiError('unavailable', 'The token could not be checked: try again');
}

/** The user a person is in the account that is wanted, as an actor; undefined when the person has no active user there. */
export async function actorIn(
  sql: Sql,
  authUserId: string,
  isWanted: (account: Membership) => boolean,
  via: Actor['via'],
): Promise<Actor | undefined> {
  const account = (await accountsOfPerson(sql, authUserId)).find(isWanted);
  if (account === undefined) return undefined;
  const { id: accountId, userId, role, rights, colleagueIds } = account;
  return { accountId, userId, role, rights, colleagueIds, isOperator: account.isDemo && role === 'administrator', via };
}

function accountOf(metadata: unknown): number | undefined {
  const given: unknown = typeof metadata === 'string' ? JSON.parse(metadata) : metadata;
  const value = (given as { accountId?: unknown } | null)?.accountId;
  return typeof value === 'number' ? value : undefined;
}
