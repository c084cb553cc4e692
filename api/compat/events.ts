import { type Context, Hono } from 'hono';
import { type EventRow, findEvent, listEvents } from '../../db/stores/compat-events.ts';
import { needs, visible } from './access.ts';
import { itemAnswer, pageAnswer, selfLink } from './answer.ts';
import { eventTypes } from './event-types.ts';
import type { CompatDeps, CompatEnv } from './model.ts';
import { type FieldProblem, invalid } from './problem.ts';
import { pathId, type Query, readQuery } from './query.ts';

const MOST = 100;
const MOST_PER_FILTER = 10;
/** `talk` is ours: the vendor's list has no way to ask for a conversation's events. */
const ENTITIES = /^(lead|contact|company|customer|task|talk|catalog_\d+)$/;

/** The list of events, read only (`/api/v4/events`). */
export function eventRoutes({ sql }: CompatDeps): Hono<CompatEnv> {
  return new Hono<CompatEnv>()
    .get('/', async (c) => {
      const actor = needs(c, 'analytics');
      const query = readQuery(c.req.url);
      const page = query.page(MOST);
      const filter = readFilter(query);
      query.finish();
      const rows = await listEvents(sql, actor, filter, page.limit, (page.number - 1) * page.limit);
      return pageAnswer(c, 'events', rows, page, (row) => event(c, row, query.with()));
    })

    .get('/types', (c) => {
      const russian = (readQuery(c.req.url).text('language_code') ?? 'ru') === 'ru';
      const types = eventTypes.map(({ key, type, ru, en }) => ({ key, type, lang: russian ? ru : en }));
      return itemAnswer(c, { _total_items: types.length, _links: selfLink(c, 'events/types'), _embedded: { events_types: types } });
    })

    .get('/:id', async (c) => {
      const actor = needs(c, 'analytics');
      const id = pathId(c.req.param('id'));
      const row = visible(id === undefined ? undefined : await findEvent(sql, actor, id), 'Event');
      return itemAnswer(c, event(c, row, readQuery(c.req.url).with()));
    });
}

function readFilter(query: Query) {
  const entities = query.texts('filter[entity]');
  const entityIds = query.integers('filter[entity_id]', MOST_PER_FILTER);
  const problems: FieldProblem[] = [];
  for (const entity of entities ?? []) {
    if (!ENTITIES.test(entity)) {
      problems.push({ code: 'NotSupportedChoice', path: 'filter[entity]', detail: 'The value you selected is not a valid choice.' });
    }
  }
  if (entityIds !== undefined && entities?.length !== 1) {
    problems.push({ code: 'FieldMissing', path: 'filter[entity]', detail: 'filter[entity_id] needs exactly one entity.' });
  }
  if (problems.length > 0) throw invalid(problems);
  const types = query.texts('filter[type]');
  return {
    ids: query.integers('filter[id]'),
    at: query.between('filter[created_at]'),
    createdBy: query.integers('filter[created_by]', MOST_PER_FILTER),
    entities,
    entityIds,
    types,
    after: readValues(query, 'filter[value_after]', types),
    before: readValues(query, 'filter[value_before]', types),
  };
}

/** What a row's values must contain, in the vendor's shapes; undefined where nothing is asked for. */
function readValues(query: Query, name: string, types: string[] = []): object[] | undefined {
  const stages = (key: 'leads_statuses' | 'customers_statuses', shape: 'lead_status' | 'customer_status') =>
    query.groups(`${name}[${key}]`, ['pipeline_id', 'status_id']).map(({ pipeline_id, status_id }) => ({
      [shape]: { ...(status_id === undefined ? {} : { id: status_id }), ...(pipeline_id === undefined ? {} : { pipeline_id }) },
    }));
  const users = query.integers(`${name}[responsible_user_id]`) ?? [];
  const enums = query.integers(`${name}[custom_field_values]`) ?? [];
  const value = query.text(`${name}[value]`);
  const found = [
    ...stages('leads_statuses', 'lead_status'),
    ...stages('customers_statuses', 'customer_status'),
    ...users.map((id) => ({ responsible_user: { id } })),
    ...enums.map((id) => ({ custom_field_value: { enum_id: id } })),
    ...(value === undefined ? [] : valueShapes(value, types)),
  ];
  return found.length === 0 ? undefined : found;
}

function valueShapes(value: string, types: string[]): object[] {
  const shapes: object[] = [{ name_field_value: { name: value } }, { custom_field_value: { text: value } }];
  if (!/^-?\d{1,15}$/.test(value)) return shapes;
  const number = Number(value);
  if (types.length === 1 && types[0] === 'nps_rate_added') return [{ nps: { rate: number } }];
  return [...shapes, { nps: { rate: number } }, { sale_field_value: { sale: number } }, { ltv_field_value: { ltv: number } }];
}

function event(c: Context<CompatEnv>, row: EventRow, wanted: Set<string>): object {
  const names: Record<string, string | null> = { contact: row.contactName, lead: row.leadName, customer: row.customerName };
  const name = wanted.has(`${row.entityType}_name`) ? (names[row.entityType] ?? null) : null;
  const chatMessage = row.type === 'incoming_chat_message' || row.type === 'outgoing_chat_message';
  return {
    id: String(row.id),
    type: row.type,
    entity_id: row.entityId,
    entity_type: row.entityType,
    created_by: row.authorKind === 'user' ? (row.authorId ?? 0) : 0,
    created_at: Math.floor(row.at / 1000),
    value_after: row.valueAfter,
    value_before: row.valueBefore,
    account_id: c.var.actor.accountId,
    _links: selfLink(c, `events/${row.id}`),
    _embedded: {
      entity: {
        id: row.entityId,
        ...(name === null ? {} : { name }),
        ...(chatMessage && row.entityType !== 'contact' && row.contactId !== null ? { linked_talk_contact_id: row.contactId } : {}),
      },
    },
  };
}
