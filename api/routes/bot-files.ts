import { notify } from '../../db/notify.ts';
import { type BotRow, findBot, findVersion, insertBot } from '../../db/stores/bots.ts';
import { needs } from '../auth/guard.ts';
import { problemView, readImport } from '../bot-drafts.ts';
import { withTemplates } from '../bot-templates.ts';
import { type BotImported, botImported } from '../contract/bots.ts';
import { idInPath } from '../contract/common.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError, wrongField } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { makes, refusals, router, z } from '../openapi.ts';

const tags = ['bots'];
const SOURCE_BYTES = 4 * 1024 * 1024;

/** Bots as files: what comes in goes out byte for byte. */
export function botFileRoutes(deps: ApiDeps) {
  const { sql } = deps;
  const app = router();

  async function find(c: AppContext, id: number): Promise<BotRow> {
    const row = await findBot(sql, c.var.actor.accountId, id, deps.now());
    if (row === undefined) throw new ApiError('not_found', 'No such bot');
    return row;
  }
  const changed = (c: AppContext, id: number) => notify(sql, [{ accountId: c.var.actor.accountId, kind: 'bot', id }]);

  // The body is described as JSON but read as bytes: a BOM, and every byte of the file, are kept for the export.
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/bots/import',
    tags,
    summary: 'Make a bot of an exported file, as it is: BOM, envelope, bare step map or array',
    request: {
      query: z.object({ name: z.string().max(200).optional() }),
      body: { required: true, content: { 'application/json': { schema: z.any() } } },
    },
    responses: makes(botImported),
  });
  app.post('/bots/import', needs('editBots'), answeredOnce(deps), async (c) => {
    const source = await readSource(c);
    const draft = await withTemplates(deps, c.var.actor.accountId, readImport(source));
    const name = (c.req.query('name') ?? draft.name).slice(0, 200) || 'Bot';
    const id = await insertBot(sql, c.var.actor.accountId, { name, kind: draft.kind, source, problems: draft.problems }, deps.now());
    changed(c, id);
    const body: BotImported = { id, name, problems: draft.problems.map(problemView), publishable: draft.scenario !== undefined };
    return c.json(body, 201);
  });
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/bots/{id}/export',
    tags,
    summary: 'The file, byte for byte as it was imported or saved',
    request: { params: idInPath },
    responses: { 200: { description: 'The file', content: { 'application/json': { schema: z.any() } } }, ...refusals },
  });
  app.get('/bots/:id{[0-9]{1,15}}/export', async (c) => {
    const row = await find(c, Number(c.req.param('id')));
    return sourceAnswer(row.draftSource, row.name);
  });
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/bots/{id}/versions/{version}/source',
    tags,
    summary: 'The file of a published version',
    request: { params: idInPath.extend({ version: z.coerce.number().int().positive() }) },
    responses: { 200: { description: 'The file', content: { 'application/json': { schema: z.any() } } }, ...refusals },
  });
  app.get('/bots/:id{[0-9]{1,15}}/versions/:version{[0-9]{1,9}}/source', async (c) => {
    const row = await find(c, Number(c.req.param('id')));
    const version = await findVersion(sql, c.var.actor.accountId, row.id, Number(c.req.param('version')));
    if (version === undefined) throw new ApiError('not_found', 'The bot has no such version');
    return sourceAnswer(version.source, row.name);
  });
  return app;
}

/** The bytes as text, with a BOM where there was one; bytes that are no UTF-8 could not be exported as they came. */
async function readSource(c: AppContext): Promise<string> {
  const bytes = await c.req.arrayBuffer();
  if (bytes.byteLength > SOURCE_BYTES) throw new ApiError('too_large', 'A bot file may have up to 4 MB');
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // refused below like a text with NUL
  }
  throw wrongField('body', 'the file is no UTF-8 text: export the bot again');
}

function sourceAnswer(source: string, name: string): Response {
  const fileName = encodeURIComponent(`${name}.json`).replace(/['()*]/g, '_');
  return new Response(new TextEncoder().encode(source), {
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Disposition': `attachment; filename*=UTF-8''${fileName}`,
      'X-Content-Type-Options': 'nosniff',
    },
  });
}
