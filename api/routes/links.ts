import { createRoute } from '@hono/zod-openapi';
import { findContact } from '../../db/stores/contacts.ts';
import { linksForMany, listLinks, setLinkEnd } from '../../db/stores/links.ts';
import { keptContactId } from '../../db/stores/merge-contacts.ts';
import { readSettings } from '../../db/stores/settings.ts';
import { formsOfContact, visitsOfContact } from '../../db/stores/visits.ts';
import { webAddress } from '../../domain/links/find-links.ts';
import { LINK_PATH } from '../../domain/links/shorten-links.ts';
import { mustEdit } from '../auth/may.ts';
import { baseUrl } from '../base-url.ts';
import { idInPath } from '../contract/common.ts';
import { link, linkPage, linkQuery, newLink, pixel, visits } from '../contract/links.ts';
import { decodeCursor, isNumbers, page } from '../cursor.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { pixelKey } from '../links/pixel-key.ts';
import { answers, makes, router, takes } from '../openapi.ts';

const tags = ['links'];
const VISITS_MOST = 50;
const FORMS_MOST = 5;

/** Short links of contacts with their clicks, what a contact's browsers have visited, and the tag of the account's pixel. */
export function linkRoutes(deps: ApiDeps) {
  const { sql } = deps;
  /** Where this account's short links stand; the caller's own address where no public one is configured. */
  const linkBase = async (c: AppContext) =>
    (await readSettings(sql, c.var.actor.accountId)).linkDomain ?? deps.publicUrl ?? baseUrl(deps, c);
  const shown =
    (base: string) =>
    ({ code, ...row }: Awaited<ReturnType<typeof listLinks>>[number]) => ({ ...row, shortUrl: base + LINK_PATH + code });

  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/links',
        tags,
        summary: 'Short links with their clicks, the newest first; of one contact by `contact`',
        request: { query: linkQuery },
        responses: answers(linkPage),
      }),
      async (c) => {
        const { contact, cursor, limit } = c.req.valid('query');
        const before = decodeCursor(cursor, isNumbers(1))?.[0];
        const [rows, base] = await Promise.all([
          listLinks(sql, c.var.actor, { contactId: contact, before, limit: limit + 1 }),
          linkBase(c),
        ]);
        return c.json(
          page(rows, limit, ({ id }) => [id], shown(base)),
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/links',
        tags,
        summary: 'The short link of a contact and an address; the same again gives the same',
        request: takes(newLink),
        responses: makes(link),
      }),
      async (c) => {
        const { contactId: named, url: given, expiresAt } = c.req.valid('json');
        const url = webAddress(given);
        if (url === undefined)
          throw new ApiError('invalid', 'url: must be an address such as https://shop.example.com/a', {
            fields: [{ field: 'url', message: 'must be an address such as https://shop.example.com/a' }],
          });
        const { actor } = c.var;
        const contactId = await keptContactId(sql, actor.accountId, named);
        const contact = await findContact(sql, actor, contactId);
        if (contact === undefined) throw new ApiError('not_found', 'No such contact');
        mustEdit(contact);
        const [made] = await linksForMany(sql, actor.accountId, [{ contactId, url }], deps.now());
        if (made === undefined) throw new Error('a link was neither made nor found');
        if (expiresAt != null) await setLinkEnd(sql, actor.accountId, made.id, expiresAt);
        const [row] = await listLinks(sql, actor, { id: made.id, limit: 1 });
        if (row === undefined) throw new ApiError('not_found', 'No such contact');
        return c.json(shown(await linkBase(c))(row), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/contacts/{id}/visits',
        tags,
        summary: 'Pages of the account’s sites that the contact’s browsers have shown, and what they gave in forms there',
        request: { params: idInPath },
        responses: answers(visits),
      }),
      async (c) => {
        const id = await keptContactId(sql, c.var.actor.accountId, c.req.valid('param').id);
        if ((await findContact(sql, c.var.actor, id)) === undefined) throw new ApiError('not_found', 'No such contact');
        const { accountId } = c.var.actor;
        const [items, forms] = await Promise.all([
          visitsOfContact(sql, accountId, id, VISITS_MOST),
          formsOfContact(sql, accountId, id, FORMS_MOST),
        ]);
        return c.json({ items, forms }, 200);
      },
    )
    .openapi(
      createRoute({ method: 'get', path: '/pixel', tags, summary: 'The tag of the account’s pixel', responses: answers(pixel) }),
      async (c) => {
        const { accountId } = c.var.actor;
        const { linkDomain } = await readSettings(sql, accountId);
        return c.json(
          {
            key: pixelKey(deps.secretKey, accountId),
            scriptUrl: `${deps.publicUrl ?? baseUrl(deps, c)}/pixel.js`,
            linkBase: linkDomain ?? deps.publicUrl ?? null,
          },
          200,
        );
      },
    );
}
