import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { aliveRunsOnLead, type BotRow, findBot, listBots } from '../../db/stores/compat-bots.ts';
import { findContact, findLead } from '../../db/stores/compat-people.ts';
import { editable, needs } from './access.ts';
import { isRecord, itemAnswer, pageAnswer, readBody, selfLink } from './answer.ts';
import { type BotOrder, readBotOrder, readBotOrders } from './bot-order.ts';
import type { CompatActor, CompatDeps, CompatEnv } from './model.ts';
import { CompatProblem, notFound } from './problem.ts';
import { pathId, readQuery } from './query.ts';

const MOST = 250;
const KINDS = ['regular', 'greeting', 'marketing', 'nps'];

/** Bots: list, one, run, run many, stop (`/api/v4/bots`). */
export function botRoutes(deps: CompatDeps): Hono<CompatEnv> {
  const { sql } = deps;
  const findById = async (accountId: number, text: string) => {
    const id = pathId(text);
    const bot = id === undefined ? undefined : await findBot(sql, accountId, id);
    if (bot === undefined || bot.state === 'archived') throw notFound('Bot');
    return bot;
  };

  return (
    new Hono<CompatEnv>()
      .get('/', async (c) => {
        const query = readQuery(c.req.url);
        const page = query.page(MOST);
        const filter = { ids: query.integers('filter[id]'), kinds: query.texts('filter[type_functionality]', KINDS.length) };
        query.finish();
        const rows = await listBots(sql, c.var.actor.accountId, filter, page.limit, (page.number - 1) * page.limit);
        return pageAnswer(c, 'items', rows, page, (row) => bot(c, row));
      })

      .get('/:id', async (c) => itemAnswer(c, bot(c, await findById(c.var.actor.accountId, c.req.param('id')))))

      .post('/run', async (c) => {
        const actor = needs(c, 'runBots');
        await runAll(deps, c, actor, readBotOrders(await readBody(c), 'words'));
        return c.text('Accepted', 202);
      })

      /** 202: the run is certain to begin; what it sends is not known yet. */
      .post('/:id/run', async (c) => {
        const actor = needs(c, 'runBots');
        const { id } = await findById(actor.accountId, c.req.param('id'));
        const body = await readBody(c);
        await runAll(deps, c, actor, [readBotOrder(isRecord(body) ? { ...body, bot_id: id } : body, 0, 'words')]);
        return c.text('Accepted', 202);
      })

      /** Stops every run of the bot on a lead; none running is no error. */
      .post('/:id/stop', async (c) => {
        const actor = needs(c, 'runBots');
        const { id } = await findById(actor.accountId, c.req.param('id'));
        const body = await readBody(c);
        const order = readBotOrder(isRecord(body) ? { ...body, bot_id: id } : body, 0, 'leadsOnly');
        editable(await findLead(sql, actor, order.entityId), 'Lead');
        for (const runId of await aliveRunsOnLead(sql, actor.accountId, id, order.entityId)) {
          await deps.stopRun(actor.accountId, runId, actor.userId);
        }
        return c.text('Accepted', 202);
      })
  );
}

/** The older form: a list with numeric entity types, 1 contact and 2 lead (`/api/v2/salesbot/run`). */
export function salesbotRoutes(deps: CompatDeps): Hono<CompatEnv> {
  return new Hono<CompatEnv>().post('/run', async (c) => {
    const actor = needs(c, 'runBots');
    await runAll(deps, c, actor, readBotOrders(await readBody(c), 'numbers'));
    return c.json({ success: true }, 202);
  });
}

/** Everything is looked up before the first bot is started: a batch with an unknown bot or entity starts nothing. */
async function runAll(deps: CompatDeps, c: Context<CompatEnv>, actor: CompatActor, orders: BotOrder[]): Promise<void> {
  const { sql } = deps;
  const { accountId, userId } = actor;
  for (const { botId, entity, entityId } of orders) {
    const found = await findBot(sql, accountId, botId);
    if (found === undefined || found.state === 'archived') throw notFound('Bot');
    if (found.state === 'off' || found.liveVersion === null) throw new CompatProblem(422, 'The bot is off or was never published.');
    if (entity === 'lead') editable(await findLead(sql, actor, entityId), 'Lead');
    else editable(await findContact(sql, actor, entityId), 'Contact');
  }
  const key = c.req.header('Idempotency-Key') || randomUUID();
  for (const [index, { botId, entity, entityId }] of orders.entries()) {
    const target = entity === 'lead' ? { leadId: entityId } : { contactId: entityId };
    await deps.startBot({ accountId, botId, ...target, by: userId, startKey: `api/${key}/${index}` });
  }
}

function bot(c: Context<CompatEnv>, row: BotRow): object {
  return {
    id: row.id,
    name: row.name,
    type_functionality: row.kind,
    is_visual_editor: false,
    settings: { active: row.state === 'on' && row.liveVersion !== null },
    is_favorite: false,
    account_id: c.var.actor.accountId,
    _links: selfLink(c, `bots/${row.id}`),
  };
}
