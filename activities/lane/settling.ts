/** What became of a message, told to the conversation and to the run that sent it: in a transaction with the turns' locks. */

import { acceptPart, giveUpMessage, type LanePart } from '../../db/turns/lane.ts';
import { loadByChat } from '../../db/turns/load.ts';
import type { Author } from '../../domain/conversation/model.ts';
import { stepRun } from '../turn/bots.ts';
import { refused } from '../turn/inbound.ts';
import { applyToTalk } from '../turn/talk.ts';
import { inTransaction, type TurnDeps } from '../turn/transaction.ts';
import { addNotification, changeChat, type World } from '../turn/world.ts';
import type { Settling } from './lane.ts';

export function createSettling(deps: TurnDeps): Settling {
  async function settle(part: LanePart, at: number, decide: (w: World) => Promise<void>): Promise<void> {
    const { committed } = await inTransaction(deps, {
      accountId: part.accountId,
      at,
      sends: false,
      load: async (tx) => ({
        loaded: await loadByChat(tx, part.accountId, part.channelId, part.externalChatId, part.runId ?? undefined),
        extra: undefined,
      }),
      decide,
    });
    // What the run sends now stands in the lane that is being drained; copies in other chats are left to the workflows of those chats.
    const others = committed.planned.filter(({ chatId }) => chatId !== part.chatId);
    await Promise.all([
      ...committed.settled.map((chat) => deps.checkLane(chat)),
      ...others.map(({ channelId, externalChatId }) => deps.checkLane({ accountId: part.accountId, channelId, externalChatId })),
      ...committed.wakes.map((run) =>
        deps.wakeRun({
          accountId: run.accountId,
          runId: run.id,
          botId: run.botId,
          ...(run.botName === undefined ? {} : { botName: run.botName }),
        }),
      ),
    ]);
  }
  const messageOf = async (part: LanePart) => {
    const [row] = await deps.sql<
      { key: string | null; written_at: number; author_kind: Author['kind']; author_id: number | null }[]
    >`select key, written_at, author_kind, author_id from messages where account_id = ${part.accountId} and id = ${part.messageId}`;
    return { id: part.messageId, runId: part.runId, key: row?.key ?? null, writtenAt: row?.written_at ?? 0, by: authorOf(row, part) };
  };

  return {
    async accepted(part, externalIds, at) {
      const message = await messageOf(part);
      // One transaction with the receipt: a crash between the two would leave a clock running, or a run without its timer, for ever.
      await settle(part, at, async (w) => {
        const { whole } = await acceptPart(w.tx, part, externalIds, at);
        const chat = w.chats.get(part.chatId);
        if (!whole || chat === undefined) return;
        const by = part.authorKind === 'bot' ? 'bot' : 'person';
        await applyToTalk(w, chat, { type: 'replyAccepted', at, by, messageId: message.id, writtenAt: message.writtenAt }, message.by);
        const run = part.runId === null ? undefined : w.runs.get(part.runId);
        if (part.tellsRun && run !== undefined && message.key !== null)
          await stepRun(w, run, { type: 'accepted', at, key: message.key.slice(run.id.length + 1) });
      });
    },
    async refused(part, status, words, at, scope) {
      const message = await messageOf(part);
      await settle(part, at, async (w) => {
        if (!(await giveUpMessage(w.tx, part, status, words))) return;
        const chat = w.chats.get(part.chatId);
        if (chat === undefined) return;
        if (scope === 'contact') changeChat(w, chat, { reachable: false, unreachableWords: words });
        if (status === 'refused') await refused(w, chat, message, words);
        else addNotification(w, chat, 'botFailed', { messageId: message.id, words });
      });
    },
  };
}

/** Who wrote a message, as its row says. */
function authorOf(row: { author_kind: Author['kind']; author_id: number | null } | undefined, part: LanePart): Author {
  if (row?.author_kind === 'bot') return { kind: 'bot', botId: row.author_id ?? 0, runId: part.runId ?? '' };
  return row?.author_kind === 'user' ? { kind: 'user', id: row.author_id ?? 0 } : { kind: 'system' };
}
