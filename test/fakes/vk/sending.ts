import { type Community, fileView, isGroupChat, type Peer } from './community.ts';
import { ApiFailure, badParameter } from './failure.ts';
import { checkKeyboard, lengthOf } from './limits.ts';
import type { Call } from './methods.ts';
import type { FakeButton } from './types.ts';
import { escaped } from './wire.ts';

const MAX_TEXT = 4096;
const MAX_ATTACHMENTS = 10;
/** A random_id is remembered for an hour and the last hundred messages of its dialog. */
const REMEMBERED_MS = 60 * 60_000;
const REMEMBERED = 100;

/** messages.send: to one peer an id, to `peer_ids` a list with an error inside for each that refuses. */
export function send(call: Call): unknown {
  const { params } = call;
  if (params.peer_ids !== undefined) return params.peer_ids.split(',').map((peerId) => sendToListed(call, Number(peerId)));
  if (params.peer_id === undefined && params.user_id === undefined) throw badParameter('peer_id is undefined');
  return sendTo(call, Number(params.peer_id ?? params.user_id)).messageId;
}

function sendToListed(call: Call, peerId: number): unknown {
  try {
    const { messageId, count } = sendTo(call, peerId);
    return { peer_id: peerId, message_id: messageId, conversation_message_id: count };
  } catch (error) {
    if (!(error instanceof ApiFailure) || ![900, 901, 902, 917, 945].includes(error.code)) throw error;
    return { peer_id: peerId, message_id: 0, conversation_message_id: 0, error: { code: error.code, description: error.message } };
  }
}

function sendTo({ world, community, params }: Call, peerId: number): { messageId: number; count: number } {
  const randomId = Number(params.random_id);
  if (params.random_id === undefined) throw badParameter('random_id is a required parameter');
  if (!Number.isInteger(randomId) || Math.abs(randomId) > 0x7fff_ffff) throw badParameter('random_id should be an int32');
  const text = params.message ?? '';
  if (/\p{Surrogate}/u.test(text)) throw badParameter('message should be UTF-8');
  if (lengthOf(text) > MAX_TEXT) throw new ApiFailure(914, 'Message is too long');
  const names = params.attachment === undefined ? [] : params.attachment.split(',');
  if (text.trim() === '' && names.length === 0) throw badParameter('message is empty or invalid');
  if (names.length > MAX_ATTACHMENTS) throw badParameter('too many attachments');
  const files = names.map((name) => fileOf(community, name));
  const keyboard = checkKeyboard(params.keyboard);
  if (keyboard !== undefined && !community.allowed.bots)
    throw new ApiFailure(912, 'This is a chat bot feature, change this status in settings');

  const peer = reachable(community, peerId);
  const earlier = randomId === 0 ? undefined : peer.randomIds.get(randomId);
  if (earlier !== undefined && Date.now() - earlier.at < REMEMBERED_MS) {
    world.counts.repeatedSends += 1;
    return earlier;
  }
  const { message, messageId, count } = community.place(
    peer,
    {
      from_id: -community.groupId,
      out: 1,
      text: escaped(text),
      random_id: randomId,
      attachments: files.map(({ kind, id, name }) => ({
        type: kind,
        [kind]: { id: Number(id.split('_')[1]), owner_id: -community.groupId, title: name },
      })),
      ...(keyboard === undefined ? {} : { keyboard: JSON.parse(params.keyboard!) }),
    },
    {
      from: 'community',
      text,
      files: files.map(fileView),
      randomId,
      ...(keyboard === undefined ? {} : { buttons: keyboard.rows, inline: keyboard.inline }),
    },
  );
  if (randomId !== 0) peer.randomIds.set(randomId, { messageId, count, at: Date.now() });
  if (peer.randomIds.size > REMEMBERED) peer.randomIds.delete(peer.randomIds.keys().next().value ?? 0);
  community.events.push('message_reply', message);
  return { messageId, count };
}

/** Only who wrote first, or allowed messages, may be written to. */
function reachable(community: Community, peerId: number): Peer {
  const peer = community.peers.get(peerId);
  if (peer?.allowed) return peer;
  if (isGroupChat(peerId)) throw new ApiFailure(917, "You don't have access to this chat");
  throw new ApiFailure(901, "Can't send messages for users without permission");
}

function fileOf(community: Community, name: string) {
  const [, kind, owner, id] = /^(photo|doc|audio_message)(-?\d+)_(\d+)/.exec(name) ?? [];
  const file = community.filesById.get(`${kind}${owner}_${id}`);
  if (file === undefined) throw badParameter('attachment is invalid');
  return file;
}

/** Finds a button by its label, on the given message or on the last that has buttons. */
export function buttonOf(peer: Peer, messageId: number | 'last', label: string): { count: number; button: FakeButton } {
  const withButtons = peer.items.filter(({ from, buttons }) => from === 'community' && buttons !== undefined);
  const item = messageId === 'last' ? withButtons.at(-1) : withButtons.find((one) => one.messageId === messageId);
  const button = item?.buttons?.flat().find((one) => one.label === label);
  if (item === undefined || button === undefined || button.type === 'open_link')
    throw new Error(`no button "${label}" to press in chat ${peer.id}`);
  return { count: item.conversationMessageId, button };
}
