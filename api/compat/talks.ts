import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { findTalk, listTalkMessages, listTalks, type TalkRow } from '../../db/stores/compat-talks.ts';
import { editable, mayWrite, needs, visible } from './access.ts';
import { isRecord, itemAnswer, pageAnswer, readBody, seconds, selfLink } from './answer.ts';
import type { CompatDeps, CompatEnv } from './model.ts';
import { CompatProblem, invalid, notFound } from './problem.ts';
import { pathId, type Query, readQuery } from './query.ts';
import { talkMessage } from './talk-message.ts';

const MOST = 250;
const ENTITY_TYPES = { lead: 'lead', leads: 'lead', customer: 'customer', customers: 'customer' } as const;

/** Conversations: list, one, messages, close, send (`/api/v4/talks`). */
export function talkRoutes(deps: CompatDeps): Hono<CompatEnv> {
  const { sql } = deps;
  const find = async (c: Context<CompatEnv>) => {
    const { actor } = c.var;
    const number = pathId(c.req.param('id') ?? '');
    if (number === undefined) throw notFound('Talk');
    return visible(await findTalk(sql, actor, number), 'Talk');
  };

  return (
    new Hono<CompatEnv>()
      .get('/', async (c) => {
        const { actor } = c.var;
        const query = readQuery(c.req.url);
        const page = query.page(MOST);
        const filter = readFilter(query);
        query.finish();
        const rows = await listTalks(sql, actor, filter, page.limit, (page.number - 1) * page.limit);
        return pageAnswer(c, 'talks', rows, page, (row) => talk(c, deps, row));
      })

      .get('/:id', async (c) => itemAnswer(c, talk(c, deps, await find(c))))

      .get('/:id/messages', async (c) => {
        const row = await find(c);
        const query = readQuery(c.req.url);
        const page = query.page(MOST);
        const written = query.between('filter[created_at]');
        query.finish();
        const { accountId } = c.var.actor;
        const offset = (page.number - 1) * page.limit;
        const messages = await listTalkMessages(sql, accountId, row.number, written, page.limit, offset);
        return pageAnswer(c, 'messages', messages, page, (message) => talkMessage(message, (fileId) => deps.fileUrl(accountId, fileId)));
      })

      /** 202 says that the close is certain to take effect; closing a closed conversation is harmless. A body that is wrong is 422. */
      .post('/:id/close', async (c) => {
        const actor = needs(c, 'closeConversations');
        const row = editable(await find(c), 'Talk');
        const body = (await readBody(c)) ?? {};
        const force = isRecord(body) ? (body.force_close ?? false) : undefined;
        if (typeof force !== 'boolean') {
          throw new CompatProblem(422, 'Request validation failed', [
            { request: 0, errors: [{ code: 'InvalidType', path: 'force_close', detail: 'This value should be of type bool.' }] },
          ]);
        }
        // A chat has one open conversation: the order would close a later one.
        if (row.status !== 'closed') await deps.order(chatOf(actor.accountId, row), orderId(c), { type: 'close', by: actor.userId, force });
        return c.body(null, 202);
      })

      /** Text only. 422 where the talk is closed: only the client opens it again. */
      .post('/:id/send_message', async (c) => {
        const actor = mayWrite(c);
        const row = editable(await find(c), 'Talk');
        const body = await readBody(c);
        const text = isRecord(body) ? body.text : undefined;
        if (typeof text !== 'string') {
          throw invalid([
            { code: text === undefined ? 'FieldMissing' : 'InvalidType', path: 'text', detail: 'This value should be of type string.' },
          ]);
        }
        if (text.trim() === '') throw invalid([{ code: 'NotBlank', path: 'text', detail: 'This value should not be blank.' }]);
        if (row.status === 'closed') throw new CompatProblem(422, 'Talk is closed');

        const id = orderId(c);
        const outcome = await deps.order(chatOf(actor.accountId, row), id, { type: 'write', by: actor.userId, text, fileIds: [] });
        if (outcome.taken && outcome.answer.refused !== undefined) throw new CompatProblem(422, outcome.answer.refused.detail);
        return c.json({ id: (outcome.taken ? outcome.answer.messageId : undefined) ?? id }, 202);
      })
  );
}

function readFilter(query: Query) {
  const entityIds = query.integers('filter[entity_id]');
  const word = query.text('filter[entity_type]');
  const type = word === undefined ? undefined : ENTITY_TYPES[word as keyof typeof ENTITY_TYPES];
  if (word !== undefined && type === undefined) {
    throw invalid([{ code: 'NotSupportedChoice', path: 'filter[entity_type]', detail: 'The value should be lead or customer.' }]);
  }
  if ((entityIds === undefined) !== (type === undefined)) {
    const path = type === undefined ? 'filter[entity_type]' : 'filter[entity_id]';
    throw invalid([{ code: 'FieldMissing', path, detail: 'filter[entity_id] and filter[entity_type] belong together.' }]);
  }
  return {
    numbers: query.integers('filter[talk_id]'),
    contactIds: query.integers('filter[contact_id]'),
    onlyInWork: query.flag('filter[only_in_work]'),
    ...(entityIds === undefined || type === undefined ? {} : { entity: { type, ids: entityIds } }),
  };
}

/** The caller's idempotency key where it gives one: repeating the request is then harmless. */
function orderId(c: Context): string {
  return c.req.header('Idempotency-Key') || randomUUID();
}

const chatOf = (accountId: number, row: TalkRow) => ({ accountId, channelId: row.channelId, externalChatId: row.externalChatId });

function talk(c: Context<CompatEnv>, deps: CompatDeps, row: TalkRow): object {
  const linked = (path: string, id: number) => ({ id, _links: selfLink(c, `${path}/${id}`) });
  return {
    talk_id: row.number,
    created_at: seconds(row.createdAt),
    updated_at: seconds(row.updatedAt),
    rate: row.rate ?? 0,
    contact_id: row.contactId,
    chat_id: row.chatId,
    entity_id: row.entityId,
    entity_type: row.entityType,
    status: row.status,
    is_in_work: row.status !== 'closed',
    is_read: row.isRead,
    origin: deps.originOf(row.channelType),
    source_id: row.channelId,
    missed_at: seconds(row.missedAt),
    account_id: c.var.actor.accountId,
    _links: selfLink(c, `talks/${row.number}`),
    _embedded: {
      contacts: [linked('contacts', row.contactId)],
      leads: row.entityType === 'lead' && row.entityId !== null ? [linked('leads', row.entityId)] : [],
      customers: row.entityType === 'customer' && row.entityId !== null ? [linked('customers', row.entityId)] : [],
    },
  };
}
