import { type Context, Hono } from 'hono';
import { contactsForLinks, linksForMany } from '../../db/stores/links.ts';
import { webAddress } from '../../domain/links/find-links.ts';
import { mayWrite } from './access.ts';
import { isRecord, readBody } from './answer.ts';
import type { CompatDeps, CompatEnv } from './model.ts';
import { CompatProblem, type FieldProblem, invalid } from './problem.ts';

/** As the vendor's older address allows. */
const MOST_AT_ONCE = 500;

/**
 * `POST /api/v4/short_links`: an array of `{url, metadata: {entity_type: 'contacts', entity_id}}`; the answers stand in the order of the requests. The same
 * serves `/api/v2/url_shortener`.
 */
export function linkRoutes(deps: CompatDeps): Hono<CompatEnv> {
  return new Hono<CompatEnv>().post('/', async (c) => {
    const actor = mayWrite(c);
    const wanted = readWanted(await readBody(c));
    const known = new Map(
      (
        await contactsForLinks(
          deps.sql,
          actor,
          wanted.map(({ contactId }) => contactId),
        )
      ).map((row) => [row.id, row]),
    );
    const missing = wanted.findIndex(({ contactId }) => !known.has(contactId));
    if (missing >= 0)
      throw invalid([{ code: 'NotSupportedChoice', path: 'metadata.entity_id', detail: 'There is no such contact.' }], missing);
    if ([...known.values()].some(({ mayEdit }) => !mayEdit))
      throw new CompatProblem(403, 'This user may see the contact but not change it.');
    const made = await linksForMany(deps.sql, actor.accountId, wanted, Date.now());
    const codes = new Map(made.map((link) => [`${link.contactId}/${link.url}`, link.code]));
    const base = await deps.linkBase(actor.accountId, c.req.url);
    const links = wanted.map(({ contactId, url }) => ({
      url: `${base}/s/${codes.get(`${contactId}/${url}`)}`,
      account_id: actor.accountId,
      metadata: { entity_type: 'contacts', entity_id: contactId },
    }));
    return hal(c, { _total_items: links.length, _embedded: { short_links: links } });
  });
}

function readWanted(body: unknown): { contactId: number; url: string }[] {
  const given = Array.isArray(body) ? body : [body];
  if (given.length === 0) throw invalid([{ code: 'TooFew', path: '', detail: 'Send at least one link.' }]);
  if (given.length > MOST_AT_ONCE) throw invalid([{ code: 'TooMany', path: '', detail: `Send ${MOST_AT_ONCE} links at most.` }]);
  return given.map((one: unknown, request) => {
    const tree = isRecord(one) ? one : {};
    const metadata = isRecord(tree.metadata) ? tree.metadata : {};
    const errors: FieldProblem[] = [];
    const url = typeof tree.url === 'string' ? webAddress(tree.url) : undefined;
    if (url === undefined)
      errors.push({
        code: tree.url === undefined ? 'FieldMissing' : 'InvalidType',
        path: 'url',
        detail: 'This value should be a web address.',
      });
    if (metadata.entity_type !== 'contacts')
      errors.push({
        code: 'NotSupportedChoice',
        path: 'metadata.entity_type',
        detail: 'The value you selected is not a valid choice: contacts only.',
      });
    const contactId = metadata.entity_id;
    if (!Number.isSafeInteger(contactId))
      errors.push({ code: 'InvalidType', path: 'metadata.entity_id', detail: 'This value should be of type int.' });
    if (errors.length > 0 || url === undefined) throw invalid(errors, request);
    return { contactId: contactId as number, url };
  });
}

function hal(c: Context, body: object): Response {
  return c.body(JSON.stringify(body), 200, { 'Content-Type': 'application/hal+json' });
}
