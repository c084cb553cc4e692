import { createRoute } from '@hono/zod-openapi';
import { notify } from '../../db/notify.ts';
import { type AccountSettings, mergedDuplicateRules } from '../../db/settings.ts';
import { arrangeDuplicates } from '../../db/stores/duplicate-keys.ts';
import { insertField, listFields, listTags } from '../../db/stores/fields.ts';
import { listPipelines } from '../../db/stores/pipelines.ts';
import { changeSettings, readSettings } from '../../db/stores/settings.ts';
import { needs } from '../auth/guard.ts';
import { fieldDefinition, fieldDefinitions, fieldQuery, newField, pipelines, tags as tagList, tagQuery } from '../contract/leads.ts';
import { settings, settingsChange } from '../contract/settings.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { answers, makes, router, takes } from '../openapi.ts';
import { type ArrangedPolls, arrangePolls, mergedNps } from '../polls.ts';

const tags = ['settings'];

/** Settings of the account, and the lists that cards are made of. */
export function settingsRoutes(deps: ApiDeps) {
  const { sql } = deps;
  return router()
    .openapi(
      createRoute({ method: 'get', path: '/settings', tags, summary: 'Settings of the account', responses: answers(settings) }),
      async (c) => c.json(await readSettings(sql, c.var.actor.accountId), 200),
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/settings',
        tags,
        summary: 'Change what is named',
        middleware: needs('settings'),
        request: takes(settingsChange),
        responses: answers(settings),
      }),
      async (c) => {
        const { responseTime, schedule, nps, duplicates, ...rest } = c.req.valid('json');
        const { accountId } = c.var.actor;
        const { settings: merged, botId } = await sql.begin(async (tx): Promise<ArrangedPolls> => {
          const change = (before: AccountSettings): AccountSettings => ({
            ...before,
            ...rest,
            responseTime: { ...before.responseTime, ...responseTime },
            schedule: { ...before.schedule, ...schedule },
            nps: mergedNps(before.nps, nps),
            duplicates: mergedDuplicateRules(before.duplicates, duplicates),
          });
          const { duplicates: rulesBefore } = await readSettings(tx, accountId);
          const changed = await changeSettings(tx, accountId, change, deps.now());
          if (duplicates !== undefined) await arrangeDuplicates(tx, accountId, rulesBefore, changed.duplicates);
          return nps === undefined ? { settings: changed } : arrangePolls(tx, c.var.actor, changed, nps, deps.now());
        });
        if (botId !== undefined) notify(sql, [{ accountId, kind: 'bot', id: botId }]);
        notify(sql, [{ accountId, kind: 'settings', id: accountId }]);
        return c.json(merged, 200);
      },
    )
    .openapi(
      createRoute({ method: 'get', path: '/pipelines', tags, summary: 'Pipelines with their stages', responses: answers(pipelines) }),
      async (c) => c.json({ items: await listPipelines(sql, c.var.actor.accountId) }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/tags',
        tags,
        summary: 'Tags of leads, contacts, companies or customers',
        request: { query: tagQuery },
        responses: answers(tagList),
      }),
      async (c) => c.json({ items: await listTags(sql, c.var.actor.accountId, c.req.valid('query').entity) }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/fields',
        tags,
        summary: 'Definitions of fields',
        request: { query: fieldQuery },
        responses: answers(fieldDefinitions),
      }),
      async (c) => {
        const { entity } = c.req.valid('query');
        return c.json({ items: await listFields(sql, c.var.actor.accountId, entity === undefined ? undefined : [entity]) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/fields',
        tags,
        summary: 'Add a field',
        middleware: [needs('settings'), answeredOnce(deps)] as const,
        request: takes(newField),
        responses: makes(fieldDefinition),
      }),
      async (c) => {
        const { code, enums, ...field } = c.req.valid('json');
        const { accountId } = c.var.actor;
        const row = await insertField(sql, accountId, {
          ...field,
          code: code ?? null,
          enums: enums.map((value, index) => ({ id: 1001 + index, value })),
        });
        if (row === undefined)
          throw new ApiError('conflict', `code: ${field.entity} fields already have ${code}`, {
            fields: [{ field: 'code', message: 'is taken' }],
          });
        notify(sql, [{ accountId, kind: 'settings', id: accountId }]);
        return c.json(row, 201);
      },
    );
}
