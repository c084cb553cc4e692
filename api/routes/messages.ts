import { createRoute } from '@hono/zod-openapi';
import { addressInChannel, addressOfChat, addressOfConversation, type ChatAddress } from '../../db/stores/conversations.ts';
import { findMessage, messagesOfConversation } from '../../db/stores/messages.ts';
import { abilitiesIn } from '../../domain/message/abilities.ts';
import { isWindowClosed, windowRefusal } from '../../domain/message/window.ts';
import { mustEdit } from '../auth/may.ts';
import { baseUrl } from '../base-url.ts';
import { accepted, idInPath, uuidInPath } from '../contract/common.ts';
import { numberInPath, orderAnswer } from '../contract/conversations.ts';
import { type Message, message, messagePage, messageQuery, writeBody } from '../contract/messages.ts';
import { decodeCursor, isNumbers, page } from '../cursor.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError, wrongField } from '../errors.ts';
import { answers, bounded, ordered, refusals, router, z } from '../openapi.ts';
import { sendOrder } from '../send-order.ts';
import { templateToSend } from '../templates.ts';
import { orderAnswerView } from '../views/conversations.ts';
import { messageView } from '../views/messages.ts';
import { type Writing, withWriting } from '../write-body.ts';
import { chatToWriteIn } from '../write-first.ts';

const tags = ['messages'];
const multipart = z.object({
  text: z.string().optional(),
  channel: z.string().optional(),
  shorten: z.string().optional(),
  seenPosition: z.string().optional(),
  replyTo: z.string().optional(),
  buttons: z.string().optional(),
  template: z.string().optional(),
  files: z.array(z.any().openapi({ type: 'string', format: 'binary' })).optional(),
});
const writing = {
  body: {
    required: true,
    content: { 'application/json': { schema: writeBody }, 'multipart/form-data': { schema: multipart } },
  },
};
const written = {
  201: { description: 'Written; its parts tell how far they are', content: { 'application/json': { schema: message } } },
  202: { description: 'Certain to be written', content: { 'application/json': { schema: accepted } } },
  ...refusals,
  ...bounded,
};

/** Messages of a conversation, writing into a chat, and sending again what was refused. */
export function messageRoutes(deps: ApiDeps) {
  /** Writes into a chat; the answer is the message as it stands after the first try at sending. */
  async function write(c: AppContext, chat: ChatAddress, body: Writing) {
    const { actor } = c.var;
    const target = body.channel === undefined ? chat : await addressInChannel(deps.sql, actor, chat.contactId, body.channel);
    if (target === undefined) throw wrongField('channel', 'the contact has no chat in this channel: choose one of contact.chats');
    const abilities = abilitiesIn(target.channelType, target.externalChatId);
    const closed = isWindowClosed(abilities, target.lastClientAt, deps.now());
    if (closed && body.template === undefined) {
      const { code, words } = windowRefusal(abilities);
      throw new ApiError(code, words);
    }
    if (!closed && !target.reachable) {
      throw new ApiError('unreachable', target.unreachableWords || 'The client cannot be reached until they write again');
    }
    const template =
      body.template === undefined ? {} : await templateToSend(deps, actor, { ...target, fileIds: body.fileIds }, body.template);
    const sent = await sendOrder(deps, c, target, {
      type: 'write',
      by: actor.userId,
      text: body.text,
      fileIds: body.fileIds,
      ...(body.buttons.length === 0 ? {} : { buttons: body.buttons }),
      ...template,
      ...(body.shorten === undefined ? {} : { shortenLinks: body.shorten }),
      ...(body.replyTo === undefined || target.chatId !== chat.chatId ? {} : { replyTo: body.replyTo }),
      // What was seen is a place in the very chat that is written to.
      ...(body.seenPosition === undefined || target.chatId !== chat.chatId ? {} : { seenPosition: body.seenPosition }),
    });
    if (!sent.taken) return c.json(sent.accepted, 202);
    const row = sent.answer.messageId === undefined ? undefined : await findMessage(deps.sql, actor, sent.answer.messageId);
    if (row === undefined) throw new ApiError('conflict', 'This Idempotency-Key was used for another order of this chat: take a new one');
    return c.json(messageView(row, deps.secretKey, baseUrl(deps, c)) satisfies Message, 201);
  }

  /** Gives an order about one message that was written to the client. */
  async function orderAbout(c: AppContext, type: 'retry' | 'arrived', messageId: string) {
    const { actor } = c.var;
    const row = await findMessage(deps.sql, actor, messageId);
    const chat = row === undefined ? undefined : await addressOfChat(deps.sql, actor, row.chatId);
    if (row === undefined || chat === undefined) throw new ApiError('not_found', 'No such message');
    const sent = await sendOrder(deps, c, chat, { type, by: actor.userId, messageId: row.id });
    return sent.taken ? c.json(orderAnswerView(sent.answer), 200) : c.json(sent.accepted, 202);
  }

  const app = router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/conversations/{number}/messages',
        tags,
        summary: 'Messages of a conversation, newest first',
        request: { params: numberInPath, query: messageQuery },
        responses: answers(messagePage),
      }),
      async (c) => {
        const { number } = c.req.valid('param');
        const { limit, cursor, order } = c.req.valid('query');
        const { actor } = c.var;
        const chat = await addressOfConversation(deps.sql, actor, number);
        if (chat === undefined) throw new ApiError('not_found', 'No such conversation');
        const after = decodeCursor(cursor, isNumbers(1))?.[0];
        const rows = await messagesOfConversation(
          deps.sql,
          actor.accountId,
          { number, chatId: chat.chatId },
          { limit: limit + 1, order, ...(after === undefined ? {} : { after }) },
        );
        const base = baseUrl(deps, c);
        return c.json(
          page(
            rows,
            limit,
            (row) => [row.position],
            (row) => messageView(row, deps.secretKey, base),
          ),
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/messages/{id}/retry',
        tags,
        summary: 'Send again what was refused or is unknown',
        request: { params: uuidInPath },
        responses: ordered(orderAnswer),
      }),
      (c) => orderAbout(c, 'retry', c.req.valid('param').id),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/messages/{id}/arrived',
        tags,
        summary: 'What is unknown did arrive: it is not sent again, the rest of the message is sent',
        request: { params: uuidInPath },
        responses: ordered(orderAnswer),
      }),
      (c) => orderAbout(c, 'arrived', c.req.valid('param').id),
    );

  // Two kinds of body: described here, read by withWriting.
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/conversations/{number}/messages',
    tags,
    summary: 'Write to the client',
    request: { params: numberInPath, ...writing },
    responses: written,
  });
  app.post('/conversations/:number{[0-9]{1,15}}/messages', async (c) => {
    const chat = await addressOfConversation(deps.sql, c.var.actor, Number(c.req.param('number')));
    if (chat === undefined) throw new ApiError('not_found', 'No such conversation');
    mustEdit(chat);
    return withWriting(deps, c, (body) => write(c, chat, body));
  });
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/chats/{id}/messages',
    tags,
    summary: 'Write into a chat that has no conversation',
    request: { params: uuidInPath, ...writing },
    responses: written,
  });
  app.post('/chats/:id/messages', async (c) => {
    const id = uuidInPath.safeParse({ id: c.req.param('id') });
    const chat = id.success ? await addressOfChat(deps.sql, c.var.actor, id.data.id) : undefined;
    if (chat === undefined) throw new ApiError('not_found', 'No such chat');
    mustEdit(chat);
    return withWriting(deps, c, (body) => write(c, chat, body));
  });
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/contacts/{id}/messages',
    tags,
    summary: 'Write to a contact in a channel; where the channel can, this begins the chat. Gives no number',
    request: { params: idInPath, ...writing },
    responses: written,
  });
  app.post('/contacts/:id{[0-9]{1,15}}/messages', (c) =>
    withWriting(deps, c, async (body) => {
      const { channel: channelId, template, fileIds } = body;
      const check =
        channelId === undefined || template === undefined
          ? undefined
          : () => templateToSend(deps, c.var.actor, { channelId, fileIds }, template);
      if (channelId === undefined)
        throw wrongField('channel', 'name the channel to write in: contact.chats and contact.canBegin list them');
      return write(c, await chatToWriteIn(deps, c.var.actor, Number(c.req.param('id')), channelId, check), body);
    }),
  );
  return app;
}
