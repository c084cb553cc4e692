import { Hono } from 'hono';
import { z } from 'zod';
import { notify } from '../../db/notify.ts';
import { giveChats, listChatLinks, seenContacts } from '../../db/stores/compat-chats.ts';
import { mayWrite } from './access.ts';
import { itemAnswer, readBody, selfLink } from './answer.ts';
import type { CompatDeps, CompatEnv } from './model.ts';
import { CompatProblem, type FieldProblem, invalid } from './problem.ts';
import { readQuery } from './query.ts';

const MOST = 250;
const link = z.object({ contact_id: z.number().int().positive(), chat_id: z.uuid(), request_id: z.string().max(255).optional() });
const uuid = z.uuid();

/** `/api/v4/contacts/chats`: which contact a chat belongs to, and tying a chat to a contact. */
export function contactChatRoutes({ sql }: CompatDeps): Hono<CompatEnv> {
  return new Hono<CompatEnv>()
    .get('/', async (c) => {
      const query = readQuery(c.req.url);
      const contactIds = query.integers('contact_id');
      const chatIds = query.texts('chat_id');
      query.finish();
      if (contactIds === undefined && chatIds === undefined)
        throw invalid([{ code: 'FieldMissing', path: 'contact_id', detail: 'This collection should name contact_id or chat_id.' }]);
      if (chatIds?.some((id) => !uuid.safeParse(id).success))
        throw invalid([{ code: 'InvalidType', path: 'chat_id', detail: 'This value should be a UUID.' }]);
      const rows = await listChatLinks(
        sql,
        c.var.actor,
        { ...(contactIds === undefined ? {} : { contactIds }), ...(chatIds === undefined ? {} : { chatIds }) },
        MOST,
      );
      if (rows.length === 0) return c.body(null, 204);
      return itemAnswer(c, {
        _total_items: rows.length,
        _links: selfLink(c, 'contacts/chats'),
        _embedded: { chats: rows.map(({ chatId, contactId }) => ({ chat_id: chatId, contact_id: contactId })) },
      });
    })

    .post('/', async (c) => {
      const actor = mayWrite(c);
      const wanted = readLinks(await readBody(c));
      const chats = await listChatLinks(sql, actor, { chatIds: wanted.map(({ chat_id }) => chat_id) }, MOST);
      const contacts = await seenContacts(sql, actor, [...new Set(wanted.map(({ contact_id }) => contact_id))]);
      if ([...contacts.values()].includes(false) || chats.some((chat) => !chat.editable))
        throw new CompatProblem(403, 'This user has no rights to the contact.');
      const known = new Set(chats.map(({ chatId }) => chatId));
      const choices: FieldProblem[] = wanted.flatMap(({ contact_id, chat_id }, index) => [
        ...(contacts.has(contact_id) ? [] : [unknown(`${index}.contact_id`)]),
        ...(known.has(chat_id) ? [] : [unknown(`${index}.chat_id`)]),
      ]);
      if (choices.length > 0) throw invalid(choices);
      await giveChats(
        sql,
        actor.accountId,
        wanted.map(({ contact_id, chat_id }) => ({ chatId: chat_id, contactId: contact_id })),
      );
      const { accountId } = actor;
      notify(sql, [
        ...wanted.map(({ chat_id }) => ({ accountId, kind: 'chat' as const, id: chat_id })),
        ...wanted.map(({ contact_id }) => ({ accountId, kind: 'contact' as const, id: contact_id })),
      ]);
      return itemAnswer(c, {
        _total_items: wanted.length,
        _embedded: {
          chats: wanted.map(({ contact_id, chat_id, request_id }, index) => ({
            chat_id,
            contact_id,
            request_id: request_id ?? String(index),
          })),
        },
      });
    });
}

const unknown = (path: string): FieldProblem => ({
  code: 'NotSupportedChoice',
  path,
  detail: 'The value you selected is not a valid choice.',
});

function readLinks(body: unknown): z.infer<typeof link>[] {
  if (!Array.isArray(body) || body.length === 0 || body.length > MOST)
    throw new CompatProblem(400, `The body should be a list of 1 to ${MOST} objects with contact_id and chat_id.`);
  const parsed = z.array(link).safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalid(
    parsed.error.issues.map(({ path, message, code }) => ({
      code: code === 'invalid_type' && message.includes('undefined') ? 'FieldMissing' : 'InvalidType',
      path: path.join('.'),
      detail: message,
    })),
  );
}
