/** Bots that start when a client follows a short link or visits the site. */
import { randomUUID } from 'node:crypto';
import type { Sql, Transaction } from '../../db/connection.ts';
import { notify } from '../../db/notify.ts';
import { aliveRun, insertRun, type StartPlace, startPlace } from '../../db/stores/runs.ts';
import { cardState, type LiveTrigger, lastStarts, liveTriggers, type StartCard } from '../../db/stores/trigger-starts.ts';
import { fitsPlace } from '../../domain/conversation/trigger-filter.ts';
import type { RunStart } from '../../workflows/starts.ts';
import type { Orders } from '../orders.ts';
import { restarts } from '../start-bot.ts';

export interface ContactDid {
  accountId: number;
  contactId: number;
  /** Id of the event in the list: the same one starts a bot once. */
  eventId: number;
}

/** A run whose row stands and whose workflow has not heard of it yet. */
export interface PlannedStart {
  run: RunStart;
  startKey: string;
  /** The run of the same bot in whose place it comes, by the bot's setting. */
  replaces: RunStart | undefined;
}

export interface BotStarts {
  /**
   * Makes the rows of the runs in the transaction of their events, so that none of the two is there without the other. Filters, cool-down, delay and
   * what becomes of a run that is there already are those of every trigger; the chat is the one that was last active. A failure here is logged and
   * undoes nothing else.
   */
  plan(tx: Transaction, type: 'link_followed' | 'site_visited', done: readonly ContactDid[]): Promise<PlannedStart[]>;
  /** After the commit: tells the workflows. What a crash leaves untold is begun by repair, or by the chat's next turn. */
  begin(planned: readonly PlannedStart[]): Promise<void>;
}

interface Deps {
  sql: Sql;
  orders: Pick<Orders, 'sendToRun'>;
  log: { warn(fields: object, message: string): void };
  now(): number;
}

export function createBotStarts({ sql, orders, log, now }: Deps): BotStarts {
  return {
    async plan(tx, type, done) {
      if (done.length === 0) return [];
      try {
        return await tx.savepoint(async (inner) => {
          const planned: PlannedStart[] = [];
          for (const accountId of new Set(done.map((one) => one.accountId))) {
            const triggers = await liveTriggers(inner, accountId, type);
            if (triggers.length === 0) continue;
            for (const one of done) if (one.accountId === accountId) planned.push(...(await startsOf(inner, type, one, triggers, now())));
          }
          return planned;
        });
      } catch (err) {
        log.warn({ err, type }, 'bots of what a client did were not started');
        return [];
      }
    },
    async begin(planned) {
      for (const { run, startKey, replaces } of planned) {
        try {
          if (replaces !== undefined) await orders.sendToRun(replaces, { type: 'stop', as: 'restarted' }, `${startKey}/restart`);
          await orders.sendToRun(run, { type: 'begin' }, `${startKey}/begin`);
          notify(sql, [{ accountId: run.accountId, kind: 'run', id: run.runId }]);
        } catch (err) {
          log.warn({ err, accountId: run.accountId, runId: run.runId }, 'a bot begins later: its workflow could not be told');
        }
      }
    },
  };
}

async function startsOf(
  tx: Transaction,
  type: string,
  { accountId, contactId, eventId }: ContactDid,
  triggers: readonly LiveTrigger[],
  at: number,
): Promise<PlannedStart[]> {
  const everybody = { accountId, userId: 0, rights: { see: 'all', edit: 'all' }, colleagueIds: [] } as const;
  const place = await startPlace(tx, everybody, { contactId });
  if (place?.chatId == null) return []; // nobody to write to
  const { lead, since } = await cardState(tx, accountId, place);
  const fitting = triggers.filter(({ filter }) => fitsPlace(filter, { channelId: place.channelId, lead }));
  const last = new Map<number, number>();
  const cooling = fitting.filter(({ cooldownSeconds }) => cooldownSeconds > 0).map(({ id }) => id);
  if (cooling.length > 0)
    for (const start of await lastStarts(tx, accountId, { triggerIds: cooling, on: cardOf(place, contactId), since }))
      last.set(start.triggerId, start.at);
  const planned: PlannedStart[] = [];
  for (const trigger of fitting) {
    if (at - (last.get(trigger.id) ?? Number.NEGATIVE_INFINITY) < trigger.cooldownSeconds * 1000) continue;
    const start = await startOf(tx, { accountId, contactId, place, trigger, startKey: `trigger/${trigger.id}/${type}/${eventId}`, at });
    if (start !== undefined) planned.push(start);
  }
  return planned;
}

async function startOf(
  tx: Transaction,
  given: { accountId: number; contactId: number; place: StartPlace; trigger: LiveTrigger; startKey: string; at: number },
): Promise<PlannedStart | undefined> {
  const { accountId, contactId, place, trigger, startKey, at } = given;
  const { botId, botName, version, settings, delaySeconds } = trigger;
  const running = await aliveRun(tx, accountId, { ...place, botId });
  if (running !== undefined && !restarts(running, settings, undefined, at)) return undefined;
  const id = randomUUID();
  const row = {
    id,
    botId,
    version,
    leadId: place.leadId,
    customerId: place.customerId,
    contactId,
    chatId: place.chatId,
    conversationNumber: place.conversationNumber,
    startKey,
    startedBy: { kind: 'trigger' as const, triggerId: trigger.id },
    triggerId: trigger.id,
    ...(delaySeconds === 0 ? {} : { beginsAt: at + delaySeconds * 1000 }),
  };
  if (!(await insertRun(tx, accountId, row, at))) return undefined;
  const named = { accountId, botId, botName };
  return {
    run: { ...named, runId: id, ...(place.channelId === null ? {} : { channelId: place.channelId }) },
    startKey,
    replaces: running === undefined ? undefined : { ...named, runId: running.id },
  };
}

function cardOf({ leadId, customerId }: StartPlace, contactId: number): StartCard {
  if (leadId !== null) return { leadId };
  return customerId !== null ? { customerId } : { contactId };
}
