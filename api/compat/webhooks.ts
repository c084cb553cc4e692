import { type Context, Hono } from 'hono';
import { notify } from '../../db/notify.ts';
import { deleteWebhook, listWebhooks, MOST_WEBHOOKS, saveWebhook, type WebhookRow } from '../../db/stores/webhooks.ts';
import { webhookCodes } from '../../domain/webhooks/codes.ts';
import { isRecord, itemAnswer, readBody, seconds, selfLink } from './answer.ts';
import type { CompatActor, CompatDeps, CompatEnv } from './model.ts';
import { CompatProblem, type FieldProblem, invalid, notFound } from './problem.ts';
import { readQuery } from './query.ts';

const MOST_BYTES = 2048;

/** Subscriptions of the account's webhooks (`/api/v4/webhooks`), for administrators only. An address has one subscription. */
export function webhookRoutes({ sql, webhookSecret }: CompatDeps): Hono<CompatEnv> {
  /** Workers hear of it: which accounts have subscriptions they keep in memory. */
  const tell = (accountId: number) => notify(sql, [{ accountId, kind: 'settings', id: 'webhooks' }]);

  return (
    new Hono<CompatEnv>()
      .get('/', async (c) => {
        const { accountId } = administrator(c);
        const rows = await listWebhooks(sql, accountId, readQuery(c.req.url).text('filter[destination]'));
        if (rows.length === 0) return c.body(null, 204);
        return itemAnswer(c, {
          _total_items: rows.length,
          _links: selfLink(c, 'webhooks'),
          _embedded: { webhooks: rows.map(webhook) },
        });
      })

      /** Subscribing an address again changes its subscription and switches it on. `secret`, which the vendor has not, checks our signatures. */
      .post('/', async (c) => {
        const { accountId, userId } = administrator(c);
        const wanted = readSubscription(await readBody(c));
        const row = await saveWebhook(sql, { accountId, userId, ...wanted, at: Date.now() });
        if (row === undefined) {
          const detail = `An account has ${MOST_WEBHOOKS} webhooks at most: delete one that is not needed any more.`;
          throw invalid([{ code: 'TooMany', path: 'destination', detail }]);
        }
        tell(accountId);
        const answer = itemAnswer(c, { ...webhook(row), secret: webhookSecret(row) });
        return new Response(answer.body, { status: 201, headers: answer.headers });
      })

      .delete('/', async (c) => {
        const { accountId } = administrator(c);
        const body = await readBody(c);
        const destination = isRecord(body) ? body.destination : undefined;
        if (typeof destination !== 'string') throw invalid([missing('destination', destination, 'string')]);
        if (!(await deleteWebhook(sql, accountId, destination, Date.now()))) throw notFound('Webhook');
        tell(accountId);
        return c.body(null, 204);
      })
  );
}

function administrator(c: Context<CompatEnv>): CompatActor {
  const { actor } = c.var;
  if (actor.role !== 'administrator') throw new CompatProblem(403, 'Webhooks are for administrators of the account only.');
  return actor;
}

function webhook(row: WebhookRow): object {
  return {
    id: row.id,
    destination: row.destination,
    created_at: seconds(row.createdAt),
    updated_at: seconds(row.updatedAt),
    account_id: row.accountId,
    created_by: row.createdBy,
    sort: row.sort,
    disabled: row.disabled,
    settings: row.settings,
  };
}

/** Reads the body of a subscription; every wrong field is named. */
function readSubscription(body: unknown): { destination: string; settings: string[]; sort?: number } {
  if (!isRecord(body)) throw new CompatProblem(400, 'The body should be an object with destination and settings.');
  const { destination, settings, sort } = body;
  const problems: FieldProblem[] = [];
  if (typeof destination !== 'string') problems.push(missing('destination', destination, 'string'));
  else problems.push(...wrongAddress(destination));
  if (!Array.isArray(settings)) problems.push(missing('settings', settings, 'array'));
  else if (settings.length === 0)
    problems.push({ code: 'TooFew', path: 'settings', detail: 'This collection should contain 1 element or more.' });
  else {
    for (const [index, code] of settings.entries()) {
      if (webhookCodes.includes(code as string)) continue;
      problems.push({ code: 'NotSupportedChoice', path: `settings.${index}`, detail: 'The value you selected is not a valid choice.' });
    }
  }
  if (sort !== undefined && (typeof sort !== 'number' || !Number.isInteger(sort) || Math.abs(sort) > 1_000_000)) {
    problems.push({ code: 'InvalidType', path: 'sort', detail: 'This value should be of type int.' });
  }
  if (problems.length > 0) throw invalid(problems);
  return {
    destination: destination as string,
    settings: [...new Set(settings as string[])],
    ...(sort === undefined ? {} : { sort: sort as number }),
  };
}

function wrongAddress(destination: string): FieldProblem[] {
  const wrong = (code: FieldProblem['code'], detail: string) => [{ code, path: 'destination', detail }];
  if (destination.trim() === '') return wrong('NotBlank', 'This value should not be blank.');
  if (Buffer.byteLength(destination) > MOST_BYTES) return wrong('TooHigh', `This value should have ${MOST_BYTES} bytes or less.`);
  const url = URL.canParse(destination) ? new URL(destination) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return wrong('InvalidType', 'This value is not a valid URL: give an address that begins with https:// or http://.');
  }
  if (url.username !== '' || url.password !== '') {
    return wrong('InvalidType', 'This value should hold no user and password: put a token into the path, or check the signature.');
  }
  return [];
}

function missing(path: string, value: unknown, type: string): FieldProblem {
  return { code: value === undefined ? 'FieldMissing' : 'InvalidType', path, detail: `This value should be of type ${type}.` };
}
