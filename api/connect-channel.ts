import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { type Channel, ChannelError, ChannelInputError, type ConnectedChannel, type Connection } from '../channels/channel.ts';
import { parseWebchatSettings } from '../channels/webchat/settings.ts';
import { channelContext, seal } from '../db/secrets.ts';
import type { ChannelSettings } from '../db/settings.ts';
import {
  type ChannelRow,
  channelOfExternalId,
  deleteUnusedChannel,
  findChannel,
  insertChannel,
  updateChannel,
} from '../db/stores/channels.ts';
import { listPipelines } from '../db/stores/pipelines.ts';
import { findUser, listUsers } from '../db/stores/users.ts';
import { settleLostChannel } from '../db/turns/channel-state.ts';
import type { Actor } from './actor.ts';
import { connectedChannel, webhookUrl } from './channel-cache.ts';
import type { ChannelChange, ChannelSettingsView, NewChannel } from './contract/channels.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError, wrongField } from './errors.ts';

type Deps = Pick<ApiDeps, 'sql' | 'now' | 'channels' | 'secretKey' | 'publicUrl' | 'localUrl'>;

/**
 * Connects a messenger. The row stands before the messenger is asked, so that a handshake during the call finds it; when the messenger refuses, nothing is
 * left behind. Throws ApiError naming the field, or with the messenger's words.
 */
export async function connectChannel(deps: Deps, actor: Pick<Actor, 'accountId' | 'userId'>, wanted: NewChannel): Promise<number> {
  const { accountId, userId } = actor;
  const adapter = deps.channels.get(wanted.type);
  if (adapter === undefined) {
    throw wrongField(
      'type',
      `this program knows ${deps.channels
        .all()
        .map((one) => one.type)
        .join(', ')}`,
    );
  }
  const credentials = named(() => adapter.parseCredentials(wanted.credentials ?? {}));
  const settings = await checkedSettings(deps, accountId, adapter, wanted.settings ?? {});
  const receive = wanted.receive ?? (deps.publicUrl === undefined && adapter.poll !== undefined ? 'polling' : 'webhook');
  if (receive === 'polling' && adapter.poll === undefined) throw wrongField('receive', 'this messenger has no polling: choose webhook');
  const id = await insertChannel(
    deps.sql,
    accountId,
    {
      type: adapter.type,
      name: wanted.name ?? adapter.type,
      apiRoot: wanted.apiRoot?.replace(/\/+$/, '') ?? null,
      receive,
      webhookSecret: randomBytes(32).toString('hex'),
      settings,
      connectedBy: userId,
    },
    deps.now(),
  );
  try {
    await updateChannel(
      deps.sql,
      accountId,
      id,
      { credentialsSealed: seal(deps.secretKey, credentials, channelContext(accountId, id)) },
      deps.now(),
    );
    await connect(deps, adapter, accountId, id, wanted.name === undefined || wanted.name === '');
  } catch (error) {
    await deleteUnusedChannel(deps.sql, accountId, id);
    throw error;
  }
  return id;
}

/** Asks the messenger and stores what it said; also for a channel that connects anew. */
async function connect(deps: Deps, adapter: Channel, accountId: number, id: number, takesName: boolean): Promise<void> {
  const row = await findChannel(deps.sql, accountId, id);
  if (row === undefined) throw new ApiError('conflict', 'The channel was disconnected meanwhile');
  const connection = await asked(() => adapter.connect(reachable(deps, row)));
  try {
    await updateChannel(
      deps.sql,
      accountId,
      id,
      {
        externalId: connection.externalId,
        facts: connection.facts,
        state: 'connected',
        stateWords: '',
        ...(takesName ? { name: connection.name } : {}),
      },
      deps.now(),
    );
    await settleLostChannel(deps.sql, accountId, id, deps.now());
  } catch (error) {
    if ((error as { code?: string }).code !== '23505') throw error;
    await giveBack(deps, adapter, connection.externalId);
    throw new ApiError('conflict', `${connection.name} is already connected in this installation: disconnect it there first`, {
      cause: error,
    });
  }
}

/**
 * Asking the messenger has turned its webhook to us; the channel that holds this messenger's account goes on receiving. What came in between was refused,
 * and messengers deliver such things again.
 */
async function giveBack(deps: Deps, adapter: Channel, externalId: string): Promise<void> {
  const holder = await channelOfExternalId(deps.sql, adapter.type, externalId);
  if (holder === undefined) return;
  await adapter.connect(reachable(deps, holder)).catch((error: unknown) => {
    // Its own token may be an older one that no longer works: then nothing was turned away from it.
    if (!(error instanceof ChannelError || error instanceof ChannelInputError)) throw error;
  });
}

/**
 * A channel for a call that registers a webhook, or asks where it points. A messenger replaced by `apiRoot` may be on this very machine: it is given our local address where no public
 * one is configured.
 */
export function reachable(deps: Pick<Deps, 'secretKey' | 'publicUrl' | 'localUrl'>, row: ChannelRow): ConnectedChannel {
  const channel = connectedChannel(row, deps);
  const needsLocal = channel.webhookUrl === undefined && row.receive === 'webhook' && row.apiRoot !== null;
  return needsLocal ? { ...channel, webhookUrl: webhookUrl(deps.localUrl, row.type, row.id) } : channel;
}

/** Changes what is named; whatever the messenger must know of is registered before this returns. */
export async function changeChannel(deps: Deps, row: ChannelRow, change: ChannelChange): Promise<void> {
  const adapter = deps.channels.get(row.type);
  if (adapter === undefined) throw new ApiError('conflict', 'This program no longer knows this messenger');
  const { name, shortLinks, receive, apiRoot } = change;
  if (receive === 'polling' && adapter.poll === undefined) throw wrongField('receive', 'this messenger has no polling: choose webhook');
  const settings =
    change.settings === undefined
      ? undefined
      : await checkedSettings(deps, row.accountId, adapter, { ...row.settings, ...change.settings }, row);
  const credentials =
    change.credentials === undefined
      ? undefined
      : named(() => adapter.parseCredentials(change.credentials, connectedChannel(row, deps).credentials));
  const anew = credentials !== undefined || (receive !== undefined && receive !== row.receive) || apiRoot !== undefined;
  if (anew && credentials === undefined && row.credentialsSealed === '')
    throw wrongField('credentials', 'the channel is disconnected: give its credentials again');
  const before = { receive: row.receive, apiRoot: row.apiRoot, credentialsSealed: row.credentialsSealed };
  await updateChannel(
    deps.sql,
    row.accountId,
    row.id,
    {
      ...(name === undefined ? {} : { name }),
      ...(shortLinks === undefined ? {} : { shortLinks }),
      ...(settings === undefined ? {} : { settings }),
      ...(receive === undefined ? {} : { receive }),
      ...(apiRoot === undefined ? {} : { apiRoot: apiRoot?.replace(/\/+$/, '') ?? null }),
      ...(credentials === undefined ? {} : { credentialsSealed: seal(deps.secretKey, credentials, channelContext(row.accountId, row.id)) }),
    },
    deps.now(),
  );
  if (!anew) return;
  try {
    await connect(deps, adapter, row.accountId, row.id, false);
  } catch (error) {
    // What worked before goes on working.
    await updateChannel(deps.sql, row.accountId, row.id, before, deps.now());
    throw error;
  }
}

/** Withdraws the webhook and forgets the credentials; a channel nobody wrote through is gone, others keep their chats. */
export async function disconnectChannel(deps: Deps, row: ChannelRow, log: Logger): Promise<void> {
  const adapter = deps.channels.get(row.type);
  if (adapter !== undefined && row.credentialsSealed !== '') {
    await adapter.disconnect(connectedChannel(row, deps)).catch((error: unknown) => {
      if (!(error instanceof ChannelError)) throw error;
      // The messenger cannot be told: it will find our webhook gone.
      log.warn({ channelId: row.id, code: error.code }, 'a channel was disconnected without its messenger');
    });
  }
  if (await deleteUnusedChannel(deps.sql, row.accountId, row.id)) return;
  await updateChannel(deps.sql, row.accountId, row.id, { state: 'disconnected', stateWords: '', credentialsSealed: '' }, deps.now());
}

async function asked(call: () => Promise<Connection>): Promise<Connection> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ChannelInputError) throw wrongField(fieldOf(error), error.message);
    if (!(error instanceof ChannelError)) throw error;
    throw new ApiError('channel_refused', error.words, { data: { kind: error.kind, code: error.code }, cause: error });
  }
}

/** Runs a check of an adapter; what it finds wrong becomes the request's refusal. */
function named<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof ChannelInputError) throw wrongField(fieldOf(error), error.message);
    throw error;
  }
}

/** Adapters name fields of the credentials; ways to receive and settings name themselves. */
const fieldOf = (error: ChannelInputError) =>
  error.field === 'receive' || error.field === 'apiRoot' || error.field.startsWith('settings') ? error.field : `credentials.${error.field}`;

/** `row`: the channel as it stands; absent while it is being connected. */
async function checkedSettings(
  deps: Deps,
  accountId: number,
  adapter: Channel,
  settings: ChannelSettingsView,
  row?: ChannelRow,
): Promise<ChannelSettings> {
  const { pipelineId, responsible, colleagues, ...others } = settings;
  if (pipelineId !== undefined && (await listPipelines(deps.sql, accountId, pipelineId)).length === 0) {
    throw wrongField('settings.pipelineId', 'the account has no such pipeline');
  }
  if (responsible?.rule === 'fixed' && (await findUser(deps.sql, accountId, responsible.userId))?.isActive !== true) {
    throw wrongField('settings.responsible.userId', 'the account has no such user');
  }
  const rest = {
    ...others,
    ...(pipelineId === undefined ? {} : { pipelineId }),
    ...(responsible === undefined ? {} : { responsible }),
    ...(colleagues === undefined ? {} : { colleagues: await checkedColleagues(deps, accountId, adapter, colleagues, row) }),
  };
  if (!adapter.deliversByRow) return rest;
  const { origins, accent, title, greeting, ...general } = rest;
  return { ...general, ...named(() => parseWebchatSettings({ origins, accent, title, greeting })) };
}

/** Each user of the account, each person of the messenger once. Who comes without a name is looked for in the messenger. */
async function checkedColleagues(
  deps: Deps,
  accountId: number,
  adapter: Channel,
  colleagues: NonNullable<ChannelSettingsView['colleagues']>,
  row: ChannelRow | undefined,
): Promise<NonNullable<ChannelSettings['colleagues']>> {
  if (colleagues.length === 0) return [];
  const find = adapter.findColleague;
  if (find === undefined || row === undefined) {
    throw wrongField('settings.colleagues', 'this messenger does not say who of yours wrote in its own app, or is not connected yet');
  }
  const users = new Set((await listUsers(deps.sql, accountId)).map(({ id }) => id));
  const known = await Promise.all(
    colleagues.map(async ({ externalId, name, userId }, index) => {
      const field = `settings.colleagues.${index}`;
      if (!users.has(userId)) throw wrongField(`${field}.userId`, 'the account has no such user');
      if (name !== undefined) return { externalId, name, userId };
      try {
        return { ...(await find(connectedChannel(row, deps), externalId)), userId };
      } catch (error) {
        if (error instanceof ChannelInputError) throw wrongField(`${field}.externalId`, error.message);
        if (!(error instanceof ChannelError)) throw error;
        throw new ApiError('channel_refused', error.words, { data: { kind: error.kind, code: error.code }, cause: error });
      }
    }),
  );
  const twice = known.findIndex((one, index) => known.findIndex(({ externalId }) => externalId === one.externalId) < index);
  if (twice >= 0) throw wrongField(`settings.colleagues.${twice}.externalId`, `${known[twice]!.name} is in the list already`);
  return known;
}
