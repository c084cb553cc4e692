import { createRoute } from '@hono/zod-openapi';
import { notify } from '../../db/notify.ts';
import {
  aliveRunsOfBot,
  type BotRow,
  findBot,
  findVersion,
  listBots,
  listTriggers,
  listVersions,
  publishVersion,
  replaceTriggers,
  unknownInFilters,
  updateBot,
} from '../../db/stores/bots.ts';
import { findRun } from '../../db/stores/runs.ts';
import { readScript, type ScriptLine } from '../../domain/scenario/script.ts';
import { simulate } from '../../domain/scenario/simulate.ts';
import { needs } from '../auth/guard.ts';
import { needsAcceptance, problemView, readDraft } from '../bot-drafts.ts';
import { withTemplates } from '../bot-templates.ts';
import {
  type Bot,
  type BotItem,
  bot,
  botChange,
  botState,
  bots,
  botVersions,
  offBody,
  publishBody,
  published,
  rollbackBody,
  simulateBody,
  simulated,
  startBody,
  triggerList,
  triggers,
} from '../contract/bots.ts';
import { accepted, idInPath } from '../contract/common.ts';
import { runView as runSchema } from '../contract/runs.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError, wrongField } from '../errors.ts';
import { answers, mayTake, nothing, refusals, router, takes, z } from '../openapi.ts';
import { startBot } from '../start-bot.ts';
import { runView } from '../views/runs.ts';
import { botFileRoutes } from './bot-files.ts';

const tags = ['bots'];

/** Bots: import, publish, triggers, start by hand. Changing them and starting them are rights of their own. */
export function botRoutes(deps: ApiDeps) {
  const { sql } = deps;

  async function find(c: AppContext, id: number): Promise<BotRow> {
    const row = await findBot(sql, c.var.actor.accountId, id, deps.now());
    if (row === undefined) throw new ApiError('not_found', 'No such bot');
    return row;
  }
  const changed = (c: AppContext, id: number) => notify(sql, [{ accountId: c.var.actor.accountId, kind: 'bot', id }]);

  async function view(c: AppContext, id: number): Promise<Bot> {
    const row = await find(c, id);
    const { accountId } = c.var.actor;
    const [versions, ofBot] = await Promise.all([listVersions(sql, accountId, id), listTriggers(sql, accountId, id)]);
    return {
      ...item(row),
      source: row.draftSource,
      problems: row.problems.map(problemView),
      settings: row.settings,
      triggers: ofBot,
      versions,
    };
  }

  /** Publishes a source as the next version: errors never, warnings only when they are accepted. */
  async function publish(c: AppContext, row: BotRow, source: string, acceptWarnings: boolean) {
    const { accountId, userId } = c.var.actor;
    const draft = await withTemplates(deps, accountId, readDraft(source));
    const warnings = needsAcceptance(draft.problems);
    if (draft.scenario === undefined || (warnings.length > 0 && !acceptWarnings)) {
      const words = draft.scenario === undefined ? 'Correct the errors first' : 'Look at the warnings and publish with acceptWarnings';
      throw new ApiError('unpublishable', words, { data: { problems: draft.problems.map(problemView) } });
    }
    const { scenario } = draft;
    const version = await sql.begin((tx) => publishVersion(tx, accountId, row.id, { source, scenario, by: userId }, deps.now()));
    changed(c, row.id);
    const versions = await listVersions(sql, accountId, row.id);
    const stayOn = versions
      .filter((one) => one.version !== version && one.running > 0)
      .map(({ version: on, running }) => ({ version: on, running }));
    return { id: row.id, version, problems: draft.problems.map(problemView), stayOn };
  }

  const app = router()
    .openapi(createRoute({ method: 'get', path: '/bots', tags, summary: 'Bots with their week', responses: answers(bots) }), async (c) =>
      c.json({ items: (await listBots(sql, c.var.actor.accountId, deps.now())).map(item) }, 200),
    )
    .openapi(
      createRoute({ method: 'get', path: '/bots/{id}', tags, summary: 'One bot', request: { params: idInPath }, responses: answers(bot) }),
      async (c) => c.json(await view(c, c.req.valid('param').id), 200),
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/bots/{id}',
        tags,
        summary: 'Name, settings or a new draft',
        middleware: needs('editBots'),
        request: { params: idInPath, ...takes(botChange) },
        responses: answers(bot),
      }),
      async (c) => {
        const row = await find(c, c.req.valid('param').id);
        const { name, settings, source } = c.req.valid('json');
        const draft = source === undefined ? undefined : await withTemplates(deps, c.var.actor.accountId, readDraft(source));
        await updateBot(
          sql,
          c.var.actor.accountId,
          row.id,
          {
            ...(name === undefined ? {} : { name }),
            ...(settings === undefined ? {} : { settings }),
            ...(draft === undefined || source === undefined ? {} : { draft: { kind: draft.kind, source, problems: draft.problems } }),
          },
          deps.now(),
        );
        changed(c, row.id);
        return c.json(await view(c, row.id), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/bots/{id}/publish',
        tags,
        summary: 'Make the draft the version that new runs take',
        middleware: needs('editBots'),
        request: { params: idInPath, ...mayTake(publishBody) },
        responses: answers(published),
      }),
      async (c) => {
        const row = await find(c, c.req.valid('param').id);
        const { acceptWarnings } = publishBody.parse(c.req.valid('json') ?? {});
        return c.json(await publish(c, row, row.draftSource, acceptWarnings), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/bots/{id}/rollback',
        tags,
        summary: 'Publish an old version again',
        middleware: needs('editBots'),
        request: { params: idInPath, ...takes(rollbackBody) },
        responses: answers(published),
      }),
      async (c) => {
        const row = await find(c, c.req.valid('param').id);
        const version = await findVersion(sql, c.var.actor.accountId, row.id, c.req.valid('json').version);
        if (version === undefined) throw wrongField('version', 'the bot has no such version');
        // It ran before: its warnings were accepted then.
        return c.json(await publish(c, row, version.source, true), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/bots/{id}/versions',
        tags,
        summary: 'Published versions, newest first',
        request: { params: idInPath },
        responses: answers(botVersions),
      }),
      async (c) => {
        const row = await find(c, c.req.valid('param').id);
        return c.json({ items: await listVersions(sql, c.var.actor.accountId, row.id) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/bots/{id}/off',
        tags,
        summary: 'No more starts; running ones go on unless endRuns',
        middleware: needs('editBots'),
        request: { params: idInPath, ...mayTake(offBody) },
        responses: answers(botState),
      }),
      async (c) => {
        const row = await find(c, c.req.valid('param').id);
        const { endRuns } = offBody.parse(c.req.valid('json') ?? {});
        const { accountId, userId } = c.var.actor;
        await updateBot(sql, accountId, row.id, { state: 'off' }, deps.now());
        if (endRuns) await stopRuns(deps, accountId, row, userId, c.var.idempotencyKey);
        changed(c, row.id);
        const { id, state, running } = await find(c, row.id);
        return c.json({ id, state, running }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/bots/{id}/on',
        tags,
        summary: 'Let it start again',
        middleware: needs('editBots'),
        request: { params: idInPath },
        responses: answers(botState),
      }),
      async (c) => {
        const row = await find(c, c.req.valid('param').id);
        await updateBot(sql, c.var.actor.accountId, row.id, { state: 'on' }, deps.now());
        changed(c, row.id);
        return c.json({ id: row.id, state: 'on' as const, running: row.running }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/bots/{id}',
        tags,
        summary: 'Archive it: it starts no more and leaves the lists; its versions and runs stay, `on` brings it back',
        middleware: needs('editBots'),
        request: { params: idInPath },
        responses: nothing,
      }),
      async (c) => {
        const row = await find(c, c.req.valid('param').id);
        await updateBot(sql, c.var.actor.accountId, row.id, { state: 'archived' }, deps.now());
        changed(c, row.id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/bots/{id}/triggers',
        tags,
        summary: 'What starts it',
        request: { params: idInPath },
        responses: answers(triggerList),
      }),
      async (c) => {
        const row = await find(c, c.req.valid('param').id);
        return c.json(await listTriggers(sql, c.var.actor.accountId, row.id), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/bots/{id}/triggers',
        tags,
        summary: 'Put this list in the place of the one before',
        middleware: needs('editBots'),
        request: { params: idInPath, ...takes(triggers) },
        responses: answers(triggerList),
      }),
      async (c) => {
        const row = await find(c, c.req.valid('param').id);
        const wanted = c.req.valid('json');
        const { accountId } = c.var.actor;
        const unknown = await unknownInFilters(
          sql,
          accountId,
          wanted.map(({ filter }) => filter),
        );
        for (const [field, ids] of Object.entries(unknown))
          if (ids.length > 0) throw wrongField(`filter.${field}`, `the account has no ${ids.join(', ')}`);
        const list = await sql.begin((tx) => replaceTriggers(tx, accountId, row.id, wanted));
        changed(c, row.id);
        return c.json(list, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/bots/{id}/start',
        tags,
        summary: 'Start it on a lead, on a customer, with a contact or in a conversation',
        request: { params: idInPath, ...takes(startBody) },
        responses: {
          200: { description: 'The run that was there', content: { 'application/json': { schema: runSchema } } },
          201: { description: 'Started', content: { 'application/json': { schema: runSchema } } },
          202: { description: 'Certain to start', content: { 'application/json': { schema: accepted } } },
          ...refusals,
        },
      }),
      async (c) => {
        const { ifRunning, ...of } = c.req.valid('json');
        const { actor, idempotencyKey } = c.var;
        const order = { botId: c.req.valid('param').id, of, ifRunning, key: idempotencyKey };
        const started = await startBot(deps, actor, order);
        if (!started.taken) return c.json({ accepted: true as const, idempotencyKey }, 202);
        const row = await findRun(sql, actor, started.runId);
        if (row === undefined) throw new ApiError('not_found', 'The run is not yours to see');
        return started.made ? c.json(runView(row), 201) : c.json(runView(row), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/bots/{id}/simulate',
        tags,
        summary: 'Play the draft against a script; nothing is sent',
        request: { params: idInPath, ...takes(simulateBody) },
        responses: answers(simulated),
      }),
      async (c) => {
        const row = await find(c, c.req.valid('param').id);
        const { source, script } = c.req.valid('json');
        const { accountId } = c.var.actor;
        const draft = await withTemplates(deps, accountId, readDraft(source ?? row.draftSource));
        const lines = scriptOf(script);
        const options = { startAt: deps.now(), templates: draft.templates };
        const transcript = draft.scenario === undefined ? [] : simulate(draft.scenario, lines, options);
        return c.json({ transcript, problems: draft.problems.map(problemView) }, 200);
      },
    );

  app.route('/', botFileRoutes(deps));
  return app;
}

function item(row: BotRow): BotItem {
  const { id, name, kind, state, liveVersion, running, startedIn7Days, completedIn7Days, changed, updatedAt, problems } = row;
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  return {
    id,
    name,
    kind,
    state,
    liveVersion,
    running,
    startedIn7Days,
    completedIn7Days,
    changed,
    updatedAt,
    errors,
    warnings: problems.length - errors,
  };
}

/** Lines of text, or a list of lines and steps in the simulator's own form. */
function scriptOf(script: unknown): (string | ScriptLine)[] {
  if (typeof script === 'string') return readScript(script);
  if (script === undefined || script === null) return [];
  if (!Array.isArray(script) || script.length > 1000) throw wrongField('script', 'a text of lines, or a list of at most 1,000 lines');
  return script.map((line, index) => {
    if (typeof line === 'string') return line;
    const parsed = scriptLine.safeParse(line);
    if (!parsed.success) throw wrongField(`script.${index}`, 'a text, or {type: start | client | press | pass | refuse}');
    return parsed.data;
  });
}

const scriptLine: z.ZodType<ScriptLine> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), text: z.string() }),
  z.object({ type: z.literal('client'), text: z.string() }),
  z.object({ type: z.literal('press'), label: z.string() }),
  z.object({ type: z.literal('pass'), ms: z.number().int().min(0) }),
  z.object({ type: z.literal('refuse'), words: z.string() }),
]);

/** Stops all runs of a bot, a few at a time; each is an order of its own that is certain to arrive. */
async function stopRuns(deps: ApiDeps, accountId: number, row: BotRow, by: number, key: string): Promise<void> {
  const ids = await aliveRunsOfBot(deps.sql, accountId, row.id);
  const AT_ONCE = 10;
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    await Promise.all(
      ids
        .slice(from, from + AT_ONCE)
        .map((runId) =>
          deps.orders.sendToRun({ accountId, runId, botId: row.id, botName: row.name }, { type: 'stop', by }, `${key}/${runId}`),
        ),
    );
  }
}
