import { randomBytes } from 'node:crypto';
import type { Community, Person } from './community.ts';
import { ApiFailure, badParameter } from './failure.ts';
import { send } from './sending.ts';
import type { World } from './server.ts';

export interface Call {
  world: World;
  community: Community;
  params: Record<string, string>;
}

const PRESS_LIFE_MS = 60_000;
const MOST_SERVERS = 10;
const EVENT_NAMES = /^(message|wall|photo|group|user|audio|video|board|market|poll|like|lead|donut)_\w+$/;

/** Every method the fake knows. */
export const METHODS: Record<string, (call: Call) => unknown> = {
  'messages.send': send,
  'messages.getByConversationMessageId': ({ community, params }) =>
    found(community, Number(params.peer_id), ids(params, 'conversation_message_ids')),
  'messages.getById': ({ community, params }) => {
    const wanted = ids(params, 'message_ids');
    const items = [...community.peers.values()]
      .flatMap((peer) => [...peer.messages.values()])
      .filter(({ id }) => wanted.includes(id as number));
    return { count: items.length, items };
  },
  'messages.sendMessageEventAnswer': ({ community, params }) => {
    const press = community.presses.get(params.event_id ?? '');
    const same = press !== undefined && press.userId === Number(params.user_id) && press.peerId === Number(params.peer_id);
    if (!same || press.answered || Date.now() - press.at > PRESS_LIFE_MS) throw badParameter('event_id is invalid');
    press.answered = true;
    return 1;
  },
  'users.get': ({ community, params }) =>
    peopleOf(community, params).map(([id, { firstName, lastName, screenName }]) => {
      const fields = (params.fields ?? '').split(',').includes('screen_name') ? { screen_name: screenName } : {};
      return { id, first_name: firstName, last_name: lastName, can_access_closed: true, is_closed: false, ...fields };
    }),
  'groups.getById': ({ community }) => ({
    groups: [{ id: community.groupId, name: 'Local community', screen_name: `local${community.groupId}`, is_closed: 0, type: 'group' }],
    profiles: [],
  }),
  'groups.getCallbackConfirmationCode': (call) => ({ code: managed(call).events.confirmationCode }),
  'groups.getCallbackServers': (call) => {
    const items = [...managed(call).events.servers.values()].map(({ id, url, title, secret, status }) => ({
      id,
      url,
      title,
      creator_id: 1,
      secret_key: secret,
      status,
    }));
    return { count: items.length, items };
  },
  'groups.addCallbackServer': (call) => {
    const { events } = managed(call);
    if (events.servers.size >= MOST_SERVERS) throw new ApiFailure(2000, 'Servers number limit is reached');
    const server = events.addServer(serverFields(call.params));
    void events.confirm(server);
    return { server_id: server.id };
  },
  'groups.editCallbackServer': (call) => {
    const server = serverOf(call);
    Object.assign(server, serverFields(call.params), { status: 'wait' });
    managed(call).events.changedServer();
    void managed(call).events.confirm(server);
    return 1;
  },
  'groups.deleteCallbackServer': (call) => {
    const { id } = serverOf(call);
    managed(call).events.servers.delete(id);
    managed(call).events.changedServer();
    return 1;
  },
  'groups.setCallbackSettings': (call) => {
    checkVersion(call.params);
    apply(serverOf(call).events, call.params);
    return 1;
  },
  'groups.setLongPollSettings': (call) => {
    const community = managed(call);
    checkVersion(call.params);
    if (call.params.enabled !== undefined) community.allowed.longPoll = call.params.enabled === '1';
    apply(community.events.longPollEvents, call.params);
    return 1;
  },
  'groups.getLongPollServer': ({ world, community, params }) => {
    checkGroup(community, params);
    if (!community.allowed.longPoll)
      throw new ApiFailure(100, 'One of the parameters specified was missing or invalid: longpoll for this group is not enabled');
    return { server: `${world.url}/whp/${community.groupId}`, ...community.events.session() };
  },
  'photos.getMessagesUploadServer': (call) => uploadServer(call, 'photo'),
  'docs.getMessagesUploadServer': (call) => {
    const type = call.params.type ?? 'doc';
    if (type !== 'doc' && type !== 'audio_message') throw badParameter('type is invalid');
    return uploadServer(call, type);
  },
  'photos.saveMessagesPhoto': ({ community, params }) => {
    const ticket = community.tickets.get(params.photo ?? '');
    if (ticket === undefined || params.hash !== `h${params.photo}` || params.server === undefined)
      throw new ApiFailure(121, 'Invalid hash');
    community.tickets.delete(params.photo ?? '');
    const file = community.keepFile('photo', ticket.name, 'image/jpeg', ticket.bytes);
    return [
      {
        album_id: -64,
        date: 1,
        owner_id: -community.groupId,
        id: Number(file.id.split('_')[1]),
        access_key: randomBytes(6).toString('hex'),
        sizes: [],
        text: '',
      },
    ];
  },
  'docs.save': ({ community, params }) => {
    const ticket = community.tickets.get(params.file ?? '');
    if (ticket === undefined) throw new ApiFailure(105, "Couldn't save file");
    community.tickets.delete(params.file ?? '');
    const file = community.keepFile(ticket.kind, params.title || ticket.name, 'application/octet-stream', ticket.bytes);
    const [owner, id] = file.id.slice('doc'.length).split('_').map(Number);
    return { type: ticket.kind, [ticket.kind]: { id, owner_id: owner, title: file.name, size: file.sizeBytes, url: `${file.path}` } };
  },
};

function found(community: Community, peerId: number, counts: number[]) {
  const peer = community.peers.get(peerId);
  if (peer === undefined) throw badParameter('peer_id is invalid');
  const items = counts.flatMap((count) => peer.messages.get(count) ?? []);
  return { count: items.length, items };
}

function ids(params: Record<string, string>, name: string): number[] {
  const given = params[name];
  if (given === undefined || given === '') throw badParameter(`${name} is undefined`);
  return given.split(',').map(Number);
}

/** By number or by short name; one that nobody has is refused, a number without a person is left out. */
function peopleOf(community: Community, params: Record<string, string>): [number, Person][] {
  if (params.user_ids === undefined || params.user_ids === '') throw badParameter('user_ids is undefined');
  return params.user_ids.split(',').flatMap((given) => {
    const found = [...community.people].find(([id, { screenName }]) => String(id) === given || screenName === given);
    if (found === undefined && !/^\d+$/.test(given)) throw new ApiFailure(113, 'Invalid user id');
    return found === undefined ? [] : [found];
  });
}

/** Calls that change settings need a key with that right. */
function managed({ community, params }: Call): Community {
  checkGroup(community, params);
  if (!community.allowed.manage) throw new ApiFailure(15, 'Access denied: no access to call this method');
  return community;
}

function checkGroup(community: Community, params: Record<string, string>): void {
  if (params.group_id === undefined) throw badParameter('group_id is undefined');
  if (Number(params.group_id) !== community.groupId) throw new ApiFailure(15, 'Access denied: group_id is incorrect');
}

function serverOf(call: Call) {
  const server = managed(call).events.servers.get(Number(call.params.server_id));
  if (server === undefined) throw new ApiFailure(104, 'Not found');
  return server;
}

function serverFields(params: Record<string, string>): { url: string; title: string; secret: string } {
  const { url = '', title = '', secret_key: secret = '' } = params;
  if (!/^https?:\/\/\S+$/.test(url)) throw badParameter('url is invalid');
  if (title === '' || title.length > 14) throw badParameter('title is invalid');
  if (secret.length > 50) throw badParameter('secret_key is too long');
  return { url, title, secret };
}

function checkVersion({ api_version: version }: Record<string, string>): void {
  if (version !== undefined && !/^5\.\d+$/.test(version)) throw badParameter('api_version is invalid');
}

function apply(events: Set<string>, params: Record<string, string>): void {
  for (const [name, value] of Object.entries(params)) {
    if (!EVENT_NAMES.test(name)) continue;
    if (value === '1') events.add(name);
    else events.delete(name);
  }
}

function uploadServer({ world, community, params }: Call, kind: string) {
  const peer = community.peers.get(Number(params.peer_id));
  if (params.peer_id !== undefined && peer?.allowed !== true) throw new ApiFailure(901, "Can't send messages for users without permission");
  return { upload_url: `${world.url}/upload/${kind}?group=${community.groupId}&mid=1`, album_id: -64, group_id: community.groupId };
}
