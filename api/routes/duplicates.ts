import { createRoute } from '@hono/zod-openapi';
import { notify } from '../../db/notify.ts';
import type { DuplicateRow, DuplicateSide as SideRow } from '../../db/stores/duplicates.ts';
import { listDuplicates, markDifferent, pairOf } from '../../db/stores/duplicates.ts';
import { type Merged, mergeContacts } from '../../db/stores/merge-contacts.ts';
import { readSettings } from '../../db/stores/settings.ts';
import { olderFirst } from '../../domain/duplicates/merge-card.ts';
import { needs } from '../auth/guard.ts';
import { mustEdit } from '../auth/may.ts';
import {
  type Duplicate,
  type DuplicateSide,
  duplicate,
  duplicatePage,
  duplicateQuery,
  mergeAnswer,
  mergeBody,
  pairBody,
  pairQuery,
} from '../contract/duplicates.ts';
import { decodeCursor, isNumbers, page } from '../cursor.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError, wrongField } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { answers, nothing, router, takes } from '../openapi.ts';
import { named } from '../views/common.ts';
import { channelRef } from '../views/conversations.ts';

const tags = ['duplicates'];

/** Contacts that may be one person, and making them one. */
export function duplicateRoutes(deps: ApiDeps) {
  const { sql } = deps;
  async function seenPair(c: AppContext, first: number, second: number): Promise<DuplicateRow> {
    if (first === second) throw wrongField('second', 'must be another contact than first');
    const pair = await pairOf(sql, c.var.actor, first, second);
    if (pair === undefined) throw new ApiError('not_found', 'One of the two contacts is not there, or was merged already');
    return pair;
  }
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/duplicates',
        tags,
        summary: 'Pairs of contacts that may be one person',
        request: { query: duplicateQuery },
        responses: answers(duplicatePage),
      }),
      async (c) => {
        const { limit, cursor, contact } = c.req.valid('query');
        const { actor } = c.var;
        const { duplicates } = await readSettings(sql, actor.accountId);
        if (!duplicates.enabled) return c.json({ enabled: false, items: [], nextCursor: null }, 200);
        const rows = await listDuplicates(sql, actor, { limit: limit + 1, after: decodeCursor(cursor, isNumbers(3)), contactId: contact });
        const view = page(
          rows,
          limit,
          (row) => [row.foundAt, row.firstId, row.secondId],
          (row) => pairView(deps, row),
        );
        return c.json({ enabled: true, ...view }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/duplicates/pair',
        tags,
        summary: 'Two contacts side by side',
        request: { query: pairQuery },
        responses: answers(duplicate),
      }),
      async (c) => {
        const { first, second } = c.req.valid('query');
        return c.json(pairView(deps, await seenPair(c, first, second)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/duplicates/different',
        tags,
        summary: 'These are two people: do not show them again',
        middleware: needs('merge'),
        request: takes(pairBody),
        responses: nothing,
      }),
      async (c) => {
        const { first, second } = c.req.valid('json');
        const pair = await seenPair(c, first, second);
        mustEdit(pair.first);
        mustEdit(pair.second);
        const { accountId, userId } = c.var.actor;
        await markDifferent(sql, accountId, userId, first, second, deps.now());
        notify(
          sql,
          [first, second].map((id) => ({ accountId, kind: 'contact' as const, id })),
        );
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/contacts/merge',
        tags,
        summary: 'Make two contacts one',
        middleware: [needs('merge'), answeredOnce(deps)] as const,
        request: takes(mergeBody),
        responses: answers(mergeAnswer),
      }),
      async (c) => {
        const { into, from, choices } = c.req.valid('json');
        const { actor } = c.var;
        if (into === from) throw wrongField('from', 'must be another contact than into');
        const order = { accountId: actor.accountId, into, from, by: { kind: 'user' as const, id: actor.userId }, at: deps.now() };
        const merged: Merged | undefined = await mergeContacts(
          sql,
          { ...order, ...(choices === undefined ? {} : { choices: chosen(choices) }) },
          async (tx) => {
            // Looked at under the locks: nobody's right may change between the look and the merge.
            const pair = await pairOf(tx, actor, into, from);
            if (pair === undefined) throw new ApiError('not_found', 'One of the two contacts is not there, or was merged already');
            mustEdit(pair.first);
            mustEdit(pair.second);
          },
        );
        if (merged === undefined) throw new ApiError('not_found', 'One of the two contacts is not there, or was merged already');
        return c.json({ contactId: merged.into, endedRuns: merged.endedRuns, blocked: merged.blocked }, 200);
      },
    );
}

type Choices = NonNullable<Parameters<typeof mergeContacts>[1]['choices']>;
/** Leaves out what is not named. */
function chosen({ name, responsible, fields }: { [Key in keyof Choices]: Choices[Key] | undefined }): Choices {
  return {
    ...(name === undefined ? {} : { name }),
    ...(responsible === undefined ? {} : { responsible }),
    ...(fields === undefined ? {} : { fields }),
  };
}

function pairView(deps: ApiDeps, row: DuplicateRow): Duplicate {
  const [first, second] = olderFirst(row.first, row.second);
  return { first: sideView(deps, first), second: sideView(deps, second), reasons: row.reasons, foundAt: row.foundAt };
}

function sideView(deps: ApiDeps, { responsibleId, responsibleName, channels, ...row }: SideRow): DuplicateSide {
  return {
    ...row,
    responsible: named(responsibleId, responsibleName),
    channels: channels.map((channel) => channelRef(deps.channels, channel)),
  };
}
