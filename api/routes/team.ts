import { createRoute } from '@hono/zod-openapi';
import { notify } from '../../db/notify.ts';
import { chatsOf } from '../../db/stores/contacts.ts';
import { addressOfChat } from '../../db/stores/conversations.ts';
import { keptContactId } from '../../db/stores/merge-contacts.ts';
import { findTeamTalk } from '../../db/stores/team.ts';
import { typingId } from '../../db/typing.ts';
import { mustEdit } from '../auth/may.ts';
import { idInPath } from '../contract/common.ts';
import { numberInPath } from '../contract/conversations.ts';
import { blockAnswer, participantBody, participantInPath, participants, transferBody, transferred, typingBody } from '../contract/team.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { createLimiter } from '../limiter.ts';
import { answers, limited, mayTake, nothing, ordered, router, takes } from '../openapi.ts';
import { sendOrder } from '../send-order.ts';
import { changeParticipants, transfer } from '../team.ts';

const tags = ['team'];
/** A page says it every three seconds; several conversations may be open. */
const TYPING = { most: 20, perMs: 10_000 };

/** Working together on a client: handing over, participants, who is typing, blocking. */
export function teamRoutes(deps: ApiDeps) {
  const typing = createLimiter(TYPING, deps.now);
  /** Blocks or lets in by a turn of one of the contact's chats: its transaction reaches all of them. */
  async function block(c: AppContext, named: number, blocked: boolean) {
    const { actor } = c.var;
    const contactId = await keptContactId(deps.sql, actor.accountId, named);
    const [chat] = (await chatsOf(deps.sql, actor, contactId)).filter(({ kind }) => kind === 'private');
    const address = chat === undefined ? undefined : await addressOfChat(deps.sql, actor, chat.id);
    if (address === undefined) throw new ApiError('not_found', 'No such contact, or one without a chat');
    const sent = await sendOrder(deps, c, address, { type: 'block', by: actor.userId, blocked });
    return sent.taken ? c.json({ blocked }, 200) : c.json(sent.accepted, 202);
  }

  return router()
    .openapi(
      createRoute({
        method: 'post',
        path: '/conversations/{number}/transfer',
        tags,
        summary: 'Hand the client and the card over to another user',
        middleware: [answeredOnce(deps)] as const,
        request: { params: numberInPath, ...takes(transferBody) },
        responses: answers(transferred),
      }),
      async (c) => c.json(await transfer(deps, c.var.actor, c.req.valid('param').number, c.req.valid('json')), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/conversations/{number}/participants',
        tags,
        summary: 'Add a participant: sees the client whatever the rights say, and is told',
        request: { params: numberInPath, ...takes(participantBody) },
        responses: answers(participants),
      }),
      async (c) => {
        const { userId } = c.req.valid('json');
        return c.json({ participants: await changeParticipants(deps, c.var.actor, c.req.valid('param').number, { add: userId }) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/conversations/{number}/participants/{userId}',
        tags,
        summary: 'Remove a participant; anybody may leave',
        request: { params: participantInPath },
        responses: answers(participants),
      }),
      async (c) => {
        const { number, userId } = c.req.valid('param');
        return c.json({ participants: await changeParticipants(deps, c.var.actor, number, { remove: userId }) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/conversations/{number}/typing',
        tags,
        summary: 'Say that you are writing an answer or a note; stored nowhere, over after 6 s; 20 times in 10 s at most',
        request: { params: numberInPath, ...mayTake(typingBody) },
        responses: { ...nothing, ...limited },
      }),
      async (c) => {
        const { actor } = c.var;
        typing.take(`${actor.accountId}/${actor.userId}`);
        const { state } = typingBody.parse(c.req.valid('json') ?? {});
        const talk = await findTeamTalk(deps.sql, actor, c.req.valid('param').number);
        if (talk === undefined) throw new ApiError('not_found', 'No such conversation');
        if (state === 'writing') mustEdit(talk);
        notify(deps.sql, [
          { accountId: actor.accountId, kind: 'typing', id: typingId({ chatId: talk.chatId, userId: actor.userId, state }) },
        ]);
        return c.body(null, 204);
      },
    )
    .openapi(blockRoute('block', 'Block a contact: what they write is stored, and that is all'), async (c) =>
      block(c, c.req.valid('param').id, true),
    )
    .openapi(blockRoute('unblock', 'Let a blocked contact in again'), async (c) => block(c, c.req.valid('param').id, false));
}

const blockRoute = <Word extends string>(word: Word, summary: string) =>
  createRoute({
    method: 'post',
    path: `/contacts/{id}/${word}` as const,
    tags,
    summary,
    request: { params: idInPath },
    responses: ordered(blockAnswer),
  });
