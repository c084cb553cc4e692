import { vkChannel } from '../../channels/vk/vk.ts';
import type { AttachmentKind } from '../../domain/message/model.ts';
import { type ClientMedia, startFakeVk } from '../fakes/vk/index.ts';
import type { Messenger } from './conformance/messenger.ts';
import { describeChannel } from './conformance.ts';

const KIND_OF: Record<string, AttachmentKind> = {
  photo: 'picture',
  doc: 'file',
  video: 'video',
  audio: 'audio',
  audio_message: 'voice',
  sticker: 'sticker',
};

describeChannel('VK', {
  channel: vkChannel(),
  start,
  inbound: ['picture', 'video', 'audio', 'voice', 'file', 'sticker'],
  outbound: ['picture', 'video', 'audio', 'voice', 'file', 'sticker'],
  tellsRetryAfter: false,
});

async function start(): Promise<Messenger> {
  const fake = await startFakeVk({ timeScale: 0.001 });
  const secret = 'callback-s3cret';
  const credentials = { token: fake.token, groupId: String(fake.groupId), secret };
  let lastChat = 5_550_000;
  let lastEvent = '';
  let lastMessage = 0;
  const remember = (written: { eventId: string; messageId?: number }) => {
    lastEvent = written.eventId;
    lastMessage = written.messageId ?? lastMessage;
  };
  const sends = async (chat: string, media: ClientMedia[], text = '') => remember(await fake.clientSends(Number(chat), media, text));
  const event = (fields: object) => JSON.stringify({ group_id: fake.groupId, event_id: 'e', v: '5.199', secret, ...fields });
  return {
    credentials,
    apiRoot: fake.url,
    deadApiRoot: 'http://127.0.0.1:1',
    secrets: [fake.token, secret],
    async newChat() {
      lastChat += 1;
      remember(await fake.clientStarts(lastChat, { name: 'Anna X', screenName: `anna_${lastChat}` }));
      return String(lastChat);
    },
    async sent(chat) {
      const items = await fake.sentTo(Number(chat));
      return items.map(({ text, buttons, files }) => ({
        text,
        buttons: (buttons ?? []).flat().map(({ label }) => label),
        files: files.map(({ kind, sha256 }) => ({ kind: KIND_OF[kind]!, sha256 })),
      }));
    },
    clientWrites: async (chat, text) => remember(await fake.clientWrites(Number(chat), text)),
    async clientSends(chat, kind, content, caption) {
      const name = Object.keys(KIND_OF).find((key) => KIND_OF[key] === kind)!;
      await sends(chat, [{ [name]: { content: content.toString('base64') } } as ClientMedia], caption);
    },
    async clientPresses(chat, label) {
      const { eventId, answerId } = await fake.clientPresses(Number(chat), 'last', label);
      remember({ eventId });
      return { answered: async () => answerId !== undefined && (await fake.pressAnswered(answerId)) };
    },
    clientEdits: async (chat, text) => remember(await fake.clientEdits(Number(chat), lastMessage, text)),
    written: () => String(lastMessage),
    async clientReacts(chat, emoji) {
      const item = (await fake.transcript(Number(chat))).find(({ messageId }) => messageId === lastMessage);
      const reaction = emoji === '' ? {} : { reaction_id: 4 };
      const object = { reacted_id: Number(chat), peer_id: Number(chat), cmid: item!.conversationMessageId, ...reaction };
      remember(await fake.pushEvent('message_reaction_event', object));
    },
    clientSendsPictures: (chat, count, caption) =>
      sends(
        chat,
        Array.from({ length: count }, (_, index) => ({ photo: { name: `${index}.jpg` } })),
        caption,
      ),
    async clientSharesPlace(chat, latitude, longitude) {
      const peer = Number(chat);
      const object = { message: placeMessage(peer, latitude, longitude), client_info: {} };
      remember(await fake.pushEvent('message_new', object));
    },
    clientSendsUnknownKind: (chat) => sends(chat, [{ attachment: { type: 'hologram', hologram: { depth: 3 } } }]),
    clientBlocks: async (chat) => remember(await fake.block(Number(chat))),
    clientUnblocks: async (chat) => remember(await fake.unblock(Number(chat))),
    repeatLast: () => fake.redeliver(lastEvent),
    refuseNext: (reason) => fake.refuse(1, ...REFUSALS[reason]),
    rateLimitNext: () => fake.refuse(1, 9, 'Flood control: too many messages sent to user'),
    stallNext: (ms, when) => fake.stall(ms, { when }),
    dropNext: (when) => fake.drop({ when }),
    dropNextDownload: () => fake.drop({ method: 'download', when: 'after' }),
    clearFaults: () => fake.clearFaults(),
    unproven(call) {
      const { secret: _secret, ...rest } = JSON.parse(Buffer.from(call.body).toString());
      return { ...call, body: Buffer.from(JSON.stringify(rest)) };
    },
    unreadable: [
      event({ type: 'message_new' }),
      event({ type: 'message_new', object: null }),
      event({ type: 'message_new', object: { message: { id: 'x' } } }),
      event({ type: 'message_new', object: { message: { id: 1, date: 1, peer_id: 1, from_id: 1, text: 5 } } }),
      event({ type: 'message_new', object: { message: { id: 1, date: 1, peer_id: 1, from_id: 1, attachments: [7] } } }),
      event({ type: 'message_teleported', object: { message: {} } }),
    ],
    stop: () => fake.stop(),
  };
}

const placeMessage = (peer: number, latitude: number, longitude: number) => ({
  id: 990_000,
  date: Math.floor(Date.now() / 1000),
  peer_id: peer,
  from_id: peer,
  out: 0,
  text: '',
  conversation_message_id: 990,
  attachments: [],
  geo: { type: 'point', coordinates: { latitude, longitude } },
});

const REFUSALS: Record<'message' | 'account' | 'broken', [number, string]> = {
  message: [914, 'Message is too long'],
  account: [5, 'User authorization failed: access_token was given to another ip address.'],
  broken: [10, 'Internal server error'],
};
