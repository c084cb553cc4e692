import { randomBytes } from 'node:crypto';
import { createRoute } from '@hono/zod-openapi';
import { makeToken } from '../auth/people.ts';
import { accountMade, newAccount } from '../contract/session.ts';
import { timeZone } from '../contract/settings.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, wrongField } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { makeAccount } from '../make-account.ts';
import { makes, router, takes } from '../openapi.ts';

/** Other accounts of this installation: its operator makes them. */
export function accountRoutes(deps: ApiDeps) {
  return router().openapi(
    createRoute({
      method: 'post',
      path: '/accounts',
      tags: ['accounts'],
      summary: 'Make an account with its administrator and token (operator only)',
      middleware: answeredOnce(deps),
      request: takes(newAccount.extend({ timeZone: timeZone.default('Europe/Moscow') })),
      responses: makes(accountMade),
    }),
    async (c) => {
      if (!c.var.actor.isOperator) throw new ApiError('forbidden', 'Only the operator of this installation makes accounts');
      const { name, subdomain, language, timeZone: zone, administrator } = c.req.valid('json');
      const person = administrator ?? { name: 'Administrator', email: `administrator-${randomBytes(5).toString('hex')}@beseda.local` };
      const wanted = { name, subdomain, language, timeZone: zone, isDemo: false, administrator: person };
      const made = await makeAccount(deps, wanted).catch((error: { code?: string }) => {
        if (error.code === '23505') throw wrongField('subdomain', 'is taken: choose another one');
        throw error;
      });
      const { account, authUserId, userId, password } = made;
      const { token } = await makeToken(deps.auth, { authUserId, accountId: account.id, name: 'first token' });
      return c.json(
        {
          id: account.id,
          name: account.name,
          subdomain: account.subdomain,
          token,
          administrator: { id: userId, name: person.name, email: person.email.toLowerCase(), password },
        },
        201,
      );
    },
  );
}
