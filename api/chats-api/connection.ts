import { identity, record, text } from '../../channels/custom/payload.ts';
import { notify } from '../../db/notify.ts';
import { findChannel, updateChannel } from '../../db/stores/channels.ts';
import { findAccount } from '../../db/stores/compat-account.ts';
import { loseChannel, settleLostChannel } from '../../db/turns/channel-state.ts';
import type { ChannelCache } from '../channel-cache.ts';
import type { ApiDeps } from '../deps.ts';
import { badRequest, ChatsApiError, notFound } from './problem.ts';
import type { SignedCall } from './signed.ts';

type Deps = Pick<ApiDeps, 'sql' | 'now'>;

/** Connects the account; may be repeated. It takes effect before the answer. */
export async function connectAccount(
  deps: Deps,
  cache: ChannelCache,
  { channel, channelUuid }: SignedCall,
  body: unknown,
): Promise<object> {
  const fields = record(body, 'The body');
  const amojoId = await ownAccount(deps, channel.accountId, fields.account_id);
  const hookVersion = fields.hook_api_version ?? 'v1';
  if (hookVersion !== 'v1' && hookVersion !== 'v2') throw badRequest('hook_api_version must be v1 or v2');
  const title = text(fields.title, 'title').slice(0, 200);
  const scopeId = `${channelUuid}_${amojoId}`;
  await change(deps, cache, channel, (facts) => ({ ...facts, amojoId, scopeId, hookVersion, title }), {
    state: 'connected',
    stateWords: '',
  });
  await settleLostChannel(deps.sql, channel.accountId, channel.id, deps.now());
  return { account_id: amojoId, scope_id: scopeId, title, hook_api_version: hookVersion };
}

/** Disconnects the account; its administrators are told, what waits to be sent is held. Repeating it is harmless. */
export async function disconnectAccount(deps: Deps, cache: ChannelCache, { channel }: SignedCall, body: unknown): Promise<object> {
  await ownAccount(deps, channel.accountId, record(body, 'The body').account_id);
  await loseChannel(deps.sql, channel.accountId, channel.id, 'The integration has disconnected this account', deps.now());
  await change(deps, cache, channel, ({ scopeId: _scopeId, ...facts }) => facts, {});
  return {};
}

/** The account's id of the chats API, when it is the channel's own account. */
async function ownAccount({ sql }: Deps, accountId: number, given: unknown): Promise<string> {
  const wanted = identity(given, 'account_id').toLowerCase();
  const account = await findAccount(sql, accountId);
  if (account?.amojoId !== wanted) {
    throw new ChatsApiError(
      403,
      'FOREIGN_ACCOUNT',
      'account_id is not the account of this channel: take amojo_id of /api/v4/account?with=amojo_id',
    );
  }
  return wanted;
}

async function change(
  { sql, now }: Deps,
  cache: ChannelCache,
  { accountId, id }: { accountId: number; id: number },
  facts: (before: Record<string, string>) => Record<string, string>,
  state: { state?: 'connected'; stateWords?: string },
): Promise<void> {
  const row = await findChannel(sql, accountId, id);
  if (row === undefined) throw notFound('There is no channel of this id');
  await updateChannel(sql, accountId, id, { facts: facts(row.facts), ...state }, now());
  cache.forget();
  notify(sql, [{ accountId, kind: 'channel', id }]);
}
