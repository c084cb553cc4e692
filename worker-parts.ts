/** What a worker does, put together: turns and lanes, polling of messengers, repair at start and a sweep for what no timer watches. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { startDuplicates } from './activities/duplicates/duplicates.ts';
import { startExports } from './activities/exports/exports.ts';
import { createFeedActivities, hearForFeeds } from './activities/feeds/feeds.ts';
import { type Activities, createActivities } from './activities/index.ts';
import { connected } from './activities/lane/send-part.ts';
import { startPolling } from './activities/polling/polling.ts';
import { startPushes } from './activities/push/sender.ts';
import { repair } from './activities/repair.ts';
import { repairOf } from './activities/repair-temporal.ts';
import { createSignaller } from './api/signaller.ts';
import { channelsByType } from './channels/index.ts';
import type { Config } from './config.ts';
import { chatHider } from './db/chat-names.ts';
import type { Sql } from './db/connection.ts';
import { listen, notify } from './db/notify.ts';
import { channelContext, unseal } from './db/secrets.ts';
import { overdueRuns } from './db/stores/alive.ts';
import { learnFacts } from './db/stores/channels.ts';
import { foldFinishedDays } from './db/stores/fold-totals.ts';
import { sumNewCounts } from './db/stores/new-counts.ts';
import { loseChannel } from './db/turns/channel-state.ts';
import { type ChannelRow, camelRows } from './db/turns/rows.ts';
import { endedFilePath } from './files/address.ts';
import { openByteStore } from './files/open-byte-store.ts';
import { createFileStorage } from './files/storage.ts';
import { type FeedActivities, hideChatsWith } from './workflows/messages.ts';

const SWEEP_MS = 10 * 60_000;
/** Often enough that a report finds little to add up before it is read. */
const COUNT_MS = 5_000;

export interface Work {
  activities: Activities & FeedActivities;
  /** Ends polling and waits for sends that are under way. Call it when the worker takes no more tasks. */
  stop(): Promise<void>;
}

export async function createWork({ config, log, sql, client }: { config: Config; log: Logger; sql: Sql; client: Client }): Promise<Work> {
  hideChatsWith(chatHider(config.secretKey));
  const bytes = await openByteStore(config);
  const channels = channelsByType({ allowPrivateAddresses: config.allowPrivateAddresses });
  const baseUrl = config.publicUrl ?? `http://localhost:${config.port}`;
  const temporal = repairOf(client, sql, baseUrl);
  const fileAddress = (file: { id: string; name: string; mime: string }, nearby: boolean) => {
    const base = config.publicUrl ?? (nearby ? baseUrl : undefined);
    return base === undefined ? undefined : base + endedFilePath(config.secretKey, file);
  };
  const openCredentials = (accountId: number, channelId: number, sealed: string) =>
    unseal(config.secretKey, sealed, channelContext(accountId, channelId));
  const files = createFileStorage({ sql, bytes, now: () => Date.now() });
  const { activities, settled, forget } = createActivities({
    sql,
    channels,
    log,
    openCredentials,
    fileAddress,
    publicUrl: config.publicUrl,
    allowPrivateAddresses: config.allowPrivateAddresses,
    files,
    wakeRun: ({ accountId, runId, botId, botName, channelId }) =>
      temporal.wakeRun({ accountId, id: runId, botId, botName: botName ?? '', channelId: channelId ?? null, wakeDue: true }),
    checkLane: (key) => temporal.checkConversation(key),
  });

  const feeds = createFeedActivities({
    sql,
    log,
    secretKey: config.secretKey,
    baseUrl,
    allowPrivateAddresses: config.allowPrivateAddresses,
    originOf: (type) => channels.get(type)?.abilities.origin ?? type,
    fileAddress: (file) => fileAddress(file, true),
  });
  const endHearing = hearForFeeds({ sql, log, client });
  const pushes = startPushes({
    sql,
    log,
    secretKey: config.secretKey,
    subject: config.publicUrl?.startsWith('https:') === true ? config.publicUrl : 'mailto:push@beseda.invalid',
    allowPrivateAddresses: config.allowPrivateAddresses,
  });

  const signaller = createSignaller(client, baseUrl);
  const polling = startPolling({
    sql,
    channels,
    log,
    deliver: (channel, facts) => signaller.deliver(channel, facts),
    async listPollingChannels() {
      const rows = camelRows<ChannelRow>(await sql`select * from channels where state = 'connected' and receive = 'polling'`);
      return rows.map((row) => connected({ openCredentials }, row));
    },
    async keepUnparsed(channel, bodies) {
      const at = Date.now();
      await sql`insert into unparsed_webhooks ${sql(bodies.map((body) => ({ account_id: channel.accountId, channel_id: channel.id, body, reason: 'unparsed update', at })))}`;
    },
    keepLearned: (channel, learned) => learnFacts(sql, channel, learned),
    async onState(channel, error) {
      if (error?.kind === 'refused' && error.scope === 'account') {
        await loseChannel(sql, channel.accountId, channel.id, error.words, Date.now());
        return;
      }
      await sql`update channels set state_words = ${error?.words ?? ''}, updated_at = ${Date.now()}
        where account_id = ${channel.accountId} and id = ${channel.id} and state = 'connected'`;
      notify(sql, [{ accountId: channel.accountId, kind: 'channel', id: channel.id }]);
    },
  });

  const exporting = startExports({ sql, log, files, now: () => Date.now() });
  const comparing = startDuplicates({ sql, log, now: () => Date.now(), wakeRun: (run) => temporal.wakeRun(run) });

  // Chats and messages change all the time; a turn reads those itself.
  const kept = new Set(['channel', 'settings', 'bot']);
  const listening = listen(sql, ({ accountId, kind }) => kept.has(kind) && forget(accountId), forget);

  /** Runs whose deadline has passed unnoticed: the 400 days of a silent client, or a timer that was lost with a server. */
  const sweep = async () => {
    for (const run of await overdueRuns(sql, Date.now() - 60_000)) await temporal.wakeRun(run);
  };
  const quietly = (what: string, work: Promise<unknown>) =>
    void work.catch((error: unknown) => log.warn({ err: error }, `${what} did not finish`));
  quietly(
    'repair',
    repair(temporal).then((report) => log.info({ ...report }, 'repair looked through what is alive')),
  );
  let stopping = false;
  let folding: Promise<unknown> = Promise.resolve();
  const afterFolding = (work: () => Promise<void>) => {
    folding = folding.then(work);
    quietly('the folding of reports', folding);
    folding = folding.catch(() => undefined);
  };
  const fold = () => afterFolding(() => foldFinishedDays(sql, Date.now(), () => stopping));
  fold();
  const counting = setInterval(() => afterFolding(() => sumNewCounts(sql, () => stopping)), COUNT_MS);
  const sweeping = setInterval(() => {
    quietly('the sweep of overdue runs', sweep());
    fold();
  }, SWEEP_MS);

  return {
    activities: { ...activities, ...feeds },
    async stop() {
      stopping = true;
      clearInterval(sweeping);
      clearInterval(counting);
      await endHearing();
      await pushes.stop();
      await listening.then((end) => end()).catch(() => undefined);
      await exporting.stop();
      await comparing.stop();
      await polling.stop();
      await folding;
      await settled();
    },
  };
}
