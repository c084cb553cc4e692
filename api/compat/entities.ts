import { type Context, Hono } from 'hono';
import {
  type ContactRow,
  type EntityRow,
  findContact,
  findContacts,
  findLead,
  findLeads,
  type LeadRow,
  listContacts,
  listLeads,
} from '../../db/stores/compat-people.ts';
import { type FieldRow, listFields } from '../../db/stores/fields.ts';
import { visible } from './access.ts';
import { itemAnswer, pageAnswer, seconds, selfLink } from './answer.ts';
import { contactShape, leadShape, patchRoutes } from './card-patch.ts';
import type { CompatDeps, CompatEnv } from './model.ts';
import { pathId, readQuery } from './query.ts';

const MOST = 250;
const ORDERS = ['id', 'created_at', 'updated_at'] as const;

/** `/api/v4/contacts`: list, one, and changes of names, responsible, tags and fields. */
export function contactRoutes(deps: CompatDeps): Hono<CompatEnv> {
  const { sql } = deps;
  const routes = new Hono<CompatEnv>().get('/', async (c) => {
    const { actor } = c.var;
    const query = readQuery(c.req.url);
    const page = query.page(MOST);
    const order = query.order(ORDERS, { by: 'id', descending: false });
    const filter = {
      ids: query.integers('filter[id]'),
      responsibleUserIds: query.integers('filter[responsible_user_id]'),
      createdAt: query.between('filter[created_at]'),
      updatedAt: query.between('filter[updated_at]'),
      text: query.text('query'),
    };
    query.finish();
    const rows = await listContacts(sql, actor, filter, order, page.limit, (page.number - 1) * page.limit);
    const fields = await listFields(sql, actor.accountId, ['contact']);
    return pageAnswer(c, 'contacts', rows, page, (row) => contact(c, row, fields, query.with()));
  });
  routes.get('/:id', async (c) => {
    const { actor } = c.var;
    const id = pathId(c.req.param('id'));
    const row = visible(id === undefined ? undefined : await findContact(sql, actor, id), 'Contact');
    const fields = await listFields(sql, actor.accountId, ['contact']);
    return itemAnswer(c, contact(c, row, fields, readQuery(c.req.url).with()));
  });
  return routes.route(
    '/',
    patchRoutes(deps, {
      entity: 'contact',
      plural: 'contacts',
      title: 'Contact',
      shape: contactShape,
      find: (actor, ids) => findContacts(sql, actor, ids),
      change: ({ accountId, userId }, { id, first_name, last_name }, common) =>
        deps.changeContact(accountId, id, { ...common, firstName: first_name, lastName: last_name }, userId),
    }),
  );
}

/** `/api/v4/leads`: list, one, and changes of stage, responsible, price, name, tags and fields. */
export function leadRoutes(deps: CompatDeps): Hono<CompatEnv> {
  const { sql } = deps;
  return new Hono<CompatEnv>()
    .get('/', async (c) => {
      const { actor } = c.var;
      const query = readQuery(c.req.url);
      const page = query.page(MOST);
      const order = query.order(ORDERS, { by: 'id', descending: false });
      const statuses = query.groups('filter[statuses]', ['pipeline_id', 'status_id']);
      const filter = {
        ids: query.integers('filter[id]'),
        pipelineIds: query.integers('filter[pipeline_id]'),
        responsibleUserIds: query.integers('filter[responsible_user_id]'),
        createdAt: query.between('filter[created_at]'),
        updatedAt: query.between('filter[updated_at]'),
        ...(statuses.length === 0 ? {} : { statuses: statuses.map((one) => ({ pipelineId: one.pipeline_id, statusId: one.status_id })) }),
        text: query.text('query'),
      };
      query.finish();
      const rows = await listLeads(sql, actor, filter, order, page.limit, (page.number - 1) * page.limit);
      const fields = await listFields(sql, actor.accountId, ['lead']);
      return pageAnswer(c, 'leads', rows, page, (row) => lead(c, row, fields, query.with()));
    })

    .get('/:id', async (c) => {
      const { actor } = c.var;
      const id = pathId(c.req.param('id'));
      const row = visible(id === undefined ? undefined : await findLead(sql, actor, id), 'Lead');
      return itemAnswer(c, lead(c, row, await listFields(sql, actor.accountId, ['lead']), readQuery(c.req.url).with()));
    })

    .route(
      '/',
      patchRoutes(deps, {
        entity: 'lead',
        plural: 'leads',
        title: 'Lead',
        shape: leadShape,
        find: (actor, ids) => findLeads(sql, actor, ids),
        change: ({ accountId, userId }, { id, price, status_id, pipeline_id }, common) =>
          deps.changeLead(accountId, id, { ...common, price, stageId: status_id, pipelineId: pipeline_id }, userId),
      }),
    );
}

function contact(c: Context<CompatEnv>, row: ContactRow, fields: FieldRow[], wanted: Set<string>): object {
  return {
    id: row.id,
    name: row.name,
    first_name: row.firstName,
    last_name: row.lastName,
    ...common(c, row, fields),
    _links: selfLink(c, `contacts/${row.id}`),
    _embedded: {
      tags: tags(row),
      companies: companies(c, row),
      ...(wanted.has('leads') ? { leads: row.leadIds.map((id) => ({ id, _links: selfLink(c, `leads/${id}`) })) } : {}),
    },
  };
}

function lead(c: Context<CompatEnv>, row: LeadRow, fields: FieldRow[], wanted: Set<string>): object {
  const contacts = row.contactIds.map((id) => ({ id, is_main: id === row.mainContactId, _links: selfLink(c, `contacts/${id}`) }));
  return {
    id: row.id,
    name: row.name,
    price: row.price,
    status_id: row.statusId,
    pipeline_id: row.pipelineId,
    loss_reason_id: null,
    source_id: row.channelId,
    closed_at: seconds(row.closedAt),
    ...common(c, row, fields),
    _links: selfLink(c, `leads/${row.id}`),
    _embedded: { tags: tags(row), companies: companies(c, row), ...(wanted.has('contacts') ? { contacts } : {}) },
  };
}

function common(c: Context<CompatEnv>, row: EntityRow, fields: FieldRow[]): object {
  return {
    responsible_user_id: row.responsibleUserId,
    created_at: seconds(row.createdAt),
    updated_at: seconds(row.updatedAt),
    is_deleted: false,
    custom_fields_values: customFieldsValues(row, fields),
    account_id: c.var.actor.accountId,
  };
}

/** In the account's order of fields; null where none has a value, as the vendor answers. */
function customFieldsValues(row: EntityRow, fields: FieldRow[]): object[] | null {
  const filled = fields.flatMap((field) => {
    const values = row.fields[String(field.id)] ?? [];
    if (values.length === 0) return [];
    const shown = values.map(({ value, enumId, code }) => ({
      value,
      ...(enumId === undefined ? {} : { enum_id: enumId }),
      ...(code === undefined ? {} : { enum_code: code }),
    }));
    return [{ field_id: field.id, field_name: field.name, field_code: field.code, field_type: field.type, values: shown }];
  });
  return filled.length === 0 ? null : filled;
}

const tags = (row: EntityRow) => row.tags.map(({ id, name }) => ({ id, name, color: null }));

const companies = (c: Context<CompatEnv>, row: EntityRow) =>
  row.companyId === null ? [] : [{ id: row.companyId, _links: selfLink(c, `companies/${row.companyId}`) }];
