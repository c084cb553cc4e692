/** The frame of every turn's transaction: load and lock, decide, store, commit; begun again when a card turns out to need its lock. */

import type { Transaction } from '../../db/connection.ts';
import { type ChangeItem, leftSightOf, notify } from '../../db/notify.ts';
import type { NewPart } from '../../db/turns/changes.ts';
import { ContactMoved, type LoadedChats, lockCards } from '../../db/turns/load.ts';
import { saveChanges } from '../../db/turns/save.ts';
import type { ChatKey } from '../../workflows/messages.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Lane } from '../lane/lane.ts';
import type { Directory } from './directory.ts';
import { isRaced } from './failures.ts';
import { settlePolls } from './poll.ts';
import { countTurn } from './summaries.ts';
import { heldChats, tellOfClients } from './tell.ts';
import { createWorld, NeedsLock, type TurnRun, type World } from './world.ts';

export interface TurnDeps extends ActivityDeps {
  directory: Directory;
  lane: Lane;
  /** Sends what was planned (for about 3 s at most), wakes runs, ends spinners. Answers the lanes in which something is left. */
  afterCommit(committed: Committed[], elapsedMs: number): Promise<ChatKey[]>;
}

/** What is to be done once the transaction has committed. */
export interface Committed {
  accountId: number;
  /** The turn's time at its end; what happens afterwards counts on from it. */
  at: number;
  /** The first part of each lane, claimed in the transaction already. */
  claimed: (NewPart & { id: number })[];
  /** Chats in whose lanes this turn planned something. */
  planned: { chatId: string; channelId: number; externalChatId: string; count: number; hurried: boolean }[];
  wakes: TurnRun[];
  presses: { channelId: number; token: string }[];
  /** Chats whose conversation a poll's end settled: their workflows look at the rows. */
  settled: ChatKey[];
}

export interface Work<Extra, Result> {
  accountId: number;
  /** The channel it is about, where there is one. */
  channelId?: number;
  at: number;
  load(tx: Transaction): Promise<{ loaded: LoadedChats; extra: Extra }>;
  decide(w: World, extra: Extra): Promise<Result>;
  /** False: whoever calls does not send what this transaction plans. */
  sends: boolean;
}

const MAX_LOCK_ROUNDS = 6;
const MAX_RACES = 3;

export async function inTransaction<Extra, Result>(
  deps: TurnDeps,
  work: Work<Extra, Result>,
): Promise<{ result: Result; committed: Committed }> {
  const { accountId } = work;
  const leadIds: number[] = [];
  let contactId: number | undefined;
  const account = await deps.directory.account(accountId, work.channelId);
  const deliversByRow = (type: string) => deps.channels.get(type)?.deliversByRow === true;

  let races = 0;
  for (let round = 0; ; round += 1) {
    try {
      const done = await deps.sql.begin(async (transaction) => {
        const tx = transaction as Transaction;
        for (const leadId of leadIds) await lockCards(tx, accountId, { leadId });
        if (contactId !== undefined) await lockCards(tx, accountId, { contactId });
        const { loaded, extra } = await work.load(tx);
        const w = createWorld(
          tx,
          accountId,
          work.at,
          deps.directory,
          // A round that is rolled back takes its new tags with it: they must not stay in what all turns share.
          { ...account, tags: new Map(account.tags) },
          loaded,
          { leadIds, ...(contactId === undefined ? {} : { contactId }) },
          deliversByRow,
          deps.publicUrl,
        );
        const held = heldChats(w);
        const result = await work.decide(w, extra);
        await settlePolls(w);
        tellOfClients(w, held);
        const claims = work.sends ? claimFirst(w, deps.lane) : [];
        w.changes.counts = countTurn(w);
        const ids = await saveChanges(tx, accountId, w.changes);
        return { w, result, claimed: claims.map((index) => ({ ...w.changes.parts[index]!, id: ids[index]! })) };
      });
      const { w, result, claimed } = done;
      notify(deps.sql, changedItems(w));
      return { result, committed: committedOf(w, claimed) };
    } catch (error) {
      // A repeat of this turn beside it was faster, in a chat that had no row to lock yet: what it stored is seen now. Likewise contacts that were merged.
      if ((isRaced(error) || error instanceof ContactMoved) && races < MAX_RACES) {
        races += 1;
        continue;
      }
      if (!(error instanceof NeedsLock) || round === MAX_LOCK_ROUNDS) throw error;
      if (error.leadId !== undefined) leadIds.push(error.leadId);
      leadIds.sort((a, b) => a - b);
      contactId = error.contactId ?? contactId;
    }
  }
}

/** A lane that was empty can have its first part claimed in the transaction that plans it: one round trip less on the way of every reply. */
function claimFirst(w: World, lane: Lane): number[] {
  const seen = new Set<string>();
  const claims: number[] = [];
  for (const [index, part] of w.changes.parts.entries()) {
    if (part.status !== 'planned' || seen.has(part.chatId)) continue;
    seen.add(part.chatId);
    const channel = w.account.channels.get(part.channelId);
    if (w.busyLanes.has(part.chatId) || channel?.state !== 'connected' || lane.isBroken(part.channelId)) continue;
    Object.assign(part, lane.claim(part));
    claims.push(index);
  }
  return claims;
}

function committedOf(w: World, claimed: Committed['claimed']): Committed {
  return {
    accountId: w.accountId,
    at: w.at,
    claimed,
    planned: [...w.planned].map((chatId) => {
      const chat = w.chats.get(chatId)!;
      return {
        chatId,
        channelId: chat.channelId,
        externalChatId: chat.externalChatId,
        hurried: w.hurried.has(chatId),
        count: w.changes.parts.filter((part) => part.chatId === chatId && part.status !== 'withdrawn').length,
      };
    }),
    wakes: [...w.runs.values()].filter((run) => run.wakeDue),
    presses: w.presses,
    settled: [...w.settled].map((chatId) => {
      const { accountId, channelId, externalChatId } = w.chats.get(chatId)!;
      return { accountId, channelId, externalChatId };
    }),
  };
}

function changedItems(w: World): ChangeItem[] {
  const { accountId, changes } = w;
  const items: ChangeItem[] = [];
  const add = (kind: ChangeItem['kind'], ids: Iterable<string | number>) => {
    for (const id of ids) items.push({ accountId, kind, id });
  };
  const chats = new Set([...changes.chats.keys(), ...changes.newChats.map(({ id }) => id)]);
  for (const { chatId } of changes.readUpTo) chats.add(chatId);
  add('chat', chats);
  add('conversation', [...changes.conversations.keys(), ...changes.newConversations.map(({ number }) => number)]);
  add('lead', [...changes.leads.keys(), ...changes.newLeads.map(({ id }) => id)]);
  add('contact', changes.contacts.keys());
  add('run', [...changes.runs.keys(), ...changes.newRuns.map(({ id }) => id)]);
  if (changes.notifications.length > 0 || changes.untoldNotifications.length > 0 || changes.withdrawnNotifications.length > 0)
    add('notification', [0]);
  add(
    'sight',
    changes.events.filter(({ type }) => type === 'entity_responsible_changed').map(({ valueBefore }) => leftSightOf(valueBefore)),
  );
  // Receipts and edits change messages only: the chat is what pages fetch again.
  if (changes.receipts.length > 0 || changes.edits.length > 0 || changes.deletions.length > 0 || changes.reactions.length > 0)
    add('chat', w.chats.keys());
  return items;
}
