import { createRoute } from '@hono/zod-openapi';
import { findConversation, openingsOf } from '../../db/stores/conversations.ts';
import { findCustomer, listCustomerStages, listCustomers } from '../../db/stores/customers.ts';
import { runsOfCard } from '../../db/stores/runs.ts';
import { seeingAll } from '../../db/stores/sight.ts';
import { attachConversation } from '../attach.ts';
import { changeCustomer, makeCustomer } from '../change-customer.ts';
import { idInPath } from '../contract/common.ts';
import { conversation, numberInPath } from '../contract/conversations.ts';
import { attachTo, customer, customerChange, customerPage, customerQuery, customerStages, newCustomer } from '../contract/customers.ts';
import { runQuery, runs } from '../contract/runs.ts';
import { decodeCursor, isNumbers, page } from '../cursor.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { answers, makes, router, takes } from '../openapi.ts';
import { conversationView } from '../views/conversations.ts';
import { customerItem, customerView } from '../views/customers.ts';
import { runView } from '../views/runs.ts';

const tags = ['customers'];
/** Most runs of a customer that are answered at once, newest first. */
const RUNS_MOST = 200;

/** Customers: those who buy again. A conversation hangs on a lead or on a customer. */
export function customerRoutes(deps: ApiDeps) {
  async function view(c: AppContext, id: number, actor = c.var.actor) {
    const found = await customerView(deps, actor, id);
    if (found === undefined) throw new ApiError('not_found', 'No such customer');
    return found;
  }
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/customers',
        tags,
        summary: 'Customers, most recently changed first',
        request: { query: customerQuery },
        responses: answers(customerPage),
      }),
      async (c) => {
        const { stage, responsible, contact, search, cursor, limit } = c.req.valid('query');
        const filter = {
          ...(stage === undefined ? {} : { stageIds: stage }),
          ...(responsible === undefined ? {} : { responsibleIds: responsible }),
          ...(contact === undefined ? {} : { contactId: contact }),
          ...(search === undefined ? {} : { search }),
        };
        const after = decodeCursor(cursor, isNumbers(2)) as [number, number] | undefined;
        const rows = await listCustomers(deps.sql, c.var.actor, filter, { limit: limit + 1, ...(after === undefined ? {} : { after }) });
        return c.json(
          page(rows, limit, (row) => [row.updatedAt, row.id], customerItem),
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/customers/stages',
        tags,
        summary: 'Stages of customers in their order',
        responses: answers(customerStages),
      }),
      async (c) => c.json({ items: await listCustomerStages(deps.sql, c.var.actor.accountId) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/customers',
        tags,
        summary: 'Make a customer',
        middleware: answeredOnce(deps),
        request: takes(newCustomer),
        responses: makes(customer),
      }),
      async (c) => {
        const { actor } = c.var;
        return c.json(await view(c, await makeCustomer(deps, actor, c.req.valid('json')), seeingAll(actor)), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/customers/{id}',
        tags,
        summary: 'The card of a customer',
        request: { params: idInPath },
        responses: answers(customer),
      }),
      async (c) => c.json(await view(c, c.req.valid('param').id), 200),
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/customers/{id}',
        tags,
        summary: 'Change what is named',
        request: { params: idInPath, ...takes(customerChange) },
        responses: answers(customer),
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        await changeCustomer(deps, c.var.actor, id, c.req.valid('json'));
        return c.json(await view(c, id, seeingAll(c.var.actor)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/customers/{id}/runs',
        tags,
        summary: 'Runs of bots on the customer',
        request: { params: idInPath, query: runQuery },
        responses: answers(runs),
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        if ((await findCustomer(deps.sql, c.var.actor, id)) === undefined) throw new ApiError('not_found', 'No such customer');
        const rows = await runsOfCard(deps.sql, c.var.actor, { type: 'customer', id }, c.req.valid('query').state === 'alive', RUNS_MOST);
        return c.json({ items: rows.map(runView) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/conversations/{number}/attach',
        tags: ['conversations'],
        summary: 'Hang it on another lead or on a customer of the same client',
        request: { params: numberInPath, ...takes(attachTo) },
        responses: answers(conversation),
      }),
      async (c) => {
        const { number } = c.req.valid('param');
        const { actor } = c.var;
        await attachConversation(deps, actor, number, c.req.valid('json'));
        const row = await findConversation(deps.sql, actor, number);
        if (row === undefined) throw new ApiError('not_found', 'No such conversation');
        return c.json(conversationView(deps.channels, row, await openingsOf(deps.sql, actor.accountId, number)), 200);
      },
    );
}
