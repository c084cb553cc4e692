import { z } from '@hono/zod-openapi';
import { id } from './common.ts';

export const role = z.enum(['administrator', 'manager', 'readonly']);
export type Role = z.infer<typeof role>;
/** Short for `rights: {see, edit}`; a wider or narrower set is given by `rights`. */
export const sees = z.enum(['own', 'all']);
const scope = z.enum(['none', 'own', 'group', 'all']);

/** What a user may do. `see`, `edit`: whose clients; `edit` is never wider than `see`. */
export const rights = z
  .object({
    see: scope,
    edit: scope,
    closeConversations: z.boolean(),
    runBots: z.boolean(),
    editBots: z.boolean(),
    analytics: z.boolean(),
    export: z.boolean(),
    merge: z.boolean(),
    settings: z.boolean(),
  })
  .openapi('Rights');

export const me = z
  .object({
    user: z.object({ id, name: z.string(), email: z.string() }),
    account: z.object({
      id,
      name: z.string(),
      subdomain: z.string(),
      timeZone: z.string(),
      language: z.enum(['ru', 'en']),
      isDemo: z.boolean(),
    }),
    role,
    /** `own`: not everybody's contacts; `rights.see` says which. */
    sees,
    rights: rights.extend({
      /** May change leads, contacts and conversations. */
      write: z.boolean(),
      /** May change channels, bots, users and settings. */
      administer: z.boolean(),
      /** May make other accounts of this installation. */
      operate: z.boolean(),
    }),
    /** Accounts this person may switch to, the current one among them. */
    accounts: z.array(z.object({ id, name: z.string() })),
  })
  .openapi('Me');
export type Me = z.infer<typeof me>;

/** `demo`: one click signs in to the demo account (loopback only). */
export const session = z.object({ signedIn: z.boolean(), demo: z.boolean(), me: me.nullable() }).openapi('Session');
export type Session = z.infer<typeof session>;

export const signIn = z.object({ email: z.email(), password: z.string().min(1).max(200) });
export type SignIn = z.infer<typeof signIn>;
export const chooseAccount = z.object({ accountId: id });

export const newAccount = z.object({
  name: z.string().trim().min(1).max(200),
  subdomain: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,61}$/, 'may hold small letters, digits and dashes')
    .optional(),
  language: z.enum(['ru', 'en']).default('ru'),
  timeZone: z.string().max(100).default('Europe/Moscow'),
  administrator: z
    .object({ name: z.string().trim().min(1).max(200), email: z.email(), password: z.string().min(8).max(128).optional() })
    .optional(),
});
export type NewAccount = z.infer<typeof newAccount>;

/** `token` and a made `password` are shown here only. */
export const accountMade = z
  .object({
    id,
    name: z.string(),
    subdomain: z.string(),
    token: z.string(),
    administrator: z.object({ id, name: z.string(), email: z.string(), password: z.string().nullable() }),
  })
  .openapi('AccountMade');
export type AccountMade = z.infer<typeof accountMade>;

/** `rights`: what differs from those of the group and the role; `inForce`: what the user may do, all three taken together. */
export const user = z
  .object({
    id,
    name: z.string(),
    email: z.string(),
    role,
    sees,
    groupId: id.nullable(),
    rights: rights.partial(),
    inForce: rights,
    isActive: z.boolean(),
  })
  .openapi('User');
export type User = z.infer<typeof user>;
export const users = z.object({ items: z.array(user) });
export const newUser = z.object({
  name: z.string().trim().min(1).max(200),
  email: z.email(),
  password: z.string().min(8).max(128).optional().openapi({ description: 'Made and shown once when absent' }),
  role: role.default('manager'),
  sees: sees.optional(),
  groupId: id.nullable().optional(),
  rights: rights.partial().optional(),
});
export type NewUser = z.infer<typeof newUser>;
export const userMade = user.extend({ password: z.string().nullable() }).openapi('UserMade');
export const userChange = z.object({
  name: z.string().trim().min(1).max(200).optional(),
  role: role.optional(),
  sees: sees.optional(),
  groupId: id.nullable().optional(),
  /** Takes the place of all the user's own rights; `{}` gives those of the group and the role back. */
  rights: rights.partial().optional(),
  isActive: z.boolean().optional(),
});
export type UserChange = z.infer<typeof userChange>;

export const apiToken = z
  .object({ id: z.string(), name: z.string(), start: z.string().nullable(), createdAt: z.number() })
  .openapi('ApiToken');
export type ApiToken = z.infer<typeof apiToken>;
export const apiTokens = z.object({ items: z.array(apiToken) });
export const newToken = z.object({ name: z.string().trim().min(1).max(100) });
/** `token` is shown here only. */
export const tokenMade = apiToken.extend({ token: z.string() }).openapi('ApiTokenMade');
