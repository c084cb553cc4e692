import { createHash } from 'node:crypto';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import { organization } from 'better-auth/plugins';
import { database, type Sql } from '../../db/connection.ts';
import * as tables from '../../db/schema/auth.ts';

export interface AuthOptions {
  sql: Sql;
  secretKey: Uint8Array;
  /** Where pages are served from; cookies are secure when it is https. */
  baseUrl: string;
}

/**
 * Sessions, passwords, organisations as accounts, and API keys, over our tables. Only its server functions are used: every address is a route
 * of ours, so that roles, limits and errors are the same everywhere.
 */
export function createAuth({ sql, secretKey, baseUrl }: AuthOptions) {
  const installation = createHash('sha256').update('cookie').update(secretKey).digest('hex').slice(0, 8);
  return betterAuth({
    baseURL: baseUrl,
    basePath: '/api/auth',
    secret: createHash('sha256').update('sessions').update(secretKey).digest('base64url'),
    database: drizzleAdapter(database(sql), {
      provider: 'pg',
      schema: {
        user: tables.authUsers,
        session: tables.authSessions,
        account: tables.authCredentials,
        verification: tables.authVerifications,
        organization: tables.authOrganizations,
        member: tables.authMembers,
        invitation: tables.authInvitations,
        apikey: tables.authApiKeys,
      },
    }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 8, maxPasswordLength: 128 },
    session: { expiresIn: 30 * 24 * 60 * 60, updateAge: 24 * 60 * 60 },
    advanced: {
      // Two installations on one host share its cookies: each has names of its own.
      cookiePrefix: `beseda-${installation}`,
      useSecureCookies: baseUrl.startsWith('https:'),
      defaultCookieAttributes: { sameSite: 'lax', httpOnly: true },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    plugins: [
      organization({ allowUserToCreateOrganization: false, disableOrganizationDeletion: true }),
      apiKey({
        defaultPrefix: 'bsd_',
        defaultKeyLength: 48,
        enableMetadata: true,
        maximumNameLength: 100,
        startingCharactersConfig: { shouldStore: true, charactersLength: 8 },
        rateLimit: { enabled: false },
      }),
    ],
  });
}

export type Auth = ReturnType<typeof createAuth>;
