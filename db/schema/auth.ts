/**
 * Tables of the sign-in library (better-auth with organisations and API keys). It owns these rows; the program reads them through it.
 * A person here may be a user of several accounts (`users.auth_user_id`); an organisation stands for an account (`accounts.organization_id`).
 */
import { boolean, customType, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';

/** The library wants dates; the connection brings instants as epoch milliseconds. */
const date = customType<{ data: Date; driverData: number | string }>({
  dataType: () => 'timestamptz(3)',
  fromDriver: (value) => new Date(value),
  toDriver: (value) => value.toISOString(),
});

export const authUsers = pgTable('auth_users', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull().unique(),
  emailVerified: boolean('email_verified').notNull().default(false),
  image: text('image'),
  createdAt: date('created_at').notNull(),
  updatedAt: date('updated_at').notNull(),
});

const authUserId = () =>
  text('user_id')
    .notNull()
    .references(() => authUsers.id, { onDelete: 'cascade' });

export const authSessions = pgTable(
  'auth_sessions',
  {
    id: text('id').primaryKey(),
    expiresAt: date('expires_at').notNull(),
    token: text('token').notNull().unique(),
    createdAt: date('created_at').notNull(),
    updatedAt: date('updated_at').notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    userId: authUserId(),
    activeOrganizationId: text('active_organization_id'),
  },
  (t) => [index('auth_sessions_user').on(t.userId)],
);

/** How a person proves who they are: here always e-mail and password (a scrypt hash). */
export const authCredentials = pgTable(
  'auth_credentials',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    userId: authUserId(),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: date('access_token_expires_at'),
    refreshTokenExpiresAt: date('refresh_token_expires_at'),
    scope: text('scope'),
    password: text('password'),
    createdAt: date('created_at').notNull(),
    updatedAt: date('updated_at').notNull(),
  },
  (t) => [index('auth_credentials_user').on(t.userId)],
);

export const authVerifications = pgTable(
  'auth_verifications',
  {
    id: text('id').primaryKey(),
    identifier: text('identifier').notNull(),
    value: text('value').notNull(),
    expiresAt: date('expires_at').notNull(),
    createdAt: date('created_at').notNull(),
    updatedAt: date('updated_at').notNull(),
  },
  (t) => [index('auth_verifications_identifier').on(t.identifier)],
);

export const authOrganizations = pgTable('auth_organizations', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  slug: text('slug').notNull().unique(),
  logo: text('logo'),
  createdAt: date('created_at').notNull(),
  metadata: text('metadata'),
});

const organizationId = () =>
  text('organization_id')
    .notNull()
    .references(() => authOrganizations.id, { onDelete: 'cascade' });

export const authMembers = pgTable(
  'auth_members',
  {
    id: text('id').primaryKey(),
    organizationId: organizationId(),
    userId: authUserId(),
    role: text('role').notNull().default('member'),
    createdAt: date('created_at').notNull(),
  },
  (t) => [uniqueIndex('auth_members_once').on(t.organizationId, t.userId), index('auth_members_user').on(t.userId)],
);

export const authInvitations = pgTable(
  'auth_invitations',
  {
    id: text('id').primaryKey(),
    organizationId: organizationId(),
    email: text('email').notNull(),
    role: text('role'),
    status: text('status').notNull().default('pending'),
    expiresAt: date('expires_at').notNull(),
    createdAt: date('created_at').notNull(),
    inviterId: text('inviter_id')
      .notNull()
      .references(() => authUsers.id, { onDelete: 'cascade' }),
  },
  (t) => [index('auth_invitations_organization').on(t.organizationId), index('auth_invitations_email').on(t.email)],
);

/** Only a hash of each key is kept. `metadata` names the account and its user: a person may hold keys of several accounts. */
export const authApiKeys = pgTable(
  'auth_api_keys',
  {
    id: text('id').primaryKey(),
    configId: text('config_id').notNull().default('default'),
    name: text('name'),
    start: text('start'),
    referenceId: text('reference_id').notNull(),
    prefix: text('prefix'),
    key: text('key').notNull(),
    refillInterval: integer('refill_interval'),
    refillAmount: integer('refill_amount'),
    lastRefillAt: date('last_refill_at'),
    enabled: boolean('enabled').default(true),
    rateLimitEnabled: boolean('rate_limit_enabled').default(false),
    rateLimitTimeWindow: integer('rate_limit_time_window'),
    rateLimitMax: integer('rate_limit_max'),
    requestCount: integer('request_count').default(0),
    remaining: integer('remaining'),
    lastRequest: date('last_request'),
    expiresAt: date('expires_at'),
    createdAt: date('created_at').notNull(),
    updatedAt: date('updated_at').notNull(),
    permissions: text('permissions'),
    metadata: text('metadata'),
  },
  (t) => [uniqueIndex('auth_api_keys_key').on(t.key), index('auth_api_keys_reference').on(t.referenceId)],
);
