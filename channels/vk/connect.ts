import { ChannelError, ChannelInputError, type ConnectedChannel, type Connection } from '../channel.ts';
import { API_VERSION, CALL_TIMEOUT_MS, type CallOptions, call, groupIdOf, isRecord } from './api.ts';
import { longPollServer } from './long-poll.ts';

/** VK takes no longer titles (14) and secrets (50). */
const SERVER_TITLE = 'Beseda';
const MAX_SECRET = 50;
/** How long connecting waits for VK to confirm the address, and how often it looks. */
const CONFIRM_WAIT_MS = 5_000;
const CONFIRM_LOOK_MS = 200;

/** Events this adapter reads: those that are a client's, and administrators' own messages. */
const EVENTS = {
  message_new: 1,
  message_reply: 1,
  message_edit: 1,
  message_event: 1,
  message_reaction_event: 1,
  message_allow: 1,
  message_deny: 1,
  message_read: 1,
};

const ASKING: CallOptions = { timeoutMs: CALL_TIMEOUT_MS, reading: true };

interface Group {
  id: number;
  name: string;
  screen_name?: string;
}

interface CallbackServer {
  id: number;
  url: string;
  secret_key?: string;
  status: string;
}

/** Checks what the user gives. A server made by hand comes with its code and its secret; without them the program makes one itself. */
export function parseCredentials(input: unknown): Record<string, string> {
  const given = isRecord(input) ? input : {};
  const text = (name: string) => (typeof given[name] === 'string' || typeof given[name] === 'number' ? String(given[name]).trim() : '');
  const token = text('token');
  if (token === '') throw new ChannelInputError('token', 'Give the access key of the community: Manage → API usage → Access tokens');
  if (!/^[\w.-]+$/.test(token)) throw new ChannelInputError('token', 'An access key has no spaces: copy it whole from Manage → API usage');
  const groupId = /^-?(?:club|public|event)?(\d{1,15})$/.exec(text('groupId'))?.[1];
  if (groupId === undefined || Number(groupId) === 0) {
    throw new ChannelInputError('groupId', "Give the community's number, as in vk.com/club123456: 123456");
  }
  const secret = text('secret');
  if (secret.length > MAX_SECRET) throw new ChannelInputError('secret', `VK takes a secret of up to ${MAX_SECRET} characters`);
  const confirmationCode = text('confirmationCode');
  if (confirmationCode !== '' && secret === '') {
    throw new ChannelInputError('secret', 'A callback server made by hand needs a secret: set one in VK and give it here');
  }
  return {
    token,
    groupId: String(Number(groupId)),
    ...(secret === '' ? {} : { secret }),
    ...(confirmationCode === '' ? {} : { confirmationCode }),
  };
}

/** Checks key and community and lets VK deliver: by a callback server made here, by one the user made by hand, or by long poll. */
export async function connect(channel: ConnectedChannel): Promise<Connection> {
  const group = await ownGroup(channel).catch(explainKey);
  const screenName = group.screen_name ?? `club${group.id}`;
  const facts = { groupId: String(group.id), screenName };
  const connection = { externalId: String(group.id), name: group.name };
  if (isHandMade(channel)) return { ...connection, facts };
  if (channel.receive === 'polling') {
    await switchOnLongPoll(channel);
    await deleteServers(channel).catch(tolerate);
    return { ...connection, facts };
  }
  if (channel.webhookUrl === undefined) {
    throw new ChannelInputError(
      'receive',
      'Receiving by webhook needs a public address: set PUBLIC_URL, give the confirmation code of a server made by hand, or choose polling',
    );
  }
  const serverId = await registerServer(channel, channel.webhookUrl).catch(explainRights);
  return { ...connection, facts: { ...facts, serverId: String(serverId) } };
}

/** Asks VK whether the connection works; throws ChannelError with its words. */
export async function test(channel: ConnectedChannel): Promise<{ words: string }> {
  const group = await ownGroup(channel);
  const name = `${group.name} (vk.com/${group.screen_name ?? `club${group.id}`})`;
  if (isHandMade(channel)) return { words: name };
  if (channel.receive === 'polling') {
    await longPollServer(channel);
    return { words: name };
  }
  const server = (await serversOf(channel)).find((one) => isOurs(channel, one));
  if (server === undefined) throw gone('no_server', 'The callback server is gone from the community: connect the channel again');
  if (server.status !== 'ok' && server.status !== 'wait') {
    throw gone('server_failed', `VK could not deliver to ${server.url} (${server.status}): connect the channel again`);
  }
  return { words: name };
}

/** Takes our callback server away; one made by hand stays the user's. */
export async function disconnect(channel: ConnectedChannel): Promise<void> {
  if (isHandMade(channel)) return;
  await deleteServers(channel).catch(tolerate);
}

/** The secret that events carry. Ours is longer than VK takes. */
export function secretOf(channel: ConnectedChannel): string {
  return channel.credentials.secret ?? channel.webhookSecret.slice(0, MAX_SECRET);
}

/** One look-up at a time and channel, and so far apart: strangers can ask for the code too. */
const CODE_PAUSE_MS = 250;
const lookups = new Map<string, { pending: Promise<string> | undefined; lastAt: number }>();

/**
 * The code VK wants to hear. One of a server made by hand was given; that of servers made through the API is asked for each time, since it changes with
 * every change of a server.
 */
export function confirmationCodeOf(channel: ConnectedChannel): Promise<string> {
  const given = channel.credentials.confirmationCode;
  if (given !== undefined) return Promise.resolve(given);
  const key = `${channel.accountId}/${channel.id}`;
  if (lookups.size >= 1_000) lookups.clear();
  const lookup = lookups.get(key) ?? { pending: undefined, lastAt: 0 };
  lookups.set(key, lookup);
  lookup.pending ??= askCode(channel, lookup).finally(() => {
    lookup.pending = undefined;
  });
  return lookup.pending;
}

async function askCode(channel: ConnectedChannel, lookup: { lastAt: number }): Promise<string> {
  const waitMs = lookup.lastAt + CODE_PAUSE_MS - Date.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  lookup.lastAt = Date.now();
  const answer = await call<unknown>(
    channel,
    'groups.getCallbackConfirmationCode',
    { group_id: groupIdOf(channel) },
    { timeoutMs: 3_000, reading: true },
  );
  return isRecord(answer) && typeof answer.code === 'string' ? answer.code : '';
}

/** The community the key belongs to; VK names it to its own key without being asked which. */
async function ownGroup(channel: ConnectedChannel): Promise<Group> {
  const wanted = groupIdOf(channel);
  const answer = await call<unknown>(channel, 'groups.getById', {}, ASKING).catch((error: unknown) => {
    if (!(error instanceof ChannelError && error.code === '100')) throw error;
    // A person's key belongs to no community.
    throw new ChannelInputError('token', 'This is no key of a community: make one in Manage → API usage → Access tokens');
  });
  const groups = Array.isArray(answer) ? answer : isRecord(answer) && Array.isArray(answer.groups) ? answer.groups : [];
  const group = groups.find((one): one is Group & Record<string, unknown> => isRecord(one) && one.id === wanted);
  if (group === undefined) {
    throw new ChannelInputError(
      'groupId',
      `The key belongs to another community than ${wanted}: correct the number or give that community's key`,
    );
  }
  return { ...group, name: typeof group.name === 'string' && group.name !== '' ? group.name : `club${wanted}` };
}

function isHandMade(channel: ConnectedChannel): boolean {
  return channel.credentials.confirmationCode !== undefined;
}

async function switchOnLongPoll(channel: ConnectedChannel): Promise<void> {
  try {
    await call(
      channel,
      'groups.setLongPollSettings',
      { group_id: groupIdOf(channel), enabled: 1, api_version: API_VERSION, ...EVENTS },
      ASKING,
    );
  } catch (error) {
    if (!(error instanceof ChannelError && error.kind === 'refused')) throw error;
    // A key without the right to manage: an administrator may have switched it on by hand.
    await longPollServer(channel).catch((reason: unknown) => {
      if (!(reason instanceof ChannelError && reason.kind === 'refused')) throw reason;
      throw new ChannelInputError(
        'token',
        `VK refuses to switch on Long Poll (${error.words}): give a key with the right to manage the community, or switch it on by hand`,
      );
    });
  }
}

/** Makes our callback server and waits for VK to confirm the address; one of ours that works as it should is kept, others are replaced. */
async function registerServer(channel: ConnectedChannel, url: string): Promise<number> {
  const group_id = groupIdOf(channel);
  const secret_key = secretOf(channel);
  const earlier = (await serversOf(channel)).filter((one) => isOurs(channel, one));
  const good = earlier.find((one) => one.status === 'ok' && one.url === url && one.secret_key === secret_key);
  for (const { id } of earlier.filter((one) => one !== good)) {
    await call(channel, 'groups.deleteCallbackServer', { group_id, server_id: id }, ASKING);
  }
  const server_id =
    good?.id ??
    integerOf(await call<unknown>(channel, 'groups.addCallbackServer', { group_id, url, title: SERVER_TITLE, secret_key }, ASKING));
  await call(channel, 'groups.setCallbackSettings', { group_id, server_id, api_version: API_VERSION, ...EVENTS }, ASKING);
  if (good === undefined) await confirmed(channel, server_id, url);
  return server_id;
}

async function confirmed(channel: ConnectedChannel, serverId: number, url: string): Promise<void> {
  const until = Date.now() + CONFIRM_WAIT_MS;
  for (;;) {
    const status = (await serversOf(channel)).find(({ id }) => id === serverId)?.status;
    if (status === 'ok') return;
    if (status === 'failed') {
      await call(channel, 'groups.deleteCallbackServer', { group_id: groupIdOf(channel), server_id: serverId }, ASKING).catch(tolerate);
      throw new ChannelInputError(
        'receive',
        `VK could not confirm ${url}: the address must be reachable from outside; correct PUBLIC_URL or choose polling`,
      );
    }
    // Slow, not refused: the channel's test tells how it went on.
    if (Date.now() >= until) return;
    await new Promise((resolve) => setTimeout(resolve, CONFIRM_LOOK_MS));
  }
}

async function deleteServers(channel: ConnectedChannel): Promise<void> {
  for (const { id } of (await serversOf(channel)).filter((one) => isOurs(channel, one))) {
    await call(channel, 'groups.deleteCallbackServer', { group_id: groupIdOf(channel), server_id: id }, ASKING);
  }
}

function isOurs(channel: ConnectedChannel, server: CallbackServer): boolean {
  return (channel.webhookUrl !== undefined && server.url === channel.webhookUrl) || String(server.id) === channel.facts.serverId;
}

async function serversOf(channel: ConnectedChannel): Promise<CallbackServer[]> {
  const answer = await call<unknown>(channel, 'groups.getCallbackServers', { group_id: groupIdOf(channel) }, ASKING);
  const items: unknown[] = isRecord(answer) && Array.isArray(answer.items) ? answer.items : [];
  return items.filter((one): one is CallbackServer & Record<string, unknown> => isRecord(one) && typeof one.id === 'number');
}

function integerOf(answer: unknown): number {
  if (isRecord(answer) && typeof answer.server_id === 'number') return answer.server_id;
  throw new ChannelError('unavailable', { code: 'no_server_id', words: 'VK did not name the callback server it made' });
}

function explainKey(error: unknown): never {
  if (error instanceof ChannelError && error.kind === 'refused' && error.scope === 'account') {
    throw new ChannelInputError('token', `VK does not take this access key (${error.words}): make a new one in Manage → API usage`);
  }
  throw error;
}

function explainRights(error: unknown): never {
  if (!(error instanceof ChannelError) || error.kind !== 'refused') throw error;
  if (error.code === '2000') {
    throw new ChannelInputError(
      'receive',
      'The community has ten callback servers already: remove one in Manage → API usage → Callback API',
    );
  }
  if (error.scope === 'account') {
    throw new ChannelInputError(
      'token',
      `VK refuses to make a callback server (${error.words}): give a key with the right to manage the community, or make the server by hand and give its code`,
    );
  }
  throw new ChannelInputError('receive', `VK refuses the webhook address (${error.words}): correct PUBLIC_URL or choose polling`);
}

/** A revoked key has no server any more, and nothing to switch on. */
function tolerate(error: unknown): void {
  if (!(error instanceof ChannelError && error.kind === 'refused')) throw error;
}

function gone(code: string, words: string): ChannelError {
  return new ChannelError('refused', { scope: 'account', code, words });
}
